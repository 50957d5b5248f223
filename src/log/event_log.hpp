#pragma once

#include <rocksdb/write_batch.h>

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "events/event.hpp"

namespace byline {

struct AppendError {
  enum class Kind {
    conflict,  ///< the tail is not where the writer believes: somebody else appended. Nothing was written
    in_doubt,  ///< the write failed or could not be made durable: whether it is there is known after
               ///< reopening
  } kind;
  std::string reason;  ///< for an operator's log
};

/// Reads entries one after the other, as they were at the time the cursor was made.
class LogCursor {
 public:
  virtual ~LogCursor() = default;
  /// Moves to the next entry; false at the end. Throws std::runtime_error when the log cannot be read.
  virtual bool next() = 0;
  virtual Position position() const = 0;
  /// Valid until the next call of `next`.
  virtual std::string_view bytes() const = 0;
};

/// A key under which somebody's personal data in the log is sealed (events/personal.hpp), itself sealed by
/// the key-encryption key. Keys are kept beside the log and are no part of what is hashed.
struct KeyChange {
  std::string owner;       ///< DataOwner::key
  std::string sealed_key;  ///< empty: it is destroyed, and the owner has none for ever
};

/// Finds the keys of many owners one after the other, as they were at the time the cursor was made: quickly
/// where owners come nearly in their order, as they do in the log.
class KeyCursor {
 public:
  virtual ~KeyCursor() = default;
  /// As EventLog::sealed_key.
  virtual std::optional<std::string> find(std::string_view owner) = 0;
};

/// The one totally ordered sequence of events, positions 1, 2, 3 … without gaps.
///
/// Guarantees: `append` is atomic and durable before it returns, and happens only if the tail is where the
/// caller believes it is; so of two writers one loses, and no fact is decided against a state that is not the
/// tail's. Reading is thread-safe; appending is for one thread.
class EventLog {
 public:
  virtual ~EventLog() = default;

  /// The position of the last entry; 0 when there is none.
  virtual Position tail() const = 0;

  /// Appends `entries` at `expected_tail + 1` and changes `keys` in one atomic write, and writes `rows` of
  /// the local views: together with them where the carrier shares their database, right after them where it
  /// does not.
  virtual std::expected<void, AppendError> append(Position expected_tail,
                                                  std::span<const std::string> entries,
                                                  std::span<const KeyChange> keys,
                                                  rocksdb::WriteBatch& rows) = 0;

  /// The key of an owner, as KeyChange has it: empty where it was destroyed, nullopt where there never was
  /// one. Throws std::runtime_error when it cannot be read.
  virtual std::optional<std::string> sealed_key(std::string_view owner) const = 0;

  virtual std::unique_ptr<KeyCursor> read_keys() const = 0;
  /// Calls `each` for every owner that has or had a key, in their order. Throws likewise.
  virtual void for_each_key(const std::function<void(const KeyChange&)>& each) const = 0;

  /// Entries after `after`, in order.
  virtual std::unique_ptr<LogCursor> read(Position after) const = 0;

  /// One entry's bytes; false where there is none. Throws std::runtime_error when the log cannot be read.
  virtual bool read_one(Position position, std::string& bytes) const = 0;
};

}  // namespace byline
