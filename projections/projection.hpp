#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "events/event.hpp"

namespace byline {

/// The views, in the order in which they are folded.
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
inline constexpr std::size_t kViewCount = 13;
std::string_view name_of(View view);
std::optional<View> view_named(std::string_view name);

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
  /// Puts a row that no fold ever reads back or changes, such as an entry of an index.
  virtual void add(std::string_view key, std::string_view value) = 0;
};

/// A view: a fold of events into rows of its own. It knows no HTTP, asks no clock and reads nothing but its
/// own rows, so that folding the same log again gives the same rows, byte for byte.
class Projection {
 public:
  virtual ~Projection() = default;
  virtual View view() const = 0;
  /// Raised when the form of the rows changes: the view is then built anew.
  virtual int version() const = 0;
  /// Whether rows that an earlier version made can be read, and folded further, until they are built anew.
  virtual bool fits(int earlier) const { return earlier == version(); }
  virtual void apply(const LogEntry& entry, Rows& rows) const = 0;
};

/// All of them, in the order of `View`.
std::span<const Projection* const, kViewCount> projections();

}  // namespace byline
