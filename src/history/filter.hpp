#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "events/event.hpp"

namespace byline::history {

/// Which events of a log are asked for. Everything that is given must hold; of a list, one of it.
struct Filter {
  using RawId = std::array<std::uint8_t, 16>;

  Position from{1};
  Position to{UINT64_MAX};
  std::optional<Time> since = {};  ///< not before
  std::optional<Time> until = {};  ///< before
  /// What it happened to. Also what happened to credentials of that account.
  std::vector<RawId> subjects = {};
  std::vector<SubjectKind> kinds = {};  ///< of the subject
  std::vector<RawId> actors = {};
  std::vector<RawId> credentials = {};  ///< that the actor proved itself with, or to which it happened
  std::vector<std::string> types = {};
  std::optional<RawId> command = {};
  std::string correlation = {};

  bool matches(const LogEntry& entry) const;
};

/// `2026-11-25`, `2026-11-25T09:30Z` and everything finer, in UTC. The error is a sentence.
std::expected<Time, std::string> parse_moment(std::string_view text);

}  // namespace byline::history
