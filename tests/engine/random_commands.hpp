#pragma once

#include <random>
#include <vector>

#include "commands.hpp"

namespace byline::test {

/// Commands at random, most of them sensible, over everything that there is.
class RandomCommands {
 public:
  RandomCommands(std::uint32_t seed, const FoundOrganization& founding)
      : random_(seed), founding_(founding) {}

  Command next();

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  template <class I>
  I some(const std::vector<I>& ids) {
    return ids.empty() ? I{} : ids[below(static_cast<std::uint32_t>(ids.size()))];
  }
  RoleId some_role() {
    return below(2) || roles_.empty() ? role_of(founding_, below(2) ? "intake_worker" : "engage_observer")
                                      : some(roles_);
  }
  std::string name() {
    constexpr std::array kNames = {
        "Nightly intake", "N\u0456ghtly \u0456ntake", "Zoë’s import", "ייבוא", "取り込み", "📥 inbox",
        "NIGHTLY INTAKE"};
    return kNames[below(kNames.size())];
  }
  std::string address() { return "me+" + std::to_string(below(500)) + "@example.org"; }
  ChangeOrganization organization() {
    ChangeOrganization command;
    command.id = founding_.id;
    command.name = name();
    command.plan = below(2) ? Plan::standard : Plan::enterprise;
    return command;
  }

  std::mt19937 random_;
  const FoundOrganization& founding_;
  std::vector<AccountId> applications_, users_;
  std::vector<RoleId> roles_;
  std::vector<RecordId> records_;
};

}  // namespace byline::test
