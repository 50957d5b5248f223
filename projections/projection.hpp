#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/event.hpp"

namespace byline {

/// The views that Byline has itself, in the order in which they are folded. Those that a configuration
/// defines come after them: a value of this type is a place in a `ViewSet`.
enum class View : std::uint8_t {
  organizations,
  accounts,
  roles,
  applications,
  credentials,
  records,
  access,
  teams,
  collections,
  bylines,
  audit,
  signing_keys,
  checkpoint_keys,
};
inline constexpr std::size_t kBuiltInViewCount = 13;

/// A row that is being changed: read, and yet to be written back.
class OpenRow {
 public:
  explicit OpenRow(std::string_view key) : key_(key) {}
  virtual ~OpenRow() = default;
  OpenRow(const OpenRow&) = delete;
  OpenRow& operator=(const OpenRow&) = delete;
  const std::string& key() const { return key_; }
  virtual std::string bytes() const = 0;

 private:
  const std::string key_;
};

/// The rows of one view as they are after everything folded so far, whether or not that is on disk yet.
class Rows {
 public:
  virtual ~Rows() = default;
  virtual std::optional<std::string> get(std::string_view key) = 0;
  virtual void put(std::string_view key, std::string value) = 0;
  virtual void erase(std::string_view key) = 0;
  /// Puts a row where there is none. To erase it again before it is on disk leaves no trace there, which a
  /// `put` would: the mark of a deletion, over which whoever walks through that place has to step.
  virtual void insert(std::string_view key, std::string value) = 0;
  /// Puts a row that no fold ever reads back, changes or adds again, such as an entry of an index.
  virtual void add(std::string_view key, std::string_view value) = 0;

  /// The row of that key, where it was left open; then it is the caller's to write back.
  virtual std::unique_ptr<OpenRow> take_open(std::string_view) { return nullptr; }
  /// Writes the row; or leaves it open until something else is done with that row, another is left open, or
  /// the rows are handed over: one command often has several events that change the same.
  virtual void write_back(std::unique_ptr<OpenRow> row) { put(row->key(), row->bytes()); }
};

/// Entries for which this gives different numbers never read, put or erase one and the same row of a view.
using LaneOf = std::uint64_t (*)(const LogEntry& entry);
std::uint64_t lane_of_subject(const LogEntry& entry);
/// The account's, of what was done to one of its credentials; else the subject's.
std::uint64_t lane_of_account(const LogEntry& entry);

/// A view: a fold of events into rows of its own. It knows no HTTP, asks no clock and reads nothing but its
/// own rows, so that folding the same log again gives the same rows, byte for byte.
class Projection {
 public:
  virtual ~Projection() = default;
  virtual View view() const = 0;
  /// By which operators and the data directory know it.
  virtual std::string_view name() const;
  /// Raised when the form of the rows changes: the view is then built anew.
  virtual int version() const = 0;
  /// The first version whose rows can be read, and folded further, until they are built anew.
  virtual int oldest_that_fits() const { return version(); }
  bool fits(int made_by) const { return oldest_that_fits() <= made_by && made_by <= version(); }
  virtual void apply(const LogEntry& entry, Rows& rows) const = 0;
  /// Which entries may be folded side by side. nullptr: none.
  virtual LaneOf lane_of() const { return nullptr; }
};

}  // namespace byline
