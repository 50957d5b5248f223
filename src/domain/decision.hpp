#pragma once

#include <expected>
#include <optional>
#include <vector>

#include "domain/problem.hpp"
#include "events/event.hpp"

namespace byline {

/// Who asks, and under which conditions.
struct Context {
  AccountId actor;  ///< kSystemAccount for what an operator does at the command line
  OrganizationId organization;
  std::optional<Version> expected;  ///< from `If-Match`: the subject's version that the caller has seen
  std::optional<PermissionSet> scope = {};      ///< what the caller's token is narrowed to
  std::optional<CredentialId> credential = {};  ///< what the caller proved itself with
  /// Of a user: whether that is a session or an access token, and when it ends.
  std::optional<CredentialKind> credential_kind = {};
  std::optional<Time> credential_ends = {};
  Time now = {};  ///< of the commit, should there be one
};

/// A fact that a decision brings forth; the engine adds the circumstances.
struct NewEvent {
  Subject subject;
  Event event;
  friend bool operator==(const NewEvent&, const NewEvent&) = default;
};

/// Events to append, in order, perhaps none (nothing would change); or why not.
using Decision = std::expected<std::vector<NewEvent>, Rejection>;

inline std::unexpected<Rejection> refuse(Code code, std::string field = {}, std::string detail = {}) {
  return std::unexpected(Rejection{{Problem{code, std::move(field), std::move(detail)}}});
}

}  // namespace byline
