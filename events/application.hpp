#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

/// An outside program was let in. `email_key`: see UserCreated.
struct ApplicationRegistered {
  static constexpr EventType kType{"ApplicationRegistered", 1, SubjectKind::application};
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
    field("url", self.url, kPersonal);
    field("description", self.description, kPersonal);
  }
  friend bool operator==(const ApplicationRegistered&, const ApplicationRegistered&) = default;
};

struct ApplicationRenamed {
  static constexpr EventType kType{"ApplicationRenamed", 1, SubjectKind::application};
  std::string name;

  static void fields(auto& self, auto&& field) { field("name", self.name, kPersonal); }
  friend bool operator==(const ApplicationRenamed&, const ApplicationRenamed&) = default;
};

struct ApplicationEmailChanged {
  static constexpr EventType kType{"ApplicationEmailChanged", 1, SubjectKind::application};
  std::string email;
  std::string email_key;

  static void fields(auto& self, auto&& field) {
    field("email", self.email, kPersonal);
    field("email_key", self.email_key, kPersonal);
  }
  friend bool operator==(const ApplicationEmailChanged&, const ApplicationEmailChanged&) = default;
};

struct ApplicationRolesChanged {
  static constexpr EventType kType{"ApplicationRolesChanged", 1, SubjectKind::application};
  std::vector<RoleId> roles;

  static void fields(auto& self, auto&& field) { field("roles", self.roles); }
  friend bool operator==(const ApplicationRolesChanged&, const ApplicationRolesChanged&) = default;
};

/// Without a value the link was taken away.
struct ApplicationUrlChanged {
  static constexpr EventType kType{"ApplicationUrlChanged", 1, SubjectKind::application};
  std::optional<std::string> url;

  static void fields(auto& self, auto&& field) { field("url", self.url, kPersonal); }
  friend bool operator==(const ApplicationUrlChanged&, const ApplicationUrlChanged&) = default;
};

/// Without a value the description was taken away.
struct ApplicationDescriptionChanged {
  static constexpr EventType kType{"ApplicationDescriptionChanged", 1, SubjectKind::application};
  std::optional<std::string> description;

  static void fields(auto& self, auto&& field) { field("description", self.description, kPersonal); }
  friend bool operator==(const ApplicationDescriptionChanged&,
                         const ApplicationDescriptionChanged&) = default;
};

struct ApplicationDeactivated {
  static constexpr EventType kType{"ApplicationDeactivated", 1, SubjectKind::application};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationDeactivated&, const ApplicationDeactivated&) = default;
};

struct ApplicationReactivated {
  static constexpr EventType kType{"ApplicationReactivated", 1, SubjectKind::application};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationReactivated&, const ApplicationReactivated&) = default;
};

/// The user who answers for it; without a value nobody does.
struct ApplicationOwnerChanged {
  static constexpr EventType kType{"ApplicationOwnerChanged", 1, SubjectKind::application};
  std::optional<AccountId> owner;

  static void fields(auto& self, auto&& field) { field("owner", self.owner); }
  friend bool operator==(const ApplicationOwnerChanged&, const ApplicationOwnerChanged&) = default;
};

struct ApplicationTagsChanged {
  static constexpr EventType kType{"ApplicationTagsChanged", 1, SubjectKind::application};
  std::vector<std::string> tags;

  static void fields(auto& self, auto&& field) { field("tags", self.tags, kPersonal); }
  friend bool operator==(const ApplicationTagsChanged&, const ApplicationTagsChanged&) = default;
};

/// When it is to be deactivated by itself; without a value never.
struct ApplicationExpiryChanged {
  static constexpr EventType kType{"ApplicationExpiryChanged", 1, SubjectKind::application};
  std::optional<Time> expires_at;

  static void fields(auto& self, auto&& field) { field("expires_at", self.expires_at); }
  friend bool operator==(const ApplicationExpiryChanged&, const ApplicationExpiryChanged&) = default;
};

/// The networks that it may come from, such as `192.0.2.0/24`; from everywhere where there are none.
struct ApplicationNetworksChanged {
  static constexpr EventType kType{"ApplicationNetworksChanged", 1, SubjectKind::application};
  std::vector<std::string> networks;

  static void fields(auto& self, auto&& field) { field("networks", self.networks, kPersonal); }
  friend bool operator==(const ApplicationNetworksChanged&, const ApplicationNetworksChanged&) = default;
};

/// For how many seconds its access tokens are good; without a value as long as others'.
struct ApplicationTokenLifetimeChanged {
  static constexpr EventType kType{"ApplicationTokenLifetimeChanged", 1, SubjectKind::application};
  std::optional<std::int64_t> seconds;

  static void fields(auto& self, auto&& field) { field("seconds", self.seconds); }
  friend bool operator==(const ApplicationTokenLifetimeChanged&,
                         const ApplicationTokenLifetimeChanged&) = default;
};

/// How many requests a second it may make for long; without a value as many as others.
struct ApplicationRateLimitChanged {
  static constexpr EventType kType{"ApplicationRateLimitChanged", 1, SubjectKind::application};
  std::optional<std::int64_t> per_second;

  static void fields(auto& self, auto&& field) { field("per_second", self.per_second); }
  friend bool operator==(const ApplicationRateLimitChanged&, const ApplicationRateLimitChanged&) = default;
};

/// Its time was over, so it was deactivated.
struct ApplicationExpired {
  static constexpr EventType kType{"ApplicationExpired", 1, SubjectKind::application};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationExpired&, const ApplicationExpired&) = default;
};

/// The account is gone, its credentials void and its address free; its name stays on what it signed.
struct ApplicationDeleted {
  static constexpr EventType kType{"ApplicationDeleted", 1, SubjectKind::application};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationDeleted&, const ApplicationDeleted&) = default;
};

/// See UserErased.
struct ApplicationErased {
  static constexpr EventType kType{"ApplicationErased", 1, SubjectKind::application};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const ApplicationErased&, const ApplicationErased&) = default;
};

}  // namespace byline
