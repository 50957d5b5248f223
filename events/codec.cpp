#include "events/codec.hpp"

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>

#include "events/entry_head.hpp"
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

/// What the sealed fields of an event are read with: the other parser is at work on the entry.
json_fields::Parser& parser_of_fields() {
  thread_local json_fields::Parser parser;
  return parser;
}

std::size_t index_of(std::string_view type, std::int64_t schema) {
  static const auto indexes = [] {
    boost::unordered_flat_map<std::string_view, std::size_t> by_name;
    for (std::size_t n = 0; n < kTypes.size(); ++n) by_name.emplace(kTypes[n].name, n);
    return by_name;
  }();
  auto found = indexes.find(type);
  if (found == indexes.end()) {
    throw UnsupportedType{{DecodeError::Kind::unknown_type,
                           "event type " + std::string(type) + ", which this release does not know"}};
  }
  auto known = kTypes[found->second].version;
  if (schema > known) {
    throw UnsupportedType{{DecodeError::Kind::newer_schema,
                           "event type " + std::string(type) + " in form " + std::to_string(schema) +
                               ", of which this release knows " + std::to_string(known)}};
  }
  return found->second;
}

template <class T>
T as(Value source) {
  T value{};
  json_fields::read(source, value);
  return value;
}

/// The members that every entry has, in their order; one bit each.
constexpr std::array<std::string_view, 12> kMembers = {"position", "commit",  "id",      "type",
                                                       "schema",   "subject", "version", "organization",
                                                       "actor",    "at",      "command", "data"};
enum Met : unsigned {
  kPosition = 1,
  kCommit = 2,
  kId = 4,
  kType = 8,
  kSchema = 16,
  kSubject = 32,
  kVersion = 64,
  kOrganization = 128,
  kActor = 256,
  kAt = 512,
  kCommand = 1024,
  kData = 2048,
};

/// Reads an entry, most often in the very form in which it was written. Any other in one pass: to look for
/// each member that may be missing would be a walk over all of them. What a later release may add is passed
/// over; of members with one name the first counts.
class EntryReader {
 public:
  EntryReader(LogEntry& entry, const FieldOpener* opener, std::span<const Upcaster> upcasters)
      : entry_(entry), opener_(opener), upcasters_(upcasters) {}

  void read(std::string_view bytes) {
    if (read_as_written(bytes)) return;
    entry_ = {};
    auto document = json_fields::Parser::of_this_thread().parse_whole(bytes);
    for (auto member : document.get_object()) {
      Key key = member.key();
      take(key, Value(member.value()));
    }
    for (unsigned i = 0; i < kMembers.size(); ++i) {
      if ((met_ & 1U << i) == 0) throw Mismatch("missing member: " + std::string(kMembers[i]));
    }
    if (early_data_) {
      auto data = parser_of_fields().parse_whole(*early_data_);
      take_data(Value(data.get_value()));
    }
  }

 private:
  using Key = simdjson::ondemand::raw_json_string;

  bool read_as_written(std::string_view bytes) {
    auto head = read_head_as_written(bytes, entry_);
    if (!head) return false;
    auto data = json_fields::Parser::of_this_thread().parse(head->data);
    if (std::string_view(data.raw_json()).size() != head->data.size()) return false;  // more than the data
    data.rewind();
    type_ = head->type;
    schema_ = head->schema;
    sealed_ = head->sealed;
    read_data_of(data.get_object());
    return true;
  }

  void take(Key key, Value value) {
    switch (*key.raw()) {
      case 'p':
        if (is(key, "position", kPosition)) entry_.position.value = as<std::uint64_t>(value);
        break;
      case 'c':
        take_with_c(key, value);
        break;
      case 'i':
        if (is(key, "id", kId)) entry_.id = as<EventId>(value);
        break;
      case 't':
        if (is(key, "type", kType)) type_ = std::string_view(value.get_string());
        break;
      case 's':
        take_with_s(key, value);
        break;
      case 'v':
        if (is(key, "version", kVersion)) entry_.version.value = as<std::uint32_t>(value);
        break;
      case 'o':
        if (is(key, "organization", kOrganization)) entry_.organization = as<OrganizationId>(value);
        break;
      case 'a':
        if (is(key, "actor", kActor)) entry_.actor = as<AccountId>(value);
        if (is(key, "at", kAt)) entry_.at = as<Time>(value);
        break;
      case 'd':
        if (is(key, "data", kData)) take_data(value);
        break;
      default:
        break;
    }
  }

