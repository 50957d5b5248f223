#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "events/json_members.hpp"

namespace byline {

/// An event in a form that is not the newest: what its type is called, and its fields as JSON.
struct EarlierForm {
  std::string type;
  std::int64_t schema = 1;
  JsonMembers fields;
};

/// Lifts an event from one form to a later one. Needed where a field or a type is renamed, split or merged;
/// an optional field that is added needs none, and is left without a value.
///
/// The fields that are sealed and the others are lifted apart, each by a call of its own: `lift` takes what
/// it finds. It may give another type, by what the other fields say, so that one type becomes several. One
/// entry stays one entry. It is for ever, like the bytes that it reads: never changed, only followed by
/// another.
struct Upcaster {
  std::string_view type;
  std::int64_t schema;  ///< of which it lifts
  void (*lift)(EarlierForm&);
};

/// All of this release.
std::span<const Upcaster> upcasters();

/// Whether one takes this form.
bool is_lifted(std::span<const Upcaster> upcasters, std::string_view type, std::int64_t schema);

/// Lifts by one after the other, until none takes what has come of it. Throws std::logic_error where one
/// gives the form that it took, or they lead in a circle.
void lift(std::span<const Upcaster> upcasters, EarlierForm& form);

// What upcasters are made of; each does nothing where there is no such field.

void rename_field(EarlierForm& form, std::string_view name, std::string_view now);
/// The field's JSON, which is taken out; empty where there is none.
std::string take_field(EarlierForm& form, std::string_view name);
/// Puts a field at the end; `json` is its value.
void put_field(EarlierForm& form, std::string_view name, std::string json);

}  // namespace byline
