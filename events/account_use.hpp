#pragma once

#include <string>
#include <vector>

#include "events/field.hpp"

namespace byline {

/// An operation of the API, named as its description names it, with the collection where it was on records.
struct RefusedOperation {
  std::string operation;
  std::uint64_t attempts = 0;

  static void fields(auto& self, auto&& field) {
    field("operation", self.operation);
    field("attempts", self.attempts);
  }
  friend bool operator==(const RefusedOperation&, const RefusedOperation&) = default;
};

/// An account asked for what it may not do. Summed up, one event an hour and account at most, on a stream
/// beside the account's own, whose version it leaves alone.
struct AccessRefused {
  static constexpr EventType kType{"AccessRefused", 1, SubjectKind::access};
  AccountId account;
  std::uint64_t attempts = 1;                ///< since the event before this one
  std::vector<RefusedOperation> operations;  ///< some of them, in alphabetical order
  Time last_at;
  std::string last_from;  ///< the address then

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("attempts", self.attempts);
    field("operations", self.operations);
    field("last_at", self.last_at);
    field("last_from", self.last_from, kPersonal);
  }
  friend bool operator==(const AccessRefused&, const AccessRefused&) = default;
};

}  // namespace byline
