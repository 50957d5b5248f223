#include "projections/declared.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>

#include "events/codec.hpp"
#include "events/json_writer.hpp"
#include "projections/digest.hpp"
#include "projections/key.hpp"

namespace byline {
namespace {

using Definition = ProjectionDefinition;
using DeclaredValue = ProjectionDefinition::Value;
using FoldedJson = nlohmann::json;

/// Raised when the same definition gives other rows than before.
constexpr std::string_view kFoldVersion = "1";

int version_of(const Definition& definition) {
  auto json = FoldedJson::parse(definition.json);
  json.erase("description");  // which no row depends on
  auto digest = digest_in_key(std::string(kFoldVersion) + json.dump());
  std::uint32_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return static_cast<int>(number & 0x7FFFFFFF);
}

DeclaredValue value_of(const FoldedJson& json) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_boolean()) return json.get<bool>();
  bool is_too_large = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  if (json.is_number_integer() && !is_too_large) return json.get<std::int64_t>();
  return {};
}

/// Where the steps lead to; nullptr where there is nothing.
const FoldedJson* find_in(const FoldedJson& from, std::span<const std::string> steps) {
  const auto* at = &from;
  for (const auto& step : steps) {
    if (at->is_object()) {
      auto found = at->find(step);
      if (found == at->end()) return nullptr;
      at = &*found;
    } else if (at->is_array()) {
      std::size_t index = 0;
      auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      bool is_index =
          error == std::errc{} && end == step.data() + step.size() && (step.size() == 1 || step[0] != '0');
      if (!is_index || index >= at->size()) return nullptr;
      at = &(*at)[index];
    } else {
      return nullptr;
    }
  }
  return at->is_null() ? nullptr : at;
}

/// What stands at places in one event. Its data is taken apart when the first of them is asked for.
class EventValues {
 public:
  explicit EventValues(const LogEntry& entry) : entry_(entry) {}

  DeclaredValue at(const Definition::Pointer& pointer) {
    if (pointer.steps.front() != "data") return around(pointer.text);
    const auto* found = find(pointer);
    return found ? value_of(*found) : DeclaredValue();
  }
  /// Whether there is anything, also what is no value by itself.
  bool has(const Definition::Pointer& pointer) {
    if (pointer.steps.front() == "data") return find(pointer) != nullptr;
    return around(pointer.text) != DeclaredValue();
  }

 private:
  const FoldedJson* find(const Definition::Pointer& pointer) {
    if (!data_) data_ = FoldedJson::parse(impersonal_data_json(entry_), nullptr, false);
    return find_in(*data_, std::span(pointer.steps).subspan(1));
  }
  /// Of the event, beside its data.
  DeclaredValue around(std::string_view text) const {
    if (text == "/type") return std::string(type_name(entry_.event));
    if (text == "/subject/kind") return std::string(name_of(entry_.subject.kind));
    if (text == "/subject/id") return to_string(Id<void>{entry_.subject.id});
    if (text == "/organization") return to_string(entry_.organization);
    if (text == "/actor") return to_string(entry_.actor);
    if (text == "/credential" && entry_.credential) return to_string(*entry_.credential);
    if (text == "/at") return to_string(entry_.at);
    if (text == "/position") return static_cast<std::int64_t>(entry_.position.value);
    return {};
  }

  const LogEntry& entry_;
  std::optional<FoldedJson> data_;
};

/// The hour, the day or the month of a time, as the beginning of its text; nothing of what is no time.
DeclaredValue per(Definition::Per part, DeclaredValue value) {
  if (part == Definition::Per::moment) return value;
  const auto* text = std::get_if<std::string>(&value);
  auto time = text ? parse_time(*text) : std::nullopt;
  if (!time) return {};
  constexpr std::size_t kLengths[] = {0, std::size("2026-03-01T08") - 1, std::size("2026-03-01") - 1,
                                      std::size("2026-03") - 1};
  return to_string(*time).substr(0, kLengths[static_cast<std::size_t>(part)]);
}

bool holds(const Definition::Condition& condition, EventValues& event) {
  const auto& bound = condition.values.front();
  if (condition.test == Definition::Test::exists)
    return event.has(condition.pointer) == std::get<bool>(bound);
  auto value = event.at(condition.pointer);
  switch (condition.test) {
    case Definition::Test::at_least:
      return value.index() == bound.index() && value >= bound;
    case Definition::Test::at_most:
      return value.index() == bound.index() && value <= bound;
    default:
      return std::ranges::find(condition.values, value) != condition.values.end();
  }
}

