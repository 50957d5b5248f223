#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/personal.hpp"
#include "log/event_log.hpp"
#include "security/seal.hpp"

namespace byline {

/// Opens the personal fields of the log's entries.
class EntryOpener : public FieldOpener {
 public:
  /// Whether a key was opened: the key-encryption key is the right one then.
  virtual bool has_opened() const = 0;
};

/// The keys under which personal data in the log is sealed, one an owner: made when the first of its data is
/// written, kept beside the log, sealed by the key-encryption key, and destroyed for ever when it is erased.
///
/// One of these is for one piece of work by one thread: it remembers the keys that it used. Without a
/// key-encryption key it opens nothing, and must not seal.
class SubjectKeys final : public FieldSealer, public EntryOpener {
 public:
  /// `wrapping_key`: what the keys are sealed with; see below. `most`: that are remembered, about.
  SubjectKeys(const EventLog& log, const std::optional<security::Key>& wrapping_key,
              std::size_t most = 1 << 16)
      : log_(log), wrapping_key_(wrapping_key), most_(most) {}

  static security::Key wrapping_key(const security::Key& key_encryption_key) {
    return security::derive_key(key_encryption_key, "subject key", {});
  }

  std::string seal(const DataOwner& owner, const EventId& event, std::string_view fields) override;
  SealState open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                 std::string& fields) const override;

  /// What opens this one event; nullopt where nothing can.
  std::optional<security::Key> event_key(const DataOwner& owner, const EventId& event) const;

  /// Whether the key is there and cannot be opened: it is damaged, or sealed by another key.
  bool is_locked(const DataOwner& owner) const;
  /// Whether there is a key, or was one that was destroyed.
  bool has(const DataOwner& owner) const;
  bool has_opened() const override { return has_opened_; }

  void destroy(const DataOwner& owner);
  /// Keys that were made and destroyed: to be written with the entries.
  const std::vector<KeyChange>& changes() const { return changes_; }

 private:
  /// Of an owner: its key; or why there is none.
  struct Found {
    enum class State : std::uint8_t { there, none, destroyed, locked } state = State::none;
    security::Key key{};
  };
  friend class SharedSubjectKeys;
  const Found& find(const DataOwner& owner) const;
  Found look_for(const DataOwner& owner) const;
  const Found& set(const DataOwner& owner, const Found& found);
  static SealState open_with(const Found& found, const EventId& event, std::string_view sealed,
                             std::string& fields);
  std::optional<std::string> read(const std::string& owner) const;

  const EventLog& log_;
  const std::optional<security::Key> wrapping_key_;
  const std::size_t most_;
  mutable boost::unordered_flat_map<DataOwner, Found> found_;
  mutable std::optional<std::pair<DataOwner, Found>> latest_;  ///< most often asked for again
  mutable bool has_opened_ = false;
  mutable std::unique_ptr<KeyCursor> cursor_;  ///< once many were read; as old as what is remembered
  std::vector<KeyChange> changes_;
};

/// For reading, by several threads at once: each owner's key is looked for and opened once for all of them.
class SharedSubjectKeys final : public EntryOpener {
 public:
  SharedSubjectKeys(const EventLog& log, const std::optional<security::Key>& wrapping_key);
  SealState open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                 std::string& fields) const override;
  bool has_opened() const override;

 private:
  struct Share {
    mutable std::mutex mutex;
    SubjectKeys keys;
    Share(const EventLog& log, const std::optional<security::Key>& wrapping_key)
        : keys(log, wrapping_key, 1 << 14) {}
  };
  std::array<std::unique_ptr<Share>, 16> shares_;  ///< an owner is in one of them
};

}  // namespace byline
