#pragma once

// How GoogleTest shows the product's types in a failure: it finds these by the type's namespace, and would
// print raw bytes otherwise. A variant of events is shown by GoogleTest's own printer, which comes here for
// what the variant holds.

#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "domain/decision.hpp"
#include "events/codec.hpp"
#include "events/json_fields.hpp"

namespace byline {

template <class T>
  requires requires { T::kType; }
void PrintTo(const T& event, std::ostream* out) {
  std::string text;
  JsonWriter json(text);
  json_fields::write_struct(json, event);
  *out << T::kType.name << ' ' << text;
}

template <class Tag>
void PrintTo(const Id<Tag>& id, std::ostream* out) {
  *out << to_string(id);
}

inline void PrintTo(const Time& time, std::ostream* out) { *out << to_string(time); }
inline void PrintTo(const Position& position, std::ostream* out) { *out << "position " << position.value; }
inline void PrintTo(const Version& version, std::ostream* out) { *out << "version " << version.value; }
inline void PrintTo(Code code, std::ostream* out) { *out << code_name(code); }
inline void PrintTo(SubjectKind kind, std::ostream* out) { *out << name_of(kind); }
inline void PrintTo(Plan plan, std::ostream* out) { *out << name_of(plan); }

inline void PrintTo(const PermissionMatrix& matrix, std::ostream* out) {
  std::string text;
  JsonWriter json(text);
  json_fields::write(json, matrix);
  *out << text;
}

inline void PrintTo(const Subject& subject, std::ostream* out) {
  *out << name_of(subject.kind) << ' ' << to_string(subject.as<Id<void>>());
}

inline void PrintTo(const NewEvent& event, std::ostream* out) {
  *out << '\n';
  PrintTo(event.subject, out);
  *out << ": ";
  std::visit([out](const auto& fact) { PrintTo(fact, out); }, event.event);
}

inline void PrintTo(const LogEntry& entry, std::ostream* out) {
  std::string text;
  encode(entry, text);
  *out << text;
}

inline void PrintTo(const Problem& problem, std::ostream* out) {
  *out << code_name(problem.code) << " at \"" << problem.field << '"';
  if (!problem.detail.empty()) *out << " (" << problem.detail << ')';
}

inline void PrintTo(const DecodeError::Kind& kind, std::ostream* out) {
  switch (kind) {
    case DecodeError::Kind::malformed:
      *out << "malformed";
      return;
    case DecodeError::Kind::unknown_type:
      *out << "unknown_type";
      return;
    case DecodeError::Kind::newer_schema:
      *out << "newer_schema";
      return;
  }
}

}  // namespace byline
