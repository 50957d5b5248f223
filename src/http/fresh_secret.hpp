#pragma once

#include <string>
#include <string_view>

#include "domain/credential.hpp"
#include "security/secret.hpp"

namespace byline::http {

struct Services;

/// A secret that was just made.
struct FreshSecret {
  std::string text;  ///< to be told once
  MadeSecret kept;
};

/// How secrets of that kind begin; empty for kinds that Byline makes none of.
std::string_view secret_prefix_of(CredentialKind kind);
FreshSecret make_secret(const security::SecretDigester& digester, CredentialKind kind);

/// Where a link to choose a password by leads, with its secret behind it.
inline constexpr std::string_view kLinkPath = "/sign-in/link#";
/// The member of an answer's `meta` that tells such a secret, and what it says: of a link the whole address.
std::string_view meta_name_of(CredentialKind kind);
std::string meta_text_of(const Services& services, const FreshSecret& secret);

}  // namespace byline::http
