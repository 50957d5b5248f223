#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.hpp"
#include "events/upcast.hpp"

namespace byline {

// The bytes of a log entry: one compact JSON object, members in this order:
//
//   position, commit {first, count}, id, type, schema, subject {kind, id}, version, organization, actor, at,
//   command, [correlation], [causation], [credential], [sealed], data
//
// `data` holds the event's own fields; but those that tell of a person stand in `sealed` instead, where there
// is somebody whose they are. docs/log-format.md describes the whole.
//
// What is shown to people and programs is the same with the sealed fields in `data`. Where they cannot be
// opened, `closed` stands in the place of `sealed` and says why: `erased` or `locked`.

/// Appends the entry's bytes to `out`; without a sealer as they are shown.
void encode(const LogEntry& entry, std::string& out, FieldSealer* sealer = nullptr);

struct DecodeError {
  enum class Kind {
    malformed,     ///< not the JSON of a log entry: damage, or not ours
    unknown_type,  ///< a type that this release does not know
    newer_schema,  ///< a type it knows, in a later form
  } kind;
  std::string reason;  ///< a sentence for an operator
};

/// Reads an entry, as it is kept or shown; an older form of an event is lifted to the newest struct. Without
/// an opener sealed fields stay locked. Thread-safe.
std::expected<LogEntry, DecodeError> decode(std::string_view bytes, const FieldOpener* opener = nullptr,
                                            std::span<const Upcaster> by = upcasters());

/// The entry as it is shown: its bytes as they are kept, or `shown`, where fields of it are sealed. What
/// cannot be decoded stays as it is.
std::string_view shown_form(std::string_view bytes, const FieldOpener& opener, std::string& shown);
/// The event's own fields as `data` shows them: a JSON object.
std::string data_json(const LogEntry& entry);
/// The same without the fields that tell of a person: it is the same before and after these were erased.
std::string impersonal_data_json(const LogEntry& entry);
/// For people: the entry with `[erased]` or `[locked]` in fields that could not be opened.
LogEntry with_marks(const LogEntry& entry);
/// Whose its personal fields are; nullopt where they are nobody's.
std::optional<DataOwner> data_owner(const Subject& subject, const Event& event);
std::optional<DataOwner> data_owner(const LogEntry& entry);
/// Whether there are fields in it that tell of a person, and so are sealed.
bool has_personal_fields(const Event& event);
/// The names of the event's fields that tell of a person, whether or not it has them.
std::vector<std::string_view> personal_fields(const Event& event);
/// What a field of an event is in its JSON.
enum class FieldForm : std::uint8_t { text, number, truth, list, object };
struct EventField {
  std::string_view name;
  FieldForm form;
  bool is_personal;  ///< it tells of a person
};
/// All of the event's fields, in their order, whether or not it has them.
std::vector<EventField> fields_of(const Event& event);
/// Whether a field of this name is nobody's to read: what proves a secret, is only there to compare addresses
/// by, or is sealed by itself.
bool is_hidden_field(std::string_view name);
/// A fact of this type, with nothing in its fields; nullopt where this release knows no such type.
std::optional<Event> event_of_type(std::string_view type);
/// What events of this type are about.
SubjectKind subject_kind_of(const Event& event);

}  // namespace byline
