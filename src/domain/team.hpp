#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`. Teams are administered by who administers users.

struct CreateTeam {
  static constexpr auto kSubject = SubjectKind::team;
  TeamId id;
  std::string name;
  std::vector<AccountId> members;
  std::vector<Problem> problems;
};

/// Whatever has a value is changed, in one commit; the members as a whole.
struct ChangeTeam {
  static constexpr auto kSubject = SubjectKind::team;
  TeamId id;
  std::optional<std::string> name;
  std::optional<std::vector<AccountId>> members;
  std::vector<Problem> problems;
};

struct DeleteTeam {
  static constexpr auto kSubject = SubjectKind::team;
  TeamId id;
};

Decision decide(const State& state, const Context& context, const CreateTeam& command);
Decision decide(const State& state, const Context& context, const ChangeTeam& command);
Decision decide(const State& state, const Context& context, const DeleteTeam& command);

}  // namespace byline
