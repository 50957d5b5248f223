#pragma once

#include "events/field.hpp"

namespace byline {

/// A token that is not over yet counts no more (RFC 7009).
struct TokenRevoked {
  static constexpr EventType kType{"TokenRevoked", 1, SubjectKind::token};
  AccountId account;  ///< whose it was
  Time expires_at;

  static void fields(auto& self, auto&& field) {
    field("account", self.account);
    field("expires_at", self.expires_at);
  }
  friend bool operator==(const TokenRevoked&, const TokenRevoked&) = default;
};

}  // namespace byline
