#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

/// Whom an access list names.
using Grantee = std::variant<AccountId, TeamId>;

/// `collection` is a key, as `Collection` has it.
struct CreateRecord {
  static constexpr auto kSubject = SubjectKind::record;
  RecordId id;
  std::string collection;
  JsonText attributes;
  std::optional<AccountId> assignee;
  std::vector<Grantee> access_list;
  std::vector<Problem> problems;
};

/// `attributes` comes from the caller as the members to set. Before it is decided the engine narrows it to
/// those that take a new value, and says how large the record would become: both measured at the log's tail.
/// Assignee and access list are changed where they have a value, the list as a whole.
struct ChangeRecord {
  static constexpr auto kSubject = SubjectKind::record;
  RecordId id;
  std::string collection;
  JsonText attributes;
  std::size_t resulting_bytes = 0;
  std::optional<std::optional<AccountId>> assignee;
  std::optional<std::vector<Grantee>> access_list;
  std::vector<Problem> problems;
};

struct DeleteRecord {
  static constexpr auto kSubject = SubjectKind::record;
  RecordId id;
  std::string collection;
};

/// Attributes have at most kMaxRecordBytes.
Problem record_too_large();
/// Whether the caller may change this record, which it knows at its newest version.
bool may_change(const State& state, const Context& context, const ChangeRecord& command);

Decision decide(const State& state, const Context& context, const CreateRecord& command);
Decision decide(const State& state, const Context& context, const ChangeRecord& command);
Decision decide(const State& state, const Context& context, const DeleteRecord& command);

}  // namespace byline
