#pragma once

#include <expected>
#include <memory>
#include <string_view>
#include <vector>

#include "domain/problem.hpp"

namespace byline {

/// The JSON Schema that a collection's records fit (JSON Schema 2020-12). Of its vocabulary the keywords that
/// say what an object is: type, enum, const, properties, required, additionalProperties, propertyNames,
/// minProperties, maxProperties, items, minItems, maxItems, minLength, maxLength, pattern, minimum, maximum,
/// exclusiveMinimum, exclusiveMaximum, multipleOf, allOf, anyOf, oneOf, not; annotations are passed over.
/// Any other keyword is refused by name rather than ignored. Patterns are RE2's.
///
/// Checking takes bounded time and memory whatever the schema and the record are: it runs on the writer's
/// thread. Thread-safe once made.
class RecordSchema {
 public:
  /// The problem's field is `schema` and the place in it.
  static std::expected<RecordSchema, Problem> parse(std::string_view text);

  /// What is wrong with attributes, which are compact JSON; fields are `attributes/…`.
  std::vector<Problem> check(std::string_view attributes) const;

  struct Node;

 private:
  explicit RecordSchema(std::shared_ptr<const Node> root) : root_(std::move(root)) {}
  std::shared_ptr<const Node> root_;
};

/// The schema of this text, remembered by the thread; the text is one that `parse` took.
const RecordSchema& schema_of_text(std::string_view text);

}  // namespace byline
