#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "events/json_members.hpp"
#include "events/json_writer.hpp"
#include "events/time.hpp"

namespace byline::http {

/// Who may set an attribute or relationship, and when.
enum class Writes : std::uint8_t { never, at_creation, always };

/// An attribute of a resource type. The one description drives the checking of requests, sorting and
/// filtering, sparse fieldsets and the OpenAPI document.
struct AttributeSpec {
  std::string_view name;
  std::string_view schema;  ///< JSON Schema, as text
  Writes writes = Writes::never;
  bool required = false;  ///< when the resource is created
};

struct RelationshipSpec {
  std::string_view name;
  std::array<std::string_view, 2>
      targets;  ///< the types that may stand at the other end; the second may be empty
  bool to_many = false;
  Writes writes = Writes::never;
  bool required = false;

  bool leads_to(std::string_view type) const {
    return !type.empty() && (type == targets[0] || type == targets[1]);
  }
};

/// A query parameter that a resource has beside those of JSON:API; its own handler reads it.
struct ParameterSpec {
  std::string_view name;
  std::string_view description;
  bool required = false;
};

/// A type of JSON:API resources.
struct ResourceSpec {
  std::string_view type;
  std::string_view summary;
  std::span<const AttributeSpec> attributes;
  std::span<const RelationshipSpec> relationships;
  bool open = false;  ///< takes attributes of the caller's own beside those listed
  std::span<const ParameterSpec> parameters = {};
  /// Whether its lists come in the order of ids, `created_at` and `position` where they are not sorted.
  bool in_order_of_creation = true;

  const AttributeSpec* attribute(std::string_view name) const;
  const RelationshipSpec* relationship(std::string_view name) const;
};

/// JSON text that is already right.
struct RawJson {
  std::string text;
  friend bool operator==(const RawJson&, const RawJson&) = default;
};
using TextList = std::vector<std::string>;
/// An attribute's value. No value is written as null. A list is filtered by what it holds.
using AttributeValue =
    std::variant<std::monostate, std::string, bool, std::int64_t, double, RawJson, TextList>;

AttributeValue text_or_null(const std::optional<std::string>& text);
AttributeValue time_value(Time time);
AttributeValue time_or_null(const std::optional<Time>& time);
AttributeValue number_or_null(const std::optional<std::int64_t>& number);

/// JSON:API 1.1 §7.3.
struct Identifier {
  std::string_view type;
  std::string id;
};

struct RelationshipValue {
  std::string_view name;
  bool to_many = false;
  std::vector<Identifier> to;
};

/// A relationship to resources of one type.
template <class I>
RelationshipValue to_many(std::string_view name, std::string_view type, const std::vector<I>& ids) {
  RelationshipValue value{name, true, {}};
  for (const auto& id : ids) value.to.push_back({type, to_string(id)});
  return value;
}
template <class I>
RelationshipValue to_one(std::string_view name, std::string_view type, const std::optional<I>& id) {
  RelationshipValue value{name, false, {}};
  if (id) value.to.push_back({type, to_string(*id)});
  return value;
}

/// One resource object (JSON:API 1.1 §7.2), ready to be written.
struct Resource {
  std::string_view type;
  std::string id;
  std::string self;      ///< path of its own
  std::string related;   ///< path of what it is about; may be empty
  std::string meta;      ///< of its own: a compact JSON object, or empty
  std::string own_json;  ///< an open resource's own attributes: a compact JSON object, or empty
  std::vector<std::pair<std::string_view, AttributeValue>> attributes;
  std::vector<RelationshipValue> relationships;
};

/// The names of the fields to write: all of them where there is no value (JSON:API 1.1 §6.4).
using Fieldset = std::optional<std::vector<std::string>>;

void write_resource(JsonWriter& json, const Resource& resource, const Fieldset& fields);

/// A resource's values by name, as filtering and sorting see them. Takes an open resource's own attributes
/// apart once, when the first of them is asked for.
class ResourceValues {
 public:
  /// The resource outlives it.
  explicit ResourceValues(const Resource& resource) : resource_(resource) {}
  /// monostate where there is none.
  AttributeValue at(std::string_view name);

 private:
  const Resource& resource_;
  std::optional<JsonMembers> own_;
};

}  // namespace byline::http
