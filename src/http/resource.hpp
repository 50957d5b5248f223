#pragma once

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
enum class Writes : std::uint8_t { never, always };

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
  std::string_view target;  ///< the type at the other end
  bool to_many = false;
  Writes writes = Writes::never;
  bool required = false;
};

/// A type of JSON:API resources.
struct ResourceSpec {
  std::string_view type;
  std::string_view summary;
  std::span<const AttributeSpec> attributes;
  std::span<const RelationshipSpec> relationships;
  bool open = false;  ///< takes attributes of the caller's own beside those listed

  const AttributeSpec* attribute(std::string_view name) const;
  const RelationshipSpec* relationship(std::string_view name) const;
};

/// JSON text that is already right.
struct RawJson {
  std::string text;
  friend bool operator==(const RawJson&, const RawJson&) = default;
};
/// An attribute's value. No value is written as null.
using AttributeValue = std::variant<std::monostate, std::string, bool, std::int64_t, double, RawJson>;

AttributeValue text_or_null(const std::optional<std::string>& text);
AttributeValue time_value(Time time);

struct RelationshipValue {
  std::string_view name;
  std::string_view type;
  bool to_many = false;
  std::vector<std::string> ids;
};

/// One resource object (JSON:API 1.1 §7.2), ready to be written.
struct Resource {
  std::string_view type;
  std::string id;
  std::string self;      ///< path of its own
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
