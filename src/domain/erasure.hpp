#pragma once

#include <string>
#include <vector>

#include "domain/credential.hpp"
#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

/// What the log and the rows at its tail know of a subject that is to be erased.
struct ErasureTarget {
  bool is_known = false;                  ///< it is, or was, one of the organization's
  bool is_over = false;                   ///< it was deleted before
  bool is_erased = false;                 ///< likewise erased
  std::string collection;                 ///< of a record
  std::vector<HeldCredential> held;       ///< of an account
  std::vector<CredentialId> credentials;  ///< likewise, also those that ended
};

/// Makes what the log says of an account, or what was in a record, unreadable for ever. One that is still
/// there is deleted with it.
struct EraseSubject {
  SubjectKind kind = SubjectKind::user;  ///< user, application or record
  Id<void> id;
  std::vector<Problem> problems = {};
  ErasureTarget target = {};  ///< the writer's

  Subject subject() const { return {kind, id}; }
};

Decision decide(const State& state, const Context& context, const EraseSubject& command);

}  // namespace byline
