#include <algorithm>
#include <array>

#include "events/event.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, 2> kPlans = {"standard", "enterprise"};
constexpr std::array<std::string_view, 6> kSubjectKinds = {"organization", "user",       "role",
                                                           "application",  "credential", "record"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) {
  auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view name_of(Plan plan) { return kPlans[static_cast<std::size_t>(plan)]; }
std::optional<Plan> plan_named(std::string_view name) { return find_name<Plan>(kPlans, name); }
std::string_view name_of(SubjectKind kind) { return kSubjectKinds[static_cast<std::size_t>(kind)]; }
std::optional<SubjectKind> subject_kind_named(std::string_view name) {
  return find_name<SubjectKind>(kSubjectKinds, name);
}

}  // namespace byline
