#pragma once

#include <optional>
#include <string>

#include "events/organization.hpp"
#include "projections/projection.hpp"

namespace byline {

/// Key: organization id.
struct OrganizationRow {
  std::string name;
  Plan plan = Plan::enterprise;
  std::optional<std::int64_t> max_secret_days;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("plan", self.plan);
    field("max_secret_days", self.max_secret_days);
  }
};

std::string organization_key(const OrganizationId& id);
OrganizationRow parse_organization_row(std::string_view bytes);

class OrganizationsProjection final : public Projection {
 public:
  View view() const override { return View::organizations; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
