#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

/// `collection` is `service/name`, e.g. `intake/reports`. `attributes` is the caller's own JSON object.
struct RecordCreated {
  static constexpr EventType kType{"RecordCreated", 1, SubjectKind::record};
  std::string collection;
  JsonText attributes;

  static void fields(auto& self, auto&& field) {
    field("collection", self.collection);
    field("attributes", self.attributes, kPersonal);
  }
  friend bool operator==(const RecordCreated&, const RecordCreated&) = default;
};

/// `attributes` holds only the members that took a new value, each whole.
struct RecordUpdated {
  static constexpr EventType kType{"RecordUpdated", 1, SubjectKind::record};
  std::string collection;
  JsonText attributes;

  static void fields(auto& self, auto&& field) {
    field("collection", self.collection);
    field("attributes", self.attributes, kPersonal);
  }
  friend bool operator==(const RecordUpdated&, const RecordUpdated&) = default;
};

/// The one account that is responsible for the record; nobody where there is no value.
struct RecordAssigned {
  static constexpr EventType kType{"RecordAssigned", 1, SubjectKind::record};
  std::string collection;
  std::optional<AccountId> assignee;

  static void fields(auto& self, auto&& field) {
    field("collection", self.collection);
    field("assignee", self.assignee);
  }
  friend bool operator==(const RecordAssigned&, const RecordAssigned&) = default;
};

/// Who may open the record below the level All, as a whole; where it names nobody, the list was taken away.
struct RecordAccessListChanged {
  static constexpr EventType kType{"RecordAccessListChanged", 1, SubjectKind::record};
  std::string collection;
  std::vector<AccountId> accounts;
  std::vector<TeamId> teams;

  static void fields(auto& self, auto&& field) {
    field("collection", self.collection);
    field("accounts", self.accounts);
    field("teams", self.teams);
  }
  friend bool operator==(const RecordAccessListChanged&, const RecordAccessListChanged&) = default;
};

struct RecordDeleted {
  static constexpr EventType kType{"RecordDeleted", 1, SubjectKind::record};
  std::string collection;

  static void fields(auto& self, auto&& field) { field("collection", self.collection); }
  friend bool operator==(const RecordDeleted&, const RecordDeleted&) = default;
};

/// After its end: what was in it cannot be read any more, here or anywhere else in the log.
struct RecordErased {
  static constexpr EventType kType{"RecordErased", 1, SubjectKind::record};
  std::string collection;

  static void fields(auto& self, auto&& field) { field("collection", self.collection); }
  friend bool operator==(const RecordErased&, const RecordErased&) = default;
};

}  // namespace byline
