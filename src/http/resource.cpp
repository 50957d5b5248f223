#include "http/resource.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace byline::http {
namespace {

void write_value(JsonWriter& json, const AttributeValue& value) {
  struct Write {
    JsonWriter& json;
    void operator()(std::monostate) const { json.null(); }
    void operator()(const std::string& text) const { json.value(std::string_view(text)); }
    void operator()(bool truth) const { json.value(truth); }
    void operator()(std::int64_t number) const { json.value(number); }
    void operator()(double number) const { json.raw(nlohmann::json(number).dump()); }
    void operator()(const RawJson& raw) const { json.raw(raw.text); }
    void operator()(const TextList& list) const {
      json.begin_array();
      for (const auto& text : list) json.value(std::string_view(text));
      json.end_array();
    }
  };
  std::visit(Write{json}, value);
}

bool is_wanted(const Fieldset& fields, std::string_view name) {
  return !fields || std::ranges::find(*fields, name) != fields->end();
}

void write_own_attributes(JsonWriter& json, const Resource& resource, const Fieldset& fields) {
  if (resource.own_json.size() <= 2) return;  // {}
  if (!fields) {
    // The object's inside, as it is: members are compact JSON already.
    json.raw(std::string_view(resource.own_json).substr(1, resource.own_json.size() - 2));
    return;
  }
  for (const auto& [name, text] : split_members(resource.own_json)) {
    if (is_wanted(fields, name)) json.raw_member(name, text);
  }
}

void write_relationship(JsonWriter& json, const RelationshipValue& relationship) {
  auto write = [&json](const Identifier& identifier) {
    json.begin_object();
    json.member("type", identifier.type);
    json.member("id", std::string_view(identifier.id));
    json.end_object();
  };
  json.key(relationship.name);
  json.begin_object();
  json.key("data");
  if (relationship.to_many) {
    json.begin_array();
    for (const auto& identifier : relationship.to) write(identifier);
    json.end_array();
  } else if (relationship.to.empty()) {
    json.null();
  } else {
    write(relationship.to.front());
  }
  json.end_object();
}

AttributeValue value_from_json(const std::string& text) {
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  switch (parsed.type()) {
    case nlohmann::json::value_t::string:
      return parsed.get<std::string>();
    case nlohmann::json::value_t::boolean:
      return parsed.get<bool>();
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
    case nlohmann::json::value_t::number_float:
      return parsed.get<double>();
    case nlohmann::json::value_t::null:
      return std::monostate{};
    default:
      return RawJson{text};
  }
}

}  // namespace

const AttributeSpec* ResourceSpec::attribute(std::string_view name) const {
  auto found = std::ranges::find(attributes, name, &AttributeSpec::name);
  return found == attributes.end() ? nullptr : &*found;
}

const RelationshipSpec* ResourceSpec::relationship(std::string_view name) const {
  auto found = std::ranges::find(relationships, name, &RelationshipSpec::name);
  return found == relationships.end() ? nullptr : &*found;
}

AttributeValue text_or_null(const std::optional<std::string>& text) {
  if (text) return *text;
  return std::monostate{};
}

AttributeValue time_or_null(const std::optional<Time>& time) {
  return time ? time_value(*time) : AttributeValue();
}
AttributeValue number_or_null(const std::optional<std::int64_t>& number) {
  return number ? AttributeValue(*number) : AttributeValue();
}
AttributeValue time_value(Time time) { return to_string(time); }

void write_resource(JsonWriter& json, const Resource& resource, const Fieldset& fields) {
  json.begin_object();
  json.member("type", resource.type);
  json.member("id", std::string_view(resource.id));
  json.key("attributes");
  json.begin_object();
  write_own_attributes(json, resource, fields);
  for (const auto& [name, value] : resource.attributes) {
    if (!is_wanted(fields, name)) continue;
    json.key(name);
    write_value(json, value);
  }
  json.end_object();
  if (std::ranges::any_of(resource.relationships, [&](const auto& r) { return is_wanted(fields, r.name); })) {
    json.key("relationships");
    json.begin_object();
    for (const auto& relationship : resource.relationships) {
      if (is_wanted(fields, relationship.name)) write_relationship(json, relationship);
    }
    json.end_object();
  }
  if (!resource.self.empty()) {
    json.key("links");
    json.begin_object();
    json.member("self", std::string_view(resource.self));
    if (!resource.related.empty()) json.member("related", std::string_view(resource.related));
    json.end_object();
  }
  if (!resource.meta.empty()) json.raw_member("meta", resource.meta);
  json.end_object();
}

AttributeValue ResourceValues::at(std::string_view name) {
  if (name == "id") return resource_.id;
  auto found = std::ranges::find(resource_.attributes, name, [](const auto& pair) { return pair.first; });
  if (found != resource_.attributes.end()) return found->second;
  if (resource_.own_json.empty()) return std::monostate{};
  if (!own_) own_ = split_members(resource_.own_json);
  auto own = std::ranges::find(*own_, name, &JsonMembers::value_type::first);
  return own == own_->end() ? AttributeValue() : value_from_json(own->second);
}

}  // namespace byline::http