  /// Whether it is this one, met for the first time.
  bool is(Key key, std::string_view name, unsigned met) {
    if ((met_ & met) != 0 || !key.unsafe_is_equal(name)) return false;
    met_ |= met;
    return true;
  }

  void take_with_c(Key key, Value value) {
    if (is(key, "commit", kCommit)) {
      Object commit = value.get_object();
      entry_.commit.first.value = as<std::uint64_t>(Value(commit["first"]));
      entry_.commit.count = as<std::uint32_t>(Value(commit["count"]));
    } else if (is(key, "command", kCommand)) {
      entry_.command = as<CommandId>(value);
    } else if (key.unsafe_is_equal("correlation")) {
      entry_.correlation = as<std::string>(value);
    } else if (key.unsafe_is_equal("causation")) {
      entry_.causation = as<EventId>(value);
    } else if (key.unsafe_is_equal("credential")) {
      entry_.credential = as<CredentialId>(value);
    } else if (key.unsafe_is_equal("closed")) {
      auto named = seal_state_named(std::string_view(value.get_string()));
      if (!named) throw Mismatch("unknown reason why fields are closed");
      check_seal();
      entry_.seal = *named;
    }
  }

  void take_with_s(Key key, Value value) {
    if (is(key, "schema", kSchema)) {
      schema_ = as<std::int64_t>(value);
    } else if (is(key, "subject", kSubject)) {
      Object subject = value.get_object();
      auto kind = subject_kind_named(std::string_view(subject["kind"].get_string()));
      if (!kind) throw Mismatch("unknown kind of subject");
      entry_.subject = Subject(*kind, as<Id<void>>(Value(subject["id"])));
    } else if (key.unsafe_is_equal("sealed")) {
      check_seal();
      sealed_ = std::string_view(value.get_string());
    }
  }

  /// One entry, one answer: what is sealed is said once, and before what it would stand in for.
  void check_seal() const {
    if ((met_ & kData) != 0 || sealed_ || entry_.seal != SealState::open)
      throw Mismatch("what is sealed is said twice, or behind the data");
  }

  void take_data(Value value);
  void read_data_of(Object data);
  std::string lifted(std::string_view sealed_fields) const;

  using ReadData = void (*)(EntryReader&, Object);
  template <std::size_t... I>
  static constexpr std::array<ReadData, sizeof...(I)> make_readers(std::index_sequence<I...>) {
    return {&read_data<I>...};
  }
  template <std::size_t I>
  static void read_data(EntryReader& reader, Object data) {
    reader.read_fact(data, reader.entry_.event.template emplace<I>());
  }

  template <class Fact>
  void read_fact(Object data, Fact& fact) {
    bool is_closed = entry_.seal != SealState::open;
    if (!json_fields::kHasPersonal<Fact> || (!sealed_ && !is_closed))
      return json_fields::read_struct(data, fact);
    json_fields::read_struct<Part::other>(data, fact);
    if (is_closed) return;
    auto owner = data_owner(entry_.subject, fact);
    if (!owner) throw Mismatch("sealed fields of nobody");
    thread_local std::string fields;
    entry_.seal = opener_ ? opener_->open(*owner, entry_.id, *sealed_, fields) : SealState::locked;
    if (entry_.seal != SealState::open) return;
    if (is_lifted(upcasters_, type_, schema_)) fields = lifted(fields);
    auto document = parser_of_fields().parse_whole(fields);
    json_fields::read_struct<Part::personal>(Object(document.get_object()), fact);
  }

  LogEntry& entry_;
  const FieldOpener* opener_;
  const std::span<const Upcaster> upcasters_;
  unsigned met_ = 0;
  std::string_view type_;
  std::int64_t schema_ = 0;
  std::optional<std::string_view> sealed_;
  std::optional<std::string> early_data_;
};

void EntryReader::take_data(Value value) {
  constexpr unsigned kBefore = kType | kSchema | kSubject | kId;
  if ((met_ & kBefore) != kBefore) {  // not of ours: read when what it is of was met
    Object data = value.get_object();
    early_data_ = std::string_view(data.raw_json());
    return;
  }
  read_data_of(value.get_object());
}

void EntryReader::read_data_of(Object data) {
  static constexpr auto kReaders = make_readers(std::make_index_sequence<std::variant_size_v<Event>>{});
  if (!is_lifted(upcasters_, type_, schema_)) return kReaders[index_of(type_, schema_)](*this, data);
  EarlierForm form{std::string(type_), schema_, split_members(std::string_view(data.raw_json()))};
  lift(upcasters_, form);
  auto newest = parser_of_fields().parse_whole(join_members(form.fields));
  kReaders[index_of(form.type, form.schema)](*this, newest.get_object());
}

