#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

/// An outside program was let in. `email_key`: see UserCreated.
struct ApplicationRegistered {
  static constexpr EventType kType{"ApplicationRegistered", 1};
  std::string name;
  std::string email;
  std::string email_key;
  std::vector<RoleId> roles;
  std::optional<std::string> url;
  std::optional<std::string> description;

  static void fields(auto& self, auto&& field) {
    field("name", self.name, kPersonal);
    field("email", self.email, kPersonal);
    field("email_key", self.email_key, kPersonal);
    field("roles", self.roles);
    field("url", self.url);
    field("description", self.description, kPersonal);
  }
  friend bool operator==(const ApplicationRegistered&, const ApplicationRegistered&) = default;
};

struct ApplicationRenamed {
  static constexpr EventType kType{"ApplicationRenamed", 1};
  std::string name;

  static void fields(auto& self, auto&& field) { field("name", self.name, kPersonal); }
  friend bool operator==(const ApplicationRenamed&, const ApplicationRenamed&) = default;
};

struct ApplicationEmailChanged {
  static constexpr EventType kType{"ApplicationEmailChanged", 1};
  std::string email;
  std::string email_key;

  static void fields(auto& self, auto&& field) {
    field("email", self.email, kPersonal);
    field("email_key", self.email_key, kPersonal);
  }
  friend bool operator==(const ApplicationEmailChanged&, const ApplicationEmailChanged&) = default;
};

struct ApplicationRolesChanged {
  static constexpr EventType kType{"ApplicationRolesChanged", 1};
  std::vector<RoleId> roles;

  static void fields(auto& self, auto&& field) { field("roles", self.roles); }
  friend bool operator==(const ApplicationRolesChanged&, const ApplicationRolesChanged&) = default;
};

/// Without a value the link was taken away.
struct ApplicationUrlChanged {
  static constexpr EventType kType{"ApplicationUrlChanged", 1};
  std::optional<std::string> url;

  static void fields(auto& self, auto&& field) { field("url", self.url); }
  friend bool operator==(const ApplicationUrlChanged&, const ApplicationUrlChanged&) = default;
};

/// Without a value the description was taken away.
struct ApplicationDescriptionChanged {
  static constexpr EventType kType{"ApplicationDescriptionChanged", 1};
  std::optional<std::string> description;

  static void fields(auto& self, auto&& field) { field("description", self.description, kPersonal); }
  friend bool operator==(const ApplicationDescriptionChanged&,
                         const ApplicationDescriptionChanged&) = default;
};

struct ApplicationDeactivated {
  static constexpr EventType kType{"ApplicationDeactivated", 1};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationDeactivated&, const ApplicationDeactivated&) = default;
};

struct ApplicationReactivated {
  static constexpr EventType kType{"ApplicationReactivated", 1};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationReactivated&, const ApplicationReactivated&) = default;
};

/// The account is gone, its credentials void and its address free; its name stays on what it signed.
struct ApplicationDeleted {
  static constexpr EventType kType{"ApplicationDeleted", 1};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationDeleted&, const ApplicationDeleted&) = default;
};

}  // namespace byline
