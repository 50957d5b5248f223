#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace byline {

/// A view that an operator defines: which events are folded, into which rows, and what is kept of them. An
/// event becomes part of the row that belongs to its key: the values at some places in it.
///
///   {"name": "registrations-per-actor", "events": ["ApplicationRegistered"], "key": ["/actor"],
///    "columns": {"count": {"count": true}, "last_at": {"last": "/at"}}}
///
/// docs/projections.md describes it for operators.
struct ProjectionDefinition {
  /// What a column can hold, a row can be found by and a filter compares with; monostate: nothing.
  using Value = std::variant<std::monostate, bool, std::int64_t, std::string>;

  /// A place in an event as the log shows it (RFC 6901), taken apart.
  struct Pointer {
    std::string text;
    std::vector<std::string> steps;
  };
  /// What is taken of a time.
  enum class Per : std::uint8_t { moment, hour, day, month };
  struct KeyMember {
    std::string name;  ///< the attribute that shows it
    Pointer pointer;
    Per per = Per::moment;
  };
  enum class Test : std::uint8_t { exists, equals, in, at_least, at_most };
  struct Condition {
    Pointer pointer;
    Test test = Test::exists;
    std::vector<Value> values;  ///< one, but for `in`
  };
  enum class Fold : std::uint8_t { count, sum, min, max, first, last };
  struct Column {
    std::string name;  ///< the attribute that shows it
    Fold fold = Fold::count;
    std::optional<Pointer> pointer;  ///< only `count` can do without
  };

  std::string name;
  std::string description;
  std::vector<std::string> events;  ///< types
  std::vector<KeyMember> key;
  std::vector<Condition> filter;  ///< all must hold
  std::vector<Column> columns;    ///< in the order of their names
  std::string json;               ///< all of it, as compact JSON in one form
};

// Bounds, each of which docs/projections.md names.
inline constexpr std::size_t kMaxProjections = 50;
inline constexpr std::size_t kMaxProjectionName = 63;  ///< bytes, and of an attribute's name
inline constexpr std::size_t kMaxDescription = 500;
inline constexpr std::size_t kMaxKeyMembers = 4;
inline constexpr std::size_t kMaxConditions = 20;
inline constexpr std::size_t kMaxAlternatives = 100;  ///< of a condition with `in`
inline constexpr std::size_t kMaxColumns = 20;
inline constexpr std::size_t kMaxPointer = 256;      ///< bytes
inline constexpr std::size_t kMaxKeyText = 256;      ///< bytes of one text in a key
inline constexpr std::size_t kMaxColumnText = 1024;  ///< bytes of one text in a column

/// Reads a JSON array of definitions. The error is a sentence that names the projection and the member.
/// Thread-safe.
std::expected<std::vector<ProjectionDefinition>, std::string> parse_definitions(std::string_view json);

}  // namespace byline