std::string EntryReader::lifted(std::string_view sealed_fields) const {
  EarlierForm form{std::string(type_), schema_, split_members(sealed_fields)};
  lift(upcasters_, form);
  return join_members(form.fields);
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

std::optional<DataOwner> data_owner(const Subject& subject, const Event& event) {
  return std::visit([&subject](const auto& fact) { return data_owner(subject, fact); }, event);
}
std::optional<DataOwner> data_owner(const LogEntry& entry) { return data_owner(entry.subject, entry.event); }

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

std::string impersonal_data_json(const LogEntry& entry) {
  std::string text;
  JsonWriter json(text);
  std::visit([&json](const auto& fact) { json_fields::write_struct<Part::other>(json, fact); }, entry.event);
  return text;
}

LogEntry with_marks(const LogEntry& entry) {
  auto marked = entry;
  if (entry.seal == SealState::open) return marked;
  marked.seal = SealState::open;
  auto mark = "[" + std::string(name_of(entry.seal)) + "]";
  std::visit(
      [&mark]<class Fact>(Fact& fact) {
        Fact::fields(fact,
                     [&mark]<class Value, class... Marks>(std::string_view, Value& value, const Marks&...) {
                       if constexpr (sizeof...(Marks) > 0 && std::is_same_v<Value, std::string>) value = mark;
                       if constexpr (sizeof...(Marks) > 0 && std::is_same_v<Value, JsonText>)
                         value.text = '"' + mark + '"';
                     });
      },
      marked.event);
  return marked;
}

namespace {

template <class T>
constexpr FieldForm form_of() {
  if constexpr (IsOptional<T>::value) {
    return form_of<typename T::value_type>();
  } else if constexpr (IsVector<T>::value) {
    return FieldForm::list;
  } else if constexpr (std::same_as<T, bool>) {
    return FieldForm::truth;
  } else if constexpr (std::integral<T>) {
    return FieldForm::number;
  } else if constexpr (std::same_as<T, std::string> || std::same_as<T, Time> || IsId<T>::value ||
                       NamedEnum<T>) {
    return FieldForm::text;
  } else {
    return FieldForm::object;
  }
}

}  // namespace

std::vector<EventField> fields_of(const Event& event) {
  std::vector<EventField> fields;
  std::visit(
      [&fields]<class Fact>(const Fact& fact) {
        Fact::fields(fact,
                     [&fields]<class T, class... Marks>(std::string_view name, const T&, const Marks&...) {
                       fields.push_back({name, form_of<T>(), sizeof...(Marks) > 0});
                     });
      },
      event);
  return fields;
}

bool is_hidden_field(std::string_view name) {
  return name == "digest" || name == "email_key" || name.starts_with("sealed_");
}

std::optional<Event> event_of_type(std::string_view type) {
  std::optional<Event> event;
  auto try_each = [&]<std::size_t... I>(std::index_sequence<I...>) {
    ((kTypes[I].name == type ? static_cast<void>(event.emplace(std::in_place_index<I>)) : void()), ...);
  };
  try_each(std::make_index_sequence<std::variant_size_v<Event>>{});
  return event;
}

SubjectKind subject_kind_of(const Event& event) { return kTypes[event.index()].subject; }

bool has_personal_fields(const Event& event) {
  return std::visit([]<class Fact>(const Fact&) { return json_fields::kHasPersonal<Fact>; }, event);
}

std::vector<std::string_view> personal_fields(const Event& event) {
  std::vector<std::string_view> names;
  for (const auto& field : fields_of(event)) {
    if (field.is_personal) names.push_back(field.name);
  }
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

std::expected<LogEntry, DecodeError> decode(std::string_view bytes, const FieldOpener* opener,
                                            std::span<const Upcaster> by) {
  std::expected<LogEntry, DecodeError> entry;
  try {
    EntryReader(*entry, opener, by).read(bytes);
  } catch (UnsupportedType& unsupported) {
    entry = std::unexpected(std::move(unsupported.error));
  } catch (const Mismatch& mismatch) {
    entry = std::unexpected(DecodeError{DecodeError::Kind::malformed, mismatch.what()});
  } catch (const std::exception& error) {  // simdjson's, or of an upcaster
    entry = std::unexpected(DecodeError{DecodeError::Kind::malformed, error.what()});
  }
  return entry;
}

}  // namespace byline
