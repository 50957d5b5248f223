#pragma once

#include <string>
#include <vector>

#include "domain/collection.hpp"
#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

struct CreateRecord {
  RecordId id;
  const Collection* collection;
  JsonText attributes;
  std::vector<Problem> problems;
};

/// `attributes` comes from the caller as the members to set. Before it is decided the engine narrows it to
/// those that take a new value, and says how large the record would become: both measured at the log's tail.
struct ChangeRecord {
  RecordId id;
  const Collection* collection;
  JsonText attributes;
  std::size_t resulting_bytes = 0;
  std::vector<Problem> problems;
};

struct DeleteRecord {
  RecordId id;
  const Collection* collection;
};

Decision decide(const State& state, const Context& context, const CreateRecord& command);
Decision decide(const State& state, const Context& context, const ChangeRecord& command);
Decision decide(const State& state, const Context& context, const DeleteRecord& command);

}  // namespace byline
