#include "engine/subject_keys.hpp"

#include <algorithm>
#include <stdexcept>

#include "security/event_seal.hpp"

namespace byline {
namespace {

constexpr std::size_t kMostRemembered = 1 << 16;
constexpr std::size_t kMany = 512;  ///< more than one write of commands asks for

}  // namespace

std::optional<std::string> SubjectKeys::read(const std::string& owner) const {
  if (found_.size() >= kMany) {
    if (!cursor_) cursor_ = log_.read_keys();
    if (auto found = cursor_->find(owner)) return found;
  }
  return log_.sealed_key(owner);
}

const SubjectKeys::Found& SubjectKeys::find(const DataOwner& owner) const {
  if (auto known = found_.find(owner); known != found_.end()) return known->second;
  auto name = owner.key();
  Found found;
  auto sealed = read(name);
  if (sealed && sealed->empty()) {
    found.state = Found::State::destroyed;
  } else if (sealed) {
    auto key = wrapping_key_ ? security::open(*wrapping_key_, *sealed, name) : std::nullopt;
    found.state = key && key->size() == found.key.size() ? Found::State::there : Found::State::locked;
    has_opened_ = has_opened_ || found.state == Found::State::there;
    if (found.state == Found::State::there) std::ranges::copy(*key, found.key.begin());
  }
  // Those that are not on disk yet must stay.
  if (found_.size() >= kMostRemembered && changes_.empty()) {
    found_.clear();
    cursor_.reset();
  }
  return found_.insert_or_assign(owner, found).first->second;
}

std::string SubjectKeys::seal(const DataOwner& owner, const EventId& event, std::string_view fields) {
  const auto* found = &find(owner);
  if (found->state == Found::State::destroyed) return {};
  if (found->state == Found::State::locked || !wrapping_key_)
    throw std::runtime_error("the keys of personal data were sealed by another key-encryption key");
  if (found->state == Found::State::none) {
    auto name = owner.key();
    Found made{Found::State::there, security::new_key()};
    std::string_view bytes(reinterpret_cast<const char*>(made.key.data()), made.key.size());
    changes_.push_back({name, security::seal(*wrapping_key_, bytes, name)});
    found = &found_.insert_or_assign(owner, made).first->second;
  }
  return security::seal_event(security::event_key(found->key, event.view()), fields);
}

SealState SubjectKeys::open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                            std::string& fields) const {
  const auto& found = find(owner);
  if (found.state == Found::State::destroyed || sealed.empty()) return SealState::erased;
  if (found.state != Found::State::there) return SealState::locked;
  auto opened = security::open_event(security::event_key(found.key, event.view()), sealed);
  if (!opened) return SealState::locked;
  fields = std::move(*opened);
  return SealState::open;
}

std::optional<security::Key> SubjectKeys::event_key(const DataOwner& owner, const EventId& event) const {
  const auto& found = find(owner);
  if (found.state != Found::State::there) return std::nullopt;
  return security::event_key(found.key, event.view());
}

bool SubjectKeys::is_locked(const DataOwner& owner) const {
  return find(owner).state == Found::State::locked;
}

bool SubjectKeys::has(const DataOwner& owner) const { return find(owner).state != Found::State::none; }

void SubjectKeys::destroy(const DataOwner& owner) {
  changes_.push_back({owner.key(), {}});
  found_.insert_or_assign(owner, Found{Found::State::destroyed, {}});
}

}  // namespace byline
