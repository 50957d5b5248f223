#pragma once

#include <string>
#include <string_view>

#include "projections/projection.hpp"

namespace byline {

// A record's row is its attributes, as compact JSON. Its collection and organization are in the key, who
// wrote it is in the bylines.

std::string record_prefix(const OrganizationId& organization, std::string_view collection);
std::string record_key(const OrganizationId& organization, std::string_view collection, const RecordId& id);

/// An object after some of its members took new values, each whole, and those that really did.
struct MergedAttributes {
  std::string merged;
  std::string changed;
};
/// Both are compact JSON objects. Members keep their places, new ones come last; numbers keep their digits.
MergedAttributes merge_attributes(std::string_view current, std::string_view changes);

class RecordsProjection final : public Projection {
 public:
  View view() const override { return View::records; }
  int version() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
  LaneOf lane_of() const override { return lane_of_subject; }
};

}  // namespace byline
