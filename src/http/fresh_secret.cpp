#include "http/fresh_secret.hpp"

#include "http/call.hpp"

namespace byline::http {

std::string_view secret_prefix_of(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::client_secret:
      return security::kClientSecretPrefix;
    case CredentialKind::access_token:
      return security::kAccessTokenPrefix;
    case CredentialKind::initial_access_token:
      return security::kInitialAccessPrefix;
    case CredentialKind::registration_access_token:
      return security::kRegistrationAccessPrefix;
    case CredentialKind::session:
      return security::kSessionPrefix;
    case CredentialKind::sign_in_link:
      return security::kLinkPrefix;
    default:
      return {};
  }
}

FreshSecret make_secret(const security::SecretDigester& digester, CredentialKind kind) {
  auto text = security::new_secret(secret_prefix_of(kind));
  MadeSecret kept{kind, to_hex(digester.digest(text)), security::secret_hint(text)};
  return {std::move(text), std::move(kept)};
}

std::string_view meta_name_of(CredentialKind kind) {
  return kind == CredentialKind::sign_in_link ? "link" : name_of(kind);
}

std::string meta_text_of(const Services& services, const FreshSecret& secret) {
  if (secret.kept.kind != CredentialKind::sign_in_link) return secret.text;
  return services.base_url + std::string(kLinkPath) + secret.text;
}

}  // namespace byline::http
