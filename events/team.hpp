#pragma once

#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

/// Accounts that a record's access list can name together.
struct TeamCreated {
  static constexpr EventType kType{"TeamCreated", 1, SubjectKind::team};
  std::string name;
  std::vector<AccountId> members;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("members", self.members);
  }
  friend bool operator==(const TeamCreated&, const TeamCreated&) = default;
};

struct TeamRenamed {
  static constexpr EventType kType{"TeamRenamed", 1, SubjectKind::team};
  std::string name;

  static void fields(auto& self, auto&& field) { field("name", self.name); }
  friend bool operator==(const TeamRenamed&, const TeamRenamed&) = default;
};

/// All members as they are from now on.
struct TeamMembersChanged {
  static constexpr EventType kType{"TeamMembersChanged", 1, SubjectKind::team};
  std::vector<AccountId> members;

  static void fields(auto& self, auto&& field) { field("members", self.members); }
  friend bool operator==(const TeamMembersChanged&, const TeamMembersChanged&) = default;
};

/// Access lists that name the team stay as they are: they name nobody by it any more.
struct TeamDeleted {
  static constexpr EventType kType{"TeamDeleted", 1, SubjectKind::team};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const TeamDeleted&, const TeamDeleted&) = default;
};

}  // namespace byline
