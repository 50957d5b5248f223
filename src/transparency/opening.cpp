#include "transparency/opening.hpp"

#include <algorithm>

#include "events/codec.hpp"
#include "security/base64.hpp"
#include "security/event_seal.hpp"

namespace byline::transparency {

std::string opening_of(const SubjectKeys& keys, const LogEntry& entry, std::string_view bytes) {
  auto owner = data_owner(entry);
  bool is_sealed = bytes.find("\"sealed\":") != std::string_view::npos;
  if (!owner || !is_sealed || entry.seal != SealState::open) return {};
  auto key = keys.event_key(*owner, entry.id);
  if (!key) return {};
  return security::to_base64url({reinterpret_cast<const char*>(key->data()), key->size()});
}

bool Openings::add(std::string_view entry, std::string_view opening) {
  auto bytes = security::from_base64url(opening);
  auto locked = decode(entry);
  security::Key key;
  if (entry.find("\"sealed\":") == std::string_view::npos) return false;
  if (!bytes || bytes->size() != key.size() || !locked) return false;
  std::ranges::copy(*bytes, key.begin());
  keys_[locked->id] = key;
  auto opened = decode(entry, this);
  return opened && opened->seal == SealState::open;
}

void Openings::learn_of_erasure(std::string_view entry) {
  auto decoded = decode(entry);
  if (decoded && erases_data(decoded->event)) erased_.insert(data_owner(*decoded).value().key());
}

SealState Openings::open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                         std::string& fields) const {
  if (sealed.empty() || erased_.contains(owner.key())) return SealState::erased;
  auto key = keys_.find(event);
  auto opened = key == keys_.end() ? std::nullopt : security::open_event(key->second, sealed);
  if (!opened) return SealState::locked;
  fields = std::move(*opened);
  return SealState::open;
}

}  // namespace byline::transparency
