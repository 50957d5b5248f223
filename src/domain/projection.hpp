#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/decision.hpp"

namespace byline {

class State;

/// A view as a subject: its id is made of its name, so that it is the same everywhere.
Subject projection_subject(std::string_view name);

/// Builds these views anew from the log, together. For who may edit an organization: views are the whole
/// deployment's.
struct StartRebuild {
  RebuildId job;
  std::vector<std::string> projections;  ///< at least one
  std::optional<std::uint64_t> most_per_second;

  Subject subject() const { return projection_subject(projections.front()); }
};
Decision decide(const State& state, const Context& context, const StartRebuild& command);

/// These, of a job that is not over, stay as they are. Likewise.
struct CancelRebuild {
  RebuildId job;
  std::vector<std::string> projections;  ///< at least one
  bool is_settled = false;               ///< nothing can be called off any more: the engine's to fill in

  Subject subject() const { return projection_subject(projections.front()); }
};
Decision decide(const State& state, const Context& context, const CancelRebuild& command);

/// What became of a view: the engine's to tell.
struct NoteProjection {
  using Fact =
      std::variant<RebuildStarted, RebuildFinished, RebuildFailed, ProjectionStalled, ProjectionVerified>;
  Fact fact;

  Subject subject() const {
    return std::visit([](const auto& told) { return projection_subject(told.projection); }, fact);
  }
};
Decision decide(const State& state, const Context& context, const NoteProjection& command);

}  // namespace byline
