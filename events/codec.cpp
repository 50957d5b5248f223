#include "events/codec.hpp"

#include <array>
#include <utility>

#include "events/json_fields.hpp"

namespace byline {
namespace {

using json_fields::Mismatch;
using json_fields::Object;
using json_fields::Part;
using json_fields::Value;

template <std::size_t... I>
constexpr auto make_types(std::index_sequence<I...>) {
  return std::array{std::variant_alternative_t<I, Event>::kType...};
}
constexpr auto kTypes = make_types(std::make_index_sequence<std::variant_size_v<Event>>{});

struct UnsupportedType {
  DecodeError error;
};

/// The text of a member that may not be there.
std::optional<std::string_view> find_text(Object& object, std::string_view name) {
  auto found = object.find_field_unordered(name);
  // After any other error simdjson's object must not be asked again.
  if (found.error() == simdjson::NO_SUCH_FIELD) return std::nullopt;
  return std::string_view(found.get_string());
}

/// What the sealed fields of an event are read with: the other parser is at work on the entry.
json_fields::Parser& parser_of_fields() {
  thread_local json_fields::Parser parser;
  return parser;
}

template <class Fact>
void read_fact(Object& object, const FieldOpener* opener, const LogEntry& entry, Fact& event,
               SealState& seal) {
  if (json_fields::kHasPersonal<Fact>) {
    auto sealed = find_text(object, "sealed");
    auto closed = sealed ? std::nullopt : find_text(object, "closed");
    if (sealed || closed) {
      json_fields::read_struct<Part::other>(Object(object.find_field_unordered("data").get_object()), event);
      if (closed) {
        auto named = seal_state_named(*closed);
        if (!named) throw Mismatch("unknown reason why fields are closed");
        seal = *named;
        return;
      }
      auto owner = data_owner(entry.subject, event);
      if (!owner) throw Mismatch("sealed fields of nobody");
      thread_local std::string fields;
      seal = opener ? opener->open(*owner, entry.id, *sealed, fields) : SealState::locked;
      if (seal != SealState::open) return;
      auto document = parser_of_fields().parse_whole(fields);
      json_fields::read_struct<Part::personal>(Object(document.get_object()), event);
      return;
    }
  }
  json_fields::read_struct(Object(object.find_field_unordered("data").get_object()), event);
}

template <std::size_t I = 0>
void read_event(std::size_t index, Object& object, const FieldOpener* opener, LogEntry& entry) {
  if constexpr (I < std::variant_size_v<Event>) {
    if (index != I) return read_event<I + 1>(index, object, opener, entry);
    std::variant_alternative_t<I, Event> event;
    read_fact(object, opener, entry, event, entry.seal);
    entry.event = std::move(event);
  } else {
    std::unreachable();
  }
}

std::size_t index_of(std::string_view type, std::int64_t schema) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].name != type) continue;
    if (schema > kTypes[i].version) {
      throw UnsupportedType{{DecodeError::Kind::newer_schema,
                             "event type " + std::string(type) + " in form " + std::to_string(schema) +
                                 ", of which this release knows " + std::to_string(kTypes[i].version)}};
    }
    return i;
  }
  throw UnsupportedType{{DecodeError::Kind::unknown_type,
                         "event type " + std::string(type) + ", which this release does not know"}};
}

template <class T>
T take(Object& object, std::string_view name) {
  T value{};
  auto found = object.find_field_unordered(name);
  if (found.error() == simdjson::NO_SUCH_FIELD) throw Mismatch("missing member: " + std::string(name));
  json_fields::read(Value(found.value()), value);
  return value;
}

LogEntry read_entry(std::string_view bytes, const FieldOpener* opener) {
  auto document = json_fields::Parser::of_this_thread().parse_whole(bytes);
  Object object = document.get_object();
  LogEntry entry;
  entry.position.value = take<std::uint64_t>(object, "position");
  Object commit = object.find_field_unordered("commit").get_object();
  entry.commit.first.value = take<std::uint64_t>(commit, "first");
  entry.commit.count = take<std::uint32_t>(commit, "count");
  entry.id = take<EventId>(object, "id");
  auto type = take<std::string>(object, "type");
  auto index = index_of(type, take<std::int64_t>(object, "schema"));
  Object subject = object.find_field_unordered("subject").get_object();
  auto kind = subject_kind_named(take<std::string>(subject, "kind"));
  if (!kind) throw Mismatch("unknown kind of subject");
  entry.subject = Subject(*kind, take<Id<void>>(subject, "id"));
  entry.version.value = take<std::uint32_t>(object, "version");
  entry.organization = take<OrganizationId>(object, "organization");
  entry.actor = take<AccountId>(object, "actor");
  entry.at = take<Time>(object, "at");
  entry.command = take<CommandId>(object, "command");
  if (auto correlation = find_text(object, "correlation")) entry.correlation = *correlation;
  if (auto found = object.find_field_unordered("causation"); found.error() != simdjson::NO_SUCH_FIELD) {
    json_fields::read(Value(found.value()), entry.causation.emplace());
  }
  if (auto found = object.find_field_unordered("credential"); found.error() != simdjson::NO_SUCH_FIELD) {
    json_fields::read(Value(found.value()), entry.credential.emplace());
  }
  read_event(index, object, opener, entry);
  return entry;
}

