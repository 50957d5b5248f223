#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

// What became of a view. Every node and every operator reads the same: why it answered as it did is in the
// log.

/// Somebody asked for the view to be built anew from the log, or a new release makes its rows in another way.
struct RebuildStarted {
  static constexpr EventType kType{"RebuildStarted", 1, SubjectKind::projection};
  std::string projection;
  RebuildId job;                                 ///< one for all the views that are built together
  std::optional<std::uint64_t> most_per_second;  ///< events, where it is to be slow

  static void fields(auto& self, auto&& field) {
    field("projection", self.projection);
    field("job", self.job);
    field("most_per_second", self.most_per_second);
  }
  friend bool operator==(const RebuildStarted&, const RebuildStarted&) = default;
};

/// Fresh rows are in the place of those before.
struct RebuildFinished {
  static constexpr EventType kType{"RebuildFinished", 1, SubjectKind::projection};
  std::string projection;
  RebuildId job;
  std::uint64_t position = 0;  ///< up to which they were folded when they took the place
  std::uint64_t rows = 0;
  std::uint64_t milliseconds = 0;  ///< from the start until they took the place
  std::optional<bool>
      identical;  ///< to those before, byte for byte; no value where there was none to compare

  static void fields(auto& self, auto&& field) {
    field("projection", self.projection);
    field("job", self.job);
    field("position", self.position);
    field("rows", self.rows);
    field("milliseconds", self.milliseconds);
    field("identical", self.identical);
  }
  friend bool operator==(const RebuildFinished&, const RebuildFinished&) = default;
};

/// The rows before stay.
struct RebuildCancelled {
  static constexpr EventType kType{"RebuildCancelled", 1, SubjectKind::projection};
  std::string projection;
  RebuildId job;

  static void fields(auto& self, auto&& field) {
    field("projection", self.projection);
    field("job", self.job);
  }
  friend bool operator==(const RebuildCancelled&, const RebuildCancelled&) = default;
};

/// Likewise; `position`: of the entry that could not be folded, or how far it came.
struct RebuildFailed {
  static constexpr EventType kType{"RebuildFailed", 1, SubjectKind::projection};
  std::string projection;
  RebuildId job;
  std::uint64_t position = 0;
  std::string reason;

  static void fields(auto& self, auto&& field) {
    field("projection", self.projection);
    field("job", self.job);
    field("position", self.position);
    field("reason", self.reason);
  }
  friend bool operator==(const RebuildFailed&, const RebuildFailed&) = default;
};

/// The view could not fold the entry at `position` and is not read until it is built anew.
struct ProjectionStalled {
  static constexpr EventType kType{"ProjectionStalled", 1, SubjectKind::projection};
  std::string projection;
  std::uint64_t position = 0;
  std::string reason;

  static void fields(auto& self, auto&& field) {
    field("projection", self.projection);
    field("position", self.position);
    field("reason", self.reason);
  }
  friend bool operator==(const ProjectionStalled&, const ProjectionStalled&) = default;
};

/// The log was folded afresh and the rows were held against it.
struct ProjectionVerified {
  static constexpr EventType kType{"ProjectionVerified", 1, SubjectKind::projection};
  std::string projection;
  RebuildId job;
  std::uint64_t position = 0;  ///< of both
  std::uint64_t rows = 0;
  bool identical = true;
  std::optional<std::string> first_difference;  ///< the row's key, in hexadecimal

  static void fields(auto& self, auto&& field) {
    field("projection", self.projection);
    field("job", self.job);
    field("position", self.position);
    field("rows", self.rows);
    field("identical", self.identical);
    field("first_difference", self.first_difference);
  }
  friend bool operator==(const ProjectionVerified&, const ProjectionVerified&) = default;
};

}  // namespace byline
