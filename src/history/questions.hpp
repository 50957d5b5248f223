#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <string>

#include "events/event.hpp"
#include "history/thing.hpp"

namespace byline::history {

// Questions about the past. Each reads a log from its beginning, once or twice, and folds it into rows in a
// temporary directory; so they can be asked of a data directory, a backup or another machine's log alike.
// Errors are sentences. Throws std::runtime_error where the temporary directory cannot be used.

/// Calls `each` for the log's entries in order until it gives false.
using ReadEntries =
    std::function<std::expected<void, std::string>(const std::function<bool(const LogEntry&)>& each)>;
/// Takes one answer, or one of several; false where no more is wanted.
using TakeAnswer = std::function<bool(const Json&)>;

/// After an entry, or at a time.
struct Moment {
  std::optional<Position> position;
  std::optional<Time> time;

  /// Whether the entry had happened by then.
  bool covers(const LogEntry& entry) const {
    return position ? entry.position <= *position : !time || entry.at <= *time;
  }
  /// Whether it happened then or later; always, where the moment is none.
  bool begins_with(const LogEntry& entry) const {
    return position ? entry.position >= *position : !time || entry.at >= *time;
  }
};
/// A position, or what `parse_moment` takes.
std::expected<Moment, std::string> parse_place(std::string_view text);
/// The sentence for a position that the log has not reached.
std::string ends_before(std::uint64_t last);

/// What the subject with this id was then; without one everything that was there.
std::expected<void, std::string> ask_as_of(const ReadEntries& read, const Moment& moment,
                                           const std::optional<Id<void>>& subject, const TakeAnswer& take);
/// What one subject was then, by the indexes of a database: in time that does not grow with the log. False
/// where there are none for it, such as for a credential, and the log is to be read.
std::expected<bool, std::string> ask_as_of(const Reader& now, const Moment& moment, const Id<void>& subject,
                                           const TakeAnswer& take);
/// What became different from one moment to another, by subject.
std::expected<void, std::string> ask_difference(const ReadEntries& read, const Moment& from, const Moment& to,
                                                const TakeAnswer& take);

/// `area:operation`, or `area:operation:collection`.
struct AskedPermission {
  Area area;
  Operation operation;
  std::string collection;  ///< may be empty
};
std::expected<AskedPermission, std::string> parse_permission(std::string_view text);
/// The accounts that could do that then, and through which roles.
std::expected<void, std::string> ask_who_could(const ReadEntries& read, const AskedPermission& permission,
                                               const Moment& moment, const TakeAnswer& take);

/// The command that wrote the entry: who, by which right and role, what it changed, and what followed.
std::expected<Json, std::string> explain(const ReadEntries& read, Position position);

/// Everything that was done with a credential from a moment on: the events, what they touched before and
/// after, and what else the rights would have allowed.
std::expected<Json, std::string> tell_incident(const ReadEntries& read, const CredentialId& credential,
                                               const Moment& from);

/// JSON as indented lines for people.
std::string outline(const Json& json);

}  // namespace byline::history
