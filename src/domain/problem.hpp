#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/permission.hpp"

namespace byline {

/// Why a command was refused. Each has a stable text form (`code_name`) that clients may rely on for ever.
enum class Code : std::uint8_t {
  // what was sent cannot be understood as a value
  required,
  invalid_type,
  too_long,
  too_large,
  too_deep,
  forbidden_character,
  invalid_email,
  invalid_url,
  invalid_value,
  invalid_id,
  read_only,
  unknown_member,
  duplicate_value,
  // what was sent collides with what is
  email_taken,
  role_name_taken,
  unknown_role,
  role_in_use,
  role_locked,
  unknown_account,
  unknown_team,
  team_name_taken,
  collection_taken,
  collection_in_use,
  collection_fixed,
  last_administrator,
  credential_over,
  projection_job_over,
  already_exists,
  stale_version,
  idempotency_key_reused,
  // the caller may not
  permission_missing,
  role_exceeds_giver,
  api_not_licensed,
  account_inactive,
  // there is no such thing for the caller
  not_found,
};

/// The stable text form, e.g. `email_taken`.
std::string_view code_name(Code code);

/// One thing wrong with a command.
struct Problem {
  Code code;
  /// The command's field, in the names of the domain: `name`, `email`, `roles`, `roles/1`,
  /// `permissions/intake/view`, or, in a record's own attributes, `attributes/…`. Empty when the whole
  /// command is meant.
  std::string field = {};
  /// What the sentence needs besides the code: a limit, a permission's name. May be empty. Never a secret,
  /// and never anything of another organization.
  std::string detail = {};
  /// The permission that the caller would need, where one is missing.
  std::optional<Permission> missing = {};

  friend bool operator==(const Problem&, const Problem&) = default;
};

/// Everything wrong with a command; never empty where it is an answer.
struct Rejection {
  std::vector<Problem> problems;

  friend bool operator==(const Rejection&, const Rejection&) = default;
};

/// One sentence for a person, e.g. “The e-mail address belongs to an account already.”
std::string explain(const Problem& problem);

}  // namespace byline
