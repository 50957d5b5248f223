#include "engine/subject_keys.hpp"

#include <algorithm>
#include <stdexcept>

#include "security/event_seal.hpp"

namespace byline {
namespace {

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
  if (latest_ && latest_->first == owner) return latest_->second;
  auto known = found_.find(owner);
  if (known == found_.end()) {
    auto found = look_for(owner);
    // Those that are not on disk yet must stay.
    if (found_.size() >= most_ && changes_.empty()) {
      found_.clear();
      cursor_.reset();
    }
    known = found_.emplace(owner, found).first;
  }
  return latest_.emplace(*known).second;
}

SubjectKeys::Found SubjectKeys::look_for(const DataOwner& owner) const {
  auto name = owner.key();
  auto sealed = read(name);
  Found found;
  if (!sealed) return found;
  if (sealed->empty()) {
    found.state = Found::State::destroyed;
    return found;
  }
  auto key = wrapping_key_ ? security::open(*wrapping_key_, *sealed, name) : std::nullopt;
  if (!key || key->size() != found.key.size()) {
    found.state = Found::State::locked;
    return found;
  }
  found.state = Found::State::there;
  std::ranges::copy(*key, found.key.begin());
  has_opened_ = true;
  return found;
}

/// What is known of it is now this.
const SubjectKeys::Found& SubjectKeys::set(const DataOwner& owner, const Found& found) {
  latest_.reset();
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
    found = &set(owner, made);
  }
  return security::seal_event(security::event_key(found->key, event.view()), fields);
}

SealState SubjectKeys::open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                            std::string& fields) const {
  return open_with(find(owner), event, sealed, fields);
}

SealState SubjectKeys::open_with(const Found& found, const EventId& event, std::string_view sealed,
                                 std::string& fields) {
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
  set(owner, {Found::State::destroyed, {}});
}

SharedSubjectKeys::SharedSubjectKeys(const EventLog& log, const std::optional<security::Key>& wrapping_key) {
  for (auto& share : shares_) share = std::make_unique<Share>(log, wrapping_key);
}

SealState SharedSubjectKeys::open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                                  std::string& fields) const {
  const auto& share = *shares_[hash_value(owner) % shares_.size()];
  std::unique_lock guard(share.mutex);
  auto found = share.keys.find(owner);
  guard.unlock();
  return SubjectKeys::open_with(found, event, sealed, fields);
}

bool SharedSubjectKeys::has_opened() const {
  return std::ranges::any_of(shares_, [](const auto& share) {
    std::lock_guard guard(share->mutex);
    return share->keys.has_opened();
  });
}

}  // namespace byline
