#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/reader.hpp"
#include "history/sentence.hpp"

namespace byline::history {

/// Names as the rows have them, and roles as they were: these are looked for in the subject's own history.
class RowNames final : public Known {
 public:
  /// Both outlive it.
  RowNames(const Reader& reader, const OrganizationId& organization)
      : reader_(reader), organization_(organization) {}

  std::string name_of(const std::string& id) const override;
  std::optional<std::vector<RoleId>> roles_before(const LogEntry& entry) const override;

 private:
  const Reader& reader_;
  const OrganizationId& organization_;
};

/// The name an account signs with: its current one, or the last it had; `erased account` where that was
/// erased; empty for one that never was.
std::string signing_name(const Reader& reader, const OrganizationId& organization, const AccountId& account);

}  // namespace byline::history
