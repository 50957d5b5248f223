#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "events/id.hpp"
#include "events/permission.hpp"
#include "events/subject.hpp"
#include "events/time.hpp"

namespace byline {

/// The name under which an event type stands in the log, and the version of its form. Both are for ever: a
/// new form of a fact takes the next version and an upcaster from the one before. And what the fact is about.
struct EventType {
  std::string_view name;
  int version;
  SubjectKind subject;
};

/// An event about a subject of another kind than these: what a fold over these kinds passes over. A fold that
/// takes every event of its kinds by itself and the others by this one does not compile when a new event of
/// its kinds is forgotten.
template <class Event, SubjectKind... kinds>
concept AboutOther = ((Event::kType.subject != kinds) && ...);

/// Marks a field that tells of a person. Such fields are kept sealed: see personal.hpp.
struct Personal {};
inline constexpr Personal kPersonal{};

/// How an enum is read from its text form: specialized beside each enum that a field may hold.
template <class Enum>
struct EnumNames;

/// A JSON object kept as its compact text, e.g. a record's own attributes.
struct JsonText {
  std::string text = "{}";
  friend bool operator==(const JsonText&, const JsonText&) = default;
};

template <class T>
concept NamedEnum = std::is_enum_v<T> && requires(T t) { name_of(t); };
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsId : std::false_type {};
template <class Tag>
struct IsId<Id<Tag>> : std::true_type {};

// Every event and row struct lists its fields once, in the order in which they are written:
//
//   static void fields(auto& self, auto&& field) {
//     field("name", self.name, kPersonal);
//     field("roles", self.roles);
//   }
//
// The log's JSON (json_fields.hpp) and the bytes of rows (projections/row_bytes.hpp) are made from that list.
// A field may be a string, a bool, a whole number, an enum with `name_of`, an id, a Time, a PermissionMatrix,
// a JsonText, a vector or an optional of these. An optional without a value is left out.

}  // namespace byline
