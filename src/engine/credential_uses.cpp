#include "engine/credential_uses.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "events/json_fields.hpp"

namespace byline {
namespace {

// On disk, beside the counts of uses of permissions, whose keys are longer: by the credential's id.
struct StoredSightings {
  std::optional<Time> used_at;
  std::optional<std::string> used_from;
  std::optional<Time> refused_at;
  std::optional<std::string> refused_from;
  // That the log has not been told yet.
  std::uint64_t uses = 0;
  std::uint64_t refusals = 0;

  static void fields(auto& self, auto&& field) {
    field("used_at", self.used_at);
    field("used_from", self.used_from);
    field("refused_at", self.refused_at);
    field("refused_from", self.refused_from);
    field("uses", self.uses);
    field("refusals", self.refusals);
  }

  CredentialSightings sightings() const {
    return {{used_at, used_from.value_or("")}, {refused_at, refused_from.value_or("")}};
  }
};

Sighting newer(const Sighting& a, const std::optional<Time>& at, const std::optional<std::string>& from) {
  return at && (!a.at || *at > *a.at) ? Sighting{at, from.value_or("")} : a;
}

std::string write_stored(const CredentialSightings& sightings, std::uint64_t uses, std::uint64_t refusals) {
  StoredSightings stored;
  stored.used_at = sightings.used.at;
  if (stored.used_at) stored.used_from = sightings.used.from;
  stored.refused_at = sightings.refused.at;
  if (stored.refused_at) stored.refused_from = sightings.refused.from;
  stored.uses = uses;
  stored.refusals = refusals;
  return json_fields::text_of(stored);
}

StoredSightings read_stored(const Database& database, const CredentialId& id) {
  std::string value;
  auto status = database.rocks().Get({}, database.usage(), std::string(id.view()), &value);
  if (status.IsNotFound()) return {};
  if (!status.ok()) throw std::runtime_error("uses of credentials cannot be read: " + status.ToString());
  return json_fields::parse_struct<StoredSightings>(value);
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
  auto known = read_stored(database, id).sightings();
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
  std::vector<std::pair<CredentialId, Noted>> fresh;
  std::vector<CredentialId> gone;
  rocksdb::WriteBatch batch;
  {
    std::lock_guard guard(mutex_);
    gone = gone_;
    for (const auto& entry : noted_) {
      if (entry.second.dirty) fresh.emplace_back(entry);
    }
  }
  // What is known of one that is gone would outlive it.
  auto is_gone = [&](const auto& one) {
    std::string row;
    auto key = credential_key(one.second.account, one.first);
    return database.rocks().Get({}, database.rows(View::credentials), key, &row).IsNotFound();
  };
  for (const auto& one : fresh) {
    if (is_gone(one)) gone.push_back(one.first);
  }
  std::erase_if(fresh, [&](const auto& one) { return std::ranges::find(gone, one.first) != gone.end(); });
  if (fresh.empty() && gone.empty()) return;
  for (const auto& id : gone) batch.Delete(database.usage(), std::string(id.view()));
  for (auto& [id, noted] : fresh) {
    auto before = read_stored(database, id);
    auto known = before.sightings();
    known.used = newer(known.used, noted.sightings.used.at, noted.sightings.used.from);
    known.refused = newer(known.refused, noted.sightings.refused.at, noted.sightings.refused.from);
    // What the process before this one had no occasion to tell.
    noted.earlier_uses = noted.loaded ? 0 : before.uses;
    noted.earlier_refusals = noted.loaded ? 0 : before.refusals;
    batch.Put(database.usage(), std::string(id.view()),
              write_stored(known, noted.uses + noted.earlier_uses, noted.refusals + noted.earlier_refusals));
  }
  if (auto status = database.rocks().Write({}, &batch); !status.ok())
    throw std::runtime_error("uses of credentials cannot be written: " + status.ToString());
  std::lock_guard guard(mutex_);
  gone_.clear();
  for (const auto& id : gone) noted_.erase(id);
  for (const auto& [id, written] : fresh) {
    auto& noted = noted_[id];
    noted.dirty = noted.uses != written.uses || noted.refusals != written.refusals;
    noted.uses += written.earlier_uses;
    noted.refusals += written.earlier_refusals;
    noted.loaded = true;
  }
  // What is on disk and in the log need not be held.
  boost::unordered::erase_if(noted_, [](const auto& entry) {
    const auto& noted = entry.second;
    return !noted.dirty && noted.uses == 0 && noted.refusals == 0;
  });
} catch (const std::exception& error) {
  spdlog::error("{}", error.what());
}

std::vector<CredentialUses::Due> CredentialUses::due(const Reader& reader) {
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
    if (!row) {
      std::lock_guard guard(mutex_);
      noted_.erase(id);
      gone_.push_back(id);
      continue;
    }
    NoteCredentialUse command{id, noted.account, {}, {}};
    const auto& [used, refused] = noted.sightings;
    if (used.at && is_due(noted.uses, used, row->used_at))
      command.used = CredentialUsed{noted.account, *used.at, used.from, noted.uses};
    if (refused.at && is_due(noted.refusals, refused, row->refused_at))
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
  found->second.dirty = true;
}

}  // namespace byline
