#include "engine/credential_uses.hpp"

#include <spdlog/spdlog.h>

#include "projections/row.hpp"

namespace byline {
namespace {

// On disk, beside the counts of uses of permissions, whose keys are longer: by the credential's id.
struct StoredSightings {
  std::optional<Time> used_at;
  std::optional<std::string> used_from;
  std::optional<Time> refused_at;
  std::optional<std::string> refused_from;

  static void fields(auto& self, auto&& field) {
    field("used_at", self.used_at);
    field("used_from", self.used_from);
    field("refused_at", self.refused_at);
    field("refused_from", self.refused_from);
  }
};

Sighting newer(const Sighting& a, const std::optional<Time>& at, const std::optional<std::string>& from) {
  return at && (!a.at || *at > *a.at) ? Sighting{at, from.value_or("")} : a;
}

std::string write_stored(const CredentialSightings& sightings) {
  StoredSightings stored;
  stored.used_at = sightings.used.at;
  if (stored.used_at) stored.used_from = sightings.used.from;
  stored.refused_at = sightings.refused.at;
  if (stored.refused_at) stored.refused_from = sightings.refused.from;
  return write_row(stored);
}

CredentialSightings read_stored(const Database& database, const CredentialId& id) {
  std::string value;
  auto status = database.rocks().Get({}, database.usage(), std::string(id.view()), &value);
  if (status.IsNotFound()) return {};
  if (!status.ok()) throw std::runtime_error("uses of credentials cannot be read: " + status.ToString());
  auto stored = parse_row<StoredSightings>(value);
  return {{stored.used_at, stored.used_from.value_or("")},
          {stored.refused_at, stored.refused_from.value_or("")}};
}

bool is_due(std::uint64_t count, const Sighting& seen, const std::optional<Time>& told) {
  return count > 0 && (!told || seen.at->micros - told->micros >= CredentialUses::kEventEvery);
}

}  // namespace

void CredentialUses::note(const OrganizationId& organization, const AccountId& account,
                          const CredentialId& id, std::string_view from, Time now,
                          Sighting CredentialSightings::* which, std::uint64_t Noted::* count) {
  std::lock_guard guard(mutex_);
  auto& noted = noted_[id];
  noted.organization = organization;
  noted.account = account;
  (noted.sightings.*which).at = now;
  (noted.sightings.*which).from = from;
  ++(noted.*count);
  noted.dirty = true;
}

void CredentialUses::note_use(const OrganizationId& organization, const AccountId& account,
                              const CredentialId& id, std::string_view from, Time now) {
  note(organization, account, id, from, now, &CredentialSightings::used, &Noted::uses);
}

void CredentialUses::note_refusal(const OrganizationId& organization, const AccountId& account,
                                  const CredentialId& id, std::string_view from, Time now) {
  note(organization, account, id, from, now, &CredentialSightings::refused, &Noted::refusals);
}

CredentialSightings CredentialUses::newest(const Database& database, const CredentialId& id,
                                           const CredentialRow& row) const {
  auto known = read_stored(database, id);
  known.used = newer(known.used, row.used_at, row.used_from);
  known.refused = newer(known.refused, row.refused_at, row.refused_from);
  std::lock_guard guard(mutex_);
  if (auto found = noted_.find(id); found != noted_.end()) {
    const auto& [used, refused] = found->second.sightings;
    known.used = newer(known.used, used.at, used.from);
    known.refused = newer(known.refused, refused.at, refused.from);
  }
  return known;
}

void CredentialUses::flush(Database& database) try {
  std::vector<std::pair<CredentialId, CredentialSightings>> fresh;
  {
    std::lock_guard guard(mutex_);
    for (auto& [id, noted] : noted_) {
      if (noted.dirty) fresh.emplace_back(id, noted.sightings);
    }
  }
  if (fresh.empty()) return;
  rocksdb::WriteBatch batch;
  for (auto& [id, seen] : fresh) {
    auto before = read_stored(database, id);
    before.used = newer(before.used, seen.used.at, seen.used.from);
    before.refused = newer(before.refused, seen.refused.at, seen.refused.from);
    batch.Put(database.usage(), std::string(id.view()), write_stored(before));
  }
  if (auto status = database.rocks().Write({}, &batch); !status.ok())
    throw std::runtime_error("uses of credentials cannot be written: " + status.ToString());
  std::lock_guard guard(mutex_);
  for (const auto& [id, seen] : fresh) {
    auto& noted = noted_[id];
    noted.dirty = noted.sightings.used.at != seen.used.at || noted.sightings.refused.at != seen.refused.at;
  }
  // What is on disk and in the log need not be held.
  boost::unordered::erase_if(noted_, [](const auto& entry) {
    const auto& noted = entry.second;
    return !noted.dirty && noted.uses == 0 && noted.refusals == 0;
  });
} catch (const std::exception& error) {
  spdlog::error("{}", error.what());
}

std::vector<CredentialUses::Due> CredentialUses::due(const Reader& reader) const {
  std::vector<std::pair<CredentialId, Noted>> candidates;
  {
    std::lock_guard guard(mutex_);
    for (const auto& entry : noted_) {
      if (entry.second.uses > 0 || entry.second.refusals > 0) candidates.emplace_back(entry);
    }
  }
  std::vector<Due> found;
  for (const auto& [id, noted] : candidates) {
    auto row = find_credential(reader, noted.account, id);
    if (!row) continue;
    NoteCredentialUse command{id, noted.account, {}, {}};
    const auto& [used, refused] = noted.sightings;
    if (is_due(noted.uses, used, row->used_at))
      command.used = CredentialUsed{noted.account, *used.at, used.from, noted.uses};
    if (is_due(noted.refusals, refused, row->refused_at))
      command.refused = EndedCredentialPresented{noted.account, *refused.at, refused.from, noted.refusals};
    if (command.used || command.refused) found.push_back({noted.organization, std::move(command)});
  }
  return found;
}

void CredentialUses::told(const CredentialId& id, const NoteCredentialUse& command) {
  std::lock_guard guard(mutex_);
  auto found = noted_.find(id);
  if (found == noted_.end()) return;
  if (command.used) found->second.uses -= command.used->uses;
  if (command.refused) found->second.refusals -= command.refused->attempts;
}

}  // namespace byline
