#include "events/event.hpp"
#include "events/name_table.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, 2> kPlans = {"standard", "enterprise"};
constexpr std::array<std::string_view, 8> kSubjectKinds = {"organization", "user",   "role", "application",
                                                           "credential",   "record", "team", "collection"};

}  // namespace

std::string_view name_of(Plan plan) { return kPlans[static_cast<std::size_t>(plan)]; }
std::optional<Plan> plan_named(std::string_view name) { return find_named<Plan>(kPlans, name); }
std::string_view name_of(SubjectKind kind) { return kSubjectKinds[static_cast<std::size_t>(kind)]; }
std::optional<SubjectKind> subject_kind_named(std::string_view name) {
  return find_named<SubjectKind>(kSubjectKinds, name);
}

}  // namespace byline
