#pragma once

#include <optional>
#include <string>

#include "events/field.hpp"

namespace byline {

/// What an organization is licensed for. Only `enterprise` includes the API.
enum class Plan : std::uint8_t { standard, enterprise };
std::string_view name_of(Plan plan);
std::optional<Plan> plan_named(std::string_view name);
template <>
struct EnumNames<Plan> {
  static std::optional<Plan> find(std::string_view name) { return plan_named(name); }
};

struct OrganizationCreated {
  static constexpr EventType kType{"OrganizationCreated", 1, SubjectKind::organization};
  std::string name;
  Plan plan = Plan::enterprise;

  static void fields(auto& self, auto&& field) {
    field("name", self.name);
    field("plan", self.plan);
  }
  friend bool operator==(const OrganizationCreated&, const OrganizationCreated&) = default;
};

struct OrganizationRenamed {
  static constexpr EventType kType{"OrganizationRenamed", 1, SubjectKind::organization};
  std::string name;

  static void fields(auto& self, auto&& field) { field("name", self.name); }
  friend bool operator==(const OrganizationRenamed&, const OrganizationRenamed&) = default;
};

struct OrganizationPlanChanged {
  static constexpr EventType kType{"OrganizationPlanChanged", 1, SubjectKind::organization};
  Plan plan = Plan::enterprise;

  static void fields(auto& self, auto&& field) { field("plan", self.plan); }
  friend bool operator==(const OrganizationPlanChanged&, const OrganizationPlanChanged&) = default;
};

/// For how many days a client secret that is issued from now on may be good; without a value for ever.
struct OrganizationSecretAgeChanged {
  static constexpr EventType kType{"OrganizationSecretAgeChanged", 1, SubjectKind::organization};
  std::optional<std::int64_t> max_days;

  static void fields(auto& self, auto&& field) { field("max_days", self.max_days); }
  friend bool operator==(const OrganizationSecretAgeChanged&, const OrganizationSecretAgeChanged&) = default;
};

}  // namespace byline
