#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/call.hpp"
#include "http/listing.hpp"

namespace byline::http {

// The log's events as resources, for the list and for the feed.

Resource audit_event_resource(const Reader& reader, const LogEntry& entry);

/// The narrowest index that has everything the call's filters ask for; they are applied to what it gives.
std::string audit_index_prefix(const Call& call);

/// Events one by one, from such an index, whose rows stand for one event or for a whole commit; strictly
/// behind `start`.
class AuditWalk {
 public:
  /// The reader outlives it.
  AuditWalk(const Reader& reader, const std::string& prefix, std::optional<Position> start,
            Direction direction);
  /// nullopt at the end.
  std::optional<LogEntry> next();

 private:
  bool forward() const { return direction_ == Direction::forward; }
  bool is_beyond_start(Position position) const {
    return !start_ || (forward() ? position > *start_ : position < *start_);
  }
  void open_row();
  void step();

  const Reader& reader_;
  Direction direction_;
  std::optional<Position> start_;
  std::unique_ptr<RowCursor> rows_;
  Position at_;
  std::uint64_t left_ = 0;
};

/// The same as resources. A key is the position.
std::unique_ptr<ResourceSource> audit_source(const Reader& reader, const std::string& prefix,
                                             std::optional<Position> start, Direction direction);

}  // namespace byline::http
