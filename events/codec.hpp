#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "events/event.hpp"

namespace byline {

// The bytes of a log entry: one compact JSON object, members in this order:
//
//   position, commit {first, count}, id, type, schema, subject {kind, id}, version, organization, actor, at,
//   command, [correlation], [causation], [credential], data
//
// `data` holds the event's own fields. The member name `sealed` is reserved beside it: personal fields that
// are sealed under a key of the subject will stand there as ciphertext instead of in `data`.
// docs/log-format.md describes the whole.

/// Appends the entry's bytes to `out`.
void encode(const LogEntry& entry, std::string& out);

struct DecodeError {
  enum class Kind {
    malformed,     ///< not the JSON of a log entry: damage, or not ours
    unknown_type,  ///< a type that this release does not know
    newer_schema,  ///< a type it knows, in a later form
  } kind;
  std::string reason;  ///< a sentence for an operator
};

/// Reads an entry; an older form of an event is lifted to the newest struct. Thread-safe.
std::expected<LogEntry, DecodeError> decode(std::string_view bytes);

}  // namespace byline
