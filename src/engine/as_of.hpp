#pragma once

#include <map>
#include <optional>
#include <vector>

#include "engine/access.hpp"

namespace byline {

/// An organization's accounts and roles as they were at a moment, each folded from its own events by the
/// projection that makes the live view; without a moment, as they are now. For one request: it remembers what
/// it was asked.
class AsOf {
 public:
  /// The reader outlives it.
  AsOf(const Reader& reader, const OrganizationId& organization, std::optional<Time> at)
      : reader_(reader), organization_(organization), at_(at) {}

  /// nullopt for an account that was not there yet, or no longer.
  std::optional<AccountRow> account(const AccountId& id);
  const std::optional<RoleRow>& role(const RoleId& id);
  /// The collection with what it asked for then; nullptr where it was not there yet.
  std::shared_ptr<const Collection> collection(const std::shared_ptr<const Collection>& now) const;
  /// Whether the organization's plan included the API.
  bool licensed();
  /// What the account could do by its roles; nothing where it could not act at all.
  PermissionMatrix access_of(const AccountRow& account);

 private:
  /// A row of a subject's own, with whose id the key ends.
  std::optional<std::string> row(View view, std::string_view key) const;

  const Reader& reader_;
  const OrganizationId organization_;
  const std::optional<Time> at_;
  std::map<RoleId, std::optional<RoleRow>> roles_;
  std::optional<bool> licensed_;
};

/// Which level records asked for at past positions. A record's history is read once; for one request.
class AccessHistories {
 public:
  /// The reader outlives it.
  AccessHistories(const Reader& reader, const OrganizationId& organization)
      : reader_(reader), organization_(organization) {}

  /// The level that the account needed for the record right before that position, by the teams that it was in
  /// then.
  Level level_needed_before(const RecordId& id, const AccountId& account, Position position);
  /// How many entries of the log were read for it.
  std::size_t entries_read() const { return read_; }

 private:
  using History = std::vector<std::pair<Position, RecordAccess>>;  ///< what holds from a position on
  using Members = std::vector<std::pair<Position, std::vector<AccountId>>>;
  const History& history_of(const RecordId& id);
  const Members& members_of(const TeamId& id);

  const Reader& reader_;
  const OrganizationId organization_;
  std::map<RecordId, History> histories_;
  std::map<TeamId, Members> teams_;
  std::size_t read_ = 0;
};

}  // namespace byline
