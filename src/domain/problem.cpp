#include "domain/problem.hpp"

namespace byline {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::required:
      return "required";
    case Code::invalid_type:
      return "invalid_type";
    case Code::too_long:
      return "too_long";
    case Code::too_large:
      return "too_large";
    case Code::too_deep:
      return "too_deep";
    case Code::forbidden_character:
      return "forbidden_character";
    case Code::invalid_email:
      return "invalid_email";
    case Code::invalid_url:
      return "invalid_url";
    case Code::invalid_value:
      return "invalid_value";
    case Code::invalid_id:
      return "invalid_id";
    case Code::read_only:
      return "read_only";
    case Code::unknown_member:
      return "unknown_member";
    case Code::duplicate_value:
      return "duplicate_value";
    case Code::email_taken:
      return "email_taken";
    case Code::role_name_taken:
      return "role_name_taken";
    case Code::unknown_role:
      return "unknown_role";
    case Code::role_in_use:
      return "role_in_use";
    case Code::role_locked:
      return "role_locked";
    case Code::unknown_account:
      return "unknown_account";
    case Code::unknown_team:
      return "unknown_team";
    case Code::team_name_taken:
      return "team_name_taken";
    case Code::collection_taken:
      return "collection_taken";
    case Code::collection_in_use:
      return "collection_in_use";
    case Code::collection_fixed:
      return "collection_fixed";
    case Code::last_administrator:
      return "last_administrator";
    case Code::credential_over:
      return "credential_over";
    case Code::projection_job_over:
      return "projection_job_over";
    case Code::already_exists:
      return "already_exists";
    case Code::stale_version:
      return "stale_version";
    case Code::idempotency_key_reused:
      return "idempotency_key_reused";
    case Code::permission_missing:
      return "permission_missing";
    case Code::role_exceeds_giver:
      return "role_exceeds_giver";
    case Code::api_not_licensed:
      return "api_not_licensed";
    case Code::account_inactive:
      return "account_inactive";
    case Code::not_found:
      return "not_found";
  }
  return "unknown";
}

std::string explain(const Problem& problem) {
  const auto& detail = problem.detail;
  switch (problem.code) {
    case Code::required:
      return "This must be given.";
    case Code::invalid_type:
      return "This must be " + (detail.empty() ? "of another type" : detail) + ".";
    case Code::too_long:
      return "This is too long: at most " + detail + " are allowed.";
    case Code::too_large:
      return "This is too large: at most " + detail + " are allowed.";
    case Code::too_deep:
      return "This is nested too deep: at most " + detail + " levels are allowed.";
    case Code::forbidden_character:
      return "This has a character that is not allowed here: " + detail + ".";
    case Code::invalid_email:
      return "This is not an e-mail address" + (detail.empty() ? "." : ": " + detail + ".");
    case Code::invalid_url:
      return "This is not a web address" + (detail.empty() ? "." : ": " + detail + ".");
    case Code::invalid_value:
      return "This value is not allowed here" + (detail.empty() ? "." : ": " + detail + ".");
    case Code::invalid_id:
      return "This is not an id: ids are UUIDs, as the service gave them out.";
    case Code::read_only:
      return "This is set by the service and cannot be given.";
    case Code::unknown_member:
      return "There is no such member here.";
    case Code::duplicate_value:
      return "This stands twice.";
    case Code::email_taken:
      return "The e-mail address belongs to an account already. A subaddress such as me+intake@example.org "
             "is "
             "an address of its own.";
    case Code::role_name_taken:
      return "Another role has this name already, or one that looks the same.";
    case Code::unknown_role:
      return "There is no such role.";
    case Code::role_in_use:
      return "The role cannot be deleted while accounts have it; their number is " + detail + ".";
    case Code::role_locked:
      return "The role " + detail + ".";
    case Code::unknown_account:
      return "There is no such user or application.";
    case Code::unknown_team:
      return "There is no such team.";
    case Code::team_name_taken:
      return "Another team has this name already, or one that looks the same.";
    case Code::collection_taken:
      return "There is a collection at this address already.";
    case Code::collection_in_use:
      return "The collection cannot be deleted while it has records; their number is " + detail + ".";
    case Code::collection_fixed:
      return "This is one of the collections that every organization has: it cannot be changed or deleted.";
    case Code::last_administrator:
      return "This is the last active administrator: somebody must be left who can administer.";
    case Code::credential_over:
      return "This credential is revoked or expired, for good: issue a new one.";
    case Code::projection_job_over:
      return "The job is over.";
    case Code::already_exists:
      return "There is one with this id already.";
    case Code::stale_version:
      return "It was changed by somebody else since: read it again.";
    case Code::idempotency_key_reused:
      return "This idempotency key was used for another request.";
    case Code::permission_missing:
      return detail.empty() ? "Your roles do not permit this."
                            : "This needs the permission " + detail + ", which your roles do not give.";
    case Code::role_exceeds_giver:
      return "You cannot give what you may not do yourself: " + detail + ".";
    case Code::api_not_licensed:
      return "The organization's plan does not include the API.";
    case Code::account_inactive:
      return "The account is not active.";
    case Code::not_found:
      return "There is no such resource.";
  }
  return {};
}

}  // namespace byline
