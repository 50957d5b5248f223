#pragma once

#include <string>

#include "projections/projection.hpp"

namespace byline {

// The audit view says where in the log to look: the events themselves stay there. Its rows are indexes whose
// keys end with a position.

/// Commits of an organization: key ends with the commit's first position, the value is its number of events.
std::string audit_prefix(const OrganizationId& organization);
/// Commits of an actor in an organization, likewise.
std::string audit_actor_prefix(const OrganizationId& organization, const AccountId& actor);
/// Single events of a subject in an organization, likewise.
std::string audit_subject_prefix(const OrganizationId& organization, std::string_view subject_id);

class AuditProjection final : public Projection {
 public:
  View view() const override { return View::audit; }
  int version() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
  LaneOf lane_of() const override { return lane_of_subject; }
};

}  // namespace byline
