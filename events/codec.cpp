#include "events/codec.hpp"

#include <array>
#include <utility>

#include "events/json_fields.hpp"

namespace byline {
namespace {

using json_fields::Mismatch;
using json_fields::Object;
using json_fields::Value;

template <std::size_t... I>
constexpr auto make_types(std::index_sequence<I...>) {
  return std::array{std::variant_alternative_t<I, Event>::kType...};
}
constexpr auto kTypes = make_types(std::make_index_sequence<std::variant_size_v<Event>>{});

struct UnsupportedType {
  DecodeError error;
};

template <std::size_t I = 0>
Event read_event(std::size_t index, Object data) {
  if constexpr (I < std::variant_size_v<Event>) {
    if (index != I) return read_event<I + 1>(index, data);
    std::variant_alternative_t<I, Event> event;
    json_fields::read_struct(data, event);
    return event;
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

LogEntry read_entry(std::string_view bytes) {
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
  // After any other error simdjson's object must not be asked again.
  if (auto found = object.find_field_unordered("correlation"); found.error() != simdjson::NO_SUCH_FIELD) {
    json_fields::read(Value(found.value()), entry.correlation);
  }
  if (auto found = object.find_field_unordered("causation"); found.error() != simdjson::NO_SUCH_FIELD) {
    json_fields::read(Value(found.value()), entry.causation.emplace());
  }
  if (auto found = object.find_field_unordered("credential"); found.error() != simdjson::NO_SUCH_FIELD) {
    json_fields::read(Value(found.value()), entry.credential.emplace());
  }
  entry.event = read_event(index, object.find_field_unordered("data").get_object());
  return entry;
}

void write_id(JsonWriter& json, std::string_view name, const std::array<std::uint8_t, 16>& bytes) {
  json.key(name);
  json_fields::write(json, Id<void>{bytes});
}

}  // namespace

std::string_view type_name(const Event& event) { return kTypes[event.index()].name; }

void encode(const LogEntry& entry, std::string& out) {
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
  json.key("data");
  std::visit([&json](const auto& event) { json_fields::write_struct(json, event); }, entry.event);
  json.end_object();
}

std::expected<LogEntry, DecodeError> decode(std::string_view bytes) {
  try {
    return read_entry(bytes);
  } catch (UnsupportedType& unsupported) {
    return std::unexpected(std::move(unsupported.error));
  } catch (const Mismatch& mismatch) {
    return std::unexpected(DecodeError{DecodeError::Kind::malformed, mismatch.what()});
  } catch (const simdjson::simdjson_error& error) {
    return std::unexpected(DecodeError{DecodeError::Kind::malformed, error.what()});
  }
}

}  // namespace byline
