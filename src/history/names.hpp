#pragma once

#include <map>
#include <string>
#include <vector>

#include "history/sentence.hpp"

namespace byline::history {

/// What events told of, so that people and programs are shown by their names rather than by ids: each by the
/// one it has after the last entry that was learned.
class Names final : public Known {
 public:
  std::string name_of(const std::string& id) const override;
  /// Of the last entry that was learned.
  std::optional<std::vector<RoleId>> roles_before(const LogEntry& entry) const override;

  void learn(const LogEntry& entry);

 private:
  std::map<std::string, std::string> names_;
  std::map<std::string, std::vector<RoleId>> roles_;  ///< of accounts
  std::optional<std::vector<RoleId>> roles_before_last_;
};

}  // namespace byline::history
