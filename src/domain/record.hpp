#pragma once

#include <string>
#include <vector>

#include "domain/collection.hpp"
#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

struct CreateRecord {
  static constexpr auto kSubject = SubjectKind::record;
  RecordId id;
  const Collection* collection;
  JsonText attributes;
  std::vector<Problem> problems;
};

/// `attributes` comes from the caller as the members to set. Before it is decided the engine narrows it to
/// those that take a new value, and says how large the record would become: both measured at the log's tail.
struct ChangeRecord {
  static constexpr auto kSubject = SubjectKind::record;
  RecordId id;
  const Collection* collection;
  JsonText attributes;
  std::size_t resulting_bytes = 0;
  std::vector<Problem> problems;
};

struct DeleteRecord {
  static constexpr auto kSubject = SubjectKind::record;
  RecordId id;
  const Collection* collection;
};

/// A problem for each area of the collection in which the account may not do this at any level.
std::vector<Problem> missing_permissions(const Collection& collection, Operation operation,
                                         const PermissionMatrix& access);
/// Nobody is assigned to any record yet and no record has an access list: so “assignments” reaches none of
/// them, and “limited” reaches every one.
bool reaches_records(Level level);
/// Attributes have at most kMaxRecordBytes.
Problem record_too_large();
/// Whether the caller may change this record, which it knows at its newest version.
bool may_change(const State& state, const Context& context, const ChangeRecord& command);

Decision decide(const State& state, const Context& context, const CreateRecord& command);
Decision decide(const State& state, const Context& context, const ChangeRecord& command);
Decision decide(const State& state, const Context& context, const DeleteRecord& command);

}  // namespace byline