template <class Fact>
void write_fact(JsonWriter& json, const LogEntry& entry, const Fact& event, FieldSealer* sealer) {
  if (json_fields::kHasPersonal<Fact>) {
    if (entry.seal != SealState::open) {
      json.member("closed", name_of(entry.seal));
      json.key("data");
      return json_fields::write_struct<Part::other>(json, event);
    }
    auto owner = sealer ? data_owner(entry.subject, event) : std::nullopt;
    if (owner) {
      std::string fields;
      JsonWriter writer(fields);
      json_fields::write_struct<Part::personal>(writer, event);
      if (fields != "{}") json.member("sealed", std::string_view(sealer->seal(*owner, entry.id, fields)));
      json.key("data");
      return json_fields::write_struct<Part::other>(json, event);
    }
  }
  json.key("data");
  json_fields::write_struct(json, event);
}

void write_id(JsonWriter& json, std::string_view name, const std::array<std::uint8_t, 16>& bytes) {
  json.key(name);
  json_fields::write(json, Id<void>{bytes});
}

}  // namespace

std::string_view type_name(const Event& event) { return kTypes[event.index()].name; }

std::string_view shown_form(std::string_view bytes, const FieldOpener& opener, std::string& shown) {
  // A text of a caller may say so too, and is then decoded for nothing.
  if (bytes.find("\"sealed\":") == std::string_view::npos) return bytes;
  auto entry = decode(bytes, &opener);
  if (!entry) return bytes;
  shown.clear();
  encode(*entry, shown);
  return shown;
}

std::optional<DataOwner> data_owner(const LogEntry& entry) {
  return std::visit([&entry](const auto& fact) { return data_owner(entry.subject, fact); }, entry.event);
}

std::string data_json(const LogEntry& entry) {
  std::string text;
  JsonWriter json(text);
  std::visit(
      [&](const auto& fact) {
        if (entry.seal == SealState::open) {
          json_fields::write_struct(json, fact);
        } else {
          json_fields::write_struct<Part::other>(json, fact);
        }
      },
      entry.event);
  return text;
}

LogEntry with_marks(const LogEntry& entry) {
  auto marked = entry;
  if (entry.seal == SealState::open) return marked;
  marked.seal = SealState::open;
  auto mark = "[" + std::string(name_of(entry.seal)) + "]";
  std::visit(
      [&mark]<class Fact>(Fact& fact) {
        Fact::fields(fact, [&mark]<class Value>(std::string_view, Value& value, const auto&... marks) {
          if constexpr (sizeof...(marks) > 0 && std::is_same_v<Value, std::string>) value = mark;
        });
      },
      marked.event);
  return marked;
}

std::vector<std::string_view> personal_fields(const Event& event) {
  std::vector<std::string_view> names;
  std::visit(
      [&names]<class Fact>(const Fact& fact) {
        Fact::fields(fact, [&names](std::string_view name, const auto&, const auto&... marks) {
          if (sizeof...(marks) > 0) names.push_back(name);
        });
      },
      event);
  return names;
}

void encode(const LogEntry& entry, std::string& out, FieldSealer* sealer) {
  JsonWriter json(out);
  json.begin_object();
  json.member("position", entry.position.value);
  json.key("commit");
  json.begin_object();
  json.member("first", entry.commit.first.value);
  json.member("count", entry.commit.count);
  json.end_object();
  write_id(json, "id", entry.id.bytes);
  json.member("type", kTypes[entry.event.index()].name);
  json.member("schema", kTypes[entry.event.index()].version);
  json.key("subject");
  json.begin_object();
  json.member("kind", name_of(entry.subject.kind));
  write_id(json, "id", entry.subject.id);
  json.end_object();
  json.member("version", entry.version.value);
  write_id(json, "organization", entry.organization.bytes);
  write_id(json, "actor", entry.actor.bytes);
  json.key("at");
  json_fields::write(json, entry.at);
  write_id(json, "command", entry.command.bytes);
  if (!entry.correlation.empty()) json.member("correlation", std::string_view(entry.correlation));
  if (entry.causation) write_id(json, "causation", entry.causation->bytes);
  if (entry.credential) write_id(json, "credential", entry.credential->bytes);
  std::visit([&](const auto& event) { write_fact(json, entry, event, sealer); }, entry.event);
  json.end_object();
}

std::expected<LogEntry, DecodeError> decode(std::string_view bytes, const FieldOpener* opener) {
  try {
    return read_entry(bytes, opener);
  } catch (UnsupportedType& unsupported) {
    return std::unexpected(std::move(unsupported.error));
  } catch (const Mismatch& mismatch) {
    return std::unexpected(DecodeError{DecodeError::Kind::malformed, mismatch.what()});
  } catch (const simdjson::simdjson_error& error) {
    return std::unexpected(DecodeError{DecodeError::Kind::malformed, error.what()});
  }
}

}  // namespace byline