/// Appends the value so that keys lie in the order of what they are made of; false for what no key can have.
/// A zero byte ends a text, and one inside it is followed by 0xFF, which begins nothing.
bool append_to_key(std::string& key, const DeclaredValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) {
    key += 'b';
    key += *truth ? '\1' : '\0';
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    key += 'i';
    append_part(key, Position{static_cast<std::uint64_t>(*number) ^ (1ULL << 63)});  // negative ones first
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    if (text->size() > kMaxKeyText) return false;
    key += 's';
    for (char c : *text) {
      key += c;
      if (c == '\0') key += '\xFF';
    }
    key += '\0';
  } else {
    return false;
  }
  return true;
}

std::int64_t sum_of(std::int64_t sum, std::int64_t value) {
  if (sum == INT64_MAX || sum == INT64_MIN) return sum;
  std::int64_t next = 0;
  if (__builtin_add_overflow(sum, value, &next)) return value > 0 ? INT64_MAX : INT64_MIN;
  return next;
}

bool fits_column(const DeclaredValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  return value != DeclaredValue() && (!text || text->size() <= kMaxColumnText);
}

void fold_into(DeclaredValue& held, const Definition::Column& column, EventValues& event) {
  using enum Definition::Fold;
  if (column.fold == count) {
    if (!column.pointer || event.has(*column.pointer)) held = std::get<std::int64_t>(held) + 1;
    return;
  }
  auto value = event.at(*column.pointer);
  if (!fits_column(value)) return;
  bool is_first = held == DeclaredValue();
  switch (column.fold) {
    case sum:
      if (!std::holds_alternative<std::int64_t>(value)) return;
      held = is_first ? value : sum_of(std::get<std::int64_t>(held), std::get<std::int64_t>(value));
      return;
    case min:
    case max:
      if (std::holds_alternative<bool>(value)) return;
      if (!is_first && (value.index() != held.index() || !(column.fold == min ? value < held : value > held)))
        return;
      held = std::move(value);
      return;
    case first:
      if (is_first) held = std::move(value);
      return;
    default:
      held = std::move(value);
  }
}

DeclaredRow fresh_row(const Definition& definition, std::vector<DeclaredValue> key) {
  DeclaredRow row;
  row.key = std::move(key);
  for (const auto& column : definition.columns)
    row.columns.push_back(column.fold == Definition::Fold::count ? DeclaredValue(std::int64_t{0})
                                                                 : DeclaredValue());
  return row;
}

void write_values(JsonWriter& json, std::string_view name, const std::vector<DeclaredValue>& values) {
  json.key(name);
  json.begin_array();
  for (const auto& value : values) {
    if (const auto* truth = std::get_if<bool>(&value)) {
      json.value(*truth);
    } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
      json.value(*number);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      json.value(std::string_view(*text));
    } else {
      json.null();
    }
  }
  json.end_array();
}

std::string write_declared_row(const DeclaredRow& row) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_values(json, "key", row.key);
  write_values(json, "columns", row.columns);
  json.member("position", row.position.value);
  json.end_object();
  return text;
}

}  // namespace

std::string declared_prefix(const OrganizationId& organization) { return make_key(organization); }

std::string declared_row_id(std::string_view key) {
  auto id = id_from_bytes<Id<void>>(digest_in_key(key.substr(sizeof(OrganizationId))));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8, RFC 9562 §5.8
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return to_string(id);
}

DeclaredRow parse_declared_row(std::string_view bytes) {
  auto json = FoldedJson::parse(bytes);
  DeclaredRow row;
  for (const auto& value : json.at("key")) row.key.push_back(value_of(value));
  for (const auto& value : json.at("columns")) row.columns.push_back(value_of(value));
  row.position.value = json.at("position").get<std::uint64_t>();
  return row;
}

DeclaredProjection::DeclaredProjection(View view, ProjectionDefinition definition)
    : view_(view),
      definition_(std::move(definition)),
      version_(version_of(definition_)),
      takes_(std::variant_size_v<Event>) {
  for (const auto& type : definition_.events) takes_.at(event_of_type(type).value().index()) = true;
}

void DeclaredProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (!takes_[entry.event.index()] || entry.organization.is_nil()) return;
  EventValues event(entry);
  auto holds_for_it = [&event](const Definition::Condition& condition) { return holds(condition, event); };
  if (!std::ranges::all_of(definition_.filter, holds_for_it)) return;
  auto row_key = declared_prefix(entry.organization);
  std::vector<DeclaredValue> key;
  for (const auto& member : definition_.key) {
    key.push_back(per(member.per, event.at(member.pointer)));
    if (!append_to_key(row_key, key.back())) return;
  }
  auto bytes = rows.get(row_key);
  auto row = bytes ? parse_declared_row(*bytes) : fresh_row(definition_, std::move(key));
  if (row.columns.size() != definition_.columns.size())
    throw std::runtime_error("a row has other columns than its definition");
  for (std::size_t i = 0; i < row.columns.size(); ++i)
    fold_into(row.columns[i], definition_.columns[i], event);
  row.position = entry.position;
  rows.put(row_key, write_declared_row(row));
}

}  // namespace byline
