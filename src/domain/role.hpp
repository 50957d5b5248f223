#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`.

struct CreateRole {
  static constexpr auto kSubject = SubjectKind::role;
  RoleId id;
  std::string name;
  std::optional<PermissionMatrix> permissions;  ///< may be left out of a copy, which then has the other's
  std::optional<RoleId> copied_from;
  std::vector<Problem> problems;
};

/// Whatever has a value is changed, in one commit; the matrix as a whole.
struct ChangeRole {
  static constexpr auto kSubject = SubjectKind::role;
  RoleId id;
  std::optional<std::string> name;
  std::optional<PermissionMatrix> permissions;
  std::vector<Problem> problems;
};

struct DeleteRole {
  static constexpr auto kSubject = SubjectKind::role;
  RoleId id;
};

/// Adds a problem for every cell whose level does not exist in its area.
void check_levels(const PermissionMatrix& permissions, std::vector<Problem>& problems);

Decision decide(const State& state, const Context& context, const CreateRole& command);
Decision decide(const State& state, const Context& context, const ChangeRole& command);
Decision decide(const State& state, const Context& context, const DeleteRole& command);

}  // namespace byline
