#pragma once

#include <string>

#include "projections/projection.hpp"

namespace byline {

/// Who brought a subject forth and who touched it last. Derived from the envelope alone, once, for every kind
/// of subject. Stored in 52 bytes, big-endian: created by, created at, last updated by, last updated at,
/// version.
struct Byline {
  AccountId created_by;
  Time created_at;
  AccountId last_updated_by;
  Time last_updated_at;
  Version version;
};

/// The subject is gone after this.
bool ends_subject(const Event& event);

std::string byline_key(const Subject& subject);
Byline parse_byline(std::string_view bytes);

/// A subject's byline goes when the subject does.
class BylinesProjection final : public Projection {
 public:
  View view() const override { return View::bylines; }
  int version() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
  LaneOf lane_of() const override { return lane_of_subject; }
};

}  // namespace byline
