#pragma once

#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

/// A person who signs in. `email_key` is the form of the address by which uniqueness was decided; it is a
/// part of the fact, so that a later release that folds case otherwise does not change history.
struct UserCreated {
  static constexpr EventType kType{"UserCreated", 1, SubjectKind::user};
  std::string name;
  std::string email;
  std::string email_key;
  std::vector<RoleId> roles;

  static void fields(auto& self, auto&& field) {
    field("name", self.name, kPersonal);
    field("email", self.email, kPersonal);
    field("email_key", self.email_key, kPersonal);
    field("roles", self.roles);
  }
  friend bool operator==(const UserCreated&, const UserCreated&) = default;
};

struct UserRenamed {
  static constexpr EventType kType{"UserRenamed", 1, SubjectKind::user};
  std::string name;

  static void fields(auto& self, auto&& field) { field("name", self.name, kPersonal); }
  friend bool operator==(const UserRenamed&, const UserRenamed&) = default;
};

struct UserEmailChanged {
  static constexpr EventType kType{"UserEmailChanged", 1, SubjectKind::user};
  std::string email;
  std::string email_key;

  static void fields(auto& self, auto&& field) {
    field("email", self.email, kPersonal);
    field("email_key", self.email_key, kPersonal);
  }
  friend bool operator==(const UserEmailChanged&, const UserEmailChanged&) = default;
};

struct UserRolesChanged {
  static constexpr EventType kType{"UserRolesChanged", 1, SubjectKind::user};
  std::vector<RoleId> roles;

  static void fields(auto& self, auto&& field) { field("roles", self.roles); }
  friend bool operator==(const UserRolesChanged&, const UserRolesChanged&) = default;
};

struct UserDeactivated {
  static constexpr EventType kType{"UserDeactivated", 1, SubjectKind::user};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const UserDeactivated&, const UserDeactivated&) = default;
};

struct UserReactivated {
  static constexpr EventType kType{"UserReactivated", 1, SubjectKind::user};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const UserReactivated&, const UserReactivated&) = default;
};

/// The account is gone and its address free; its name stays on what it signed.
struct UserDeleted {
  static constexpr EventType kType{"UserDeleted", 1, SubjectKind::user};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const UserDeleted&, const UserDeleted&) = default;
};

/// After its end: its personal data cannot be read any more, here or anywhere else in the log.
struct UserErased {
  static constexpr EventType kType{"UserErased", 1, SubjectKind::user};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const UserErased&, const UserErased&) = default;
};

}  // namespace byline
