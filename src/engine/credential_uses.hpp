#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "domain/credential.hpp"
#include "engine/database.hpp"
#include "engine/reader.hpp"

namespace byline {

/// When a credential was last seen, and from where.
struct Sighting {
  std::optional<Time> at;
  std::string from;  ///< an address
};
struct CredentialSightings {
  Sighting used;
  Sighting refused;  ///< presented although it was over
};

/// Remembers when credentials are used. The newest is known at once and kept beside the log, where at most
/// the last ten seconds of it are lost when the process is killed; the log gets an event an hour and
/// credential at most, so that audits and rebuilt views know it too.
///
/// `note_…` and `newest` may be called by any thread, the rest by the writer alone.
class CredentialUses {
 public:
  static constexpr std::int64_t kEventEvery = 60LL * 60 * 1'000'000;  ///< microseconds

  void note_use(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
                std::string_view from, Time now);
  void note_refusal(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
                    std::string_view from, Time now);
  /// What is known of it, `row` included.
  CredentialSightings newest(const Database& database, const CredentialId& id,
                             const CredentialRow& row) const;

  /// Writes what was noted since, without waiting for the disk. A failure keeps it for later.
  void flush(Database& database);
  /// What is to be told to the log now. What was noted of credentials that are gone is forgotten.
  struct Due {
    OrganizationId organization;
    NoteCredentialUse command;
  };
  std::vector<Due> due(const Reader& reader);
  /// That was told.
  void told(const CredentialId& id, const NoteCredentialUse& command);

 private:
  struct Noted {
    OrganizationId organization;
    AccountId account;
    CredentialSightings sightings;
    // Since the last event.
    std::uint64_t uses = 0;
    std::uint64_t refusals = 0;
    bool dirty = true;               ///< not yet on disk
    bool loaded = false;             ///< the counts include those on disk
    std::uint64_t earlier_uses = 0;  ///< found on disk at the first flush
    std::uint64_t earlier_refusals = 0;
  };
  void note(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
            std::string_view from, Time now, Sighting CredentialSightings::* which,
            std::uint64_t Noted::* count);

  mutable std::mutex mutex_;
  boost::unordered_flat_map<CredentialId, Noted> noted_;
  std::vector<CredentialId> gone_;  ///< still on disk
};

}  // namespace byline
