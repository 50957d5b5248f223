#include "byline/service.hpp"
#include "engine/clock.hpp"
#include "engine/reader.hpp"
#include "http/fresh_secret.hpp"
#include "service/carry_out.hpp"
#include "service/operator.hpp"

namespace byline {

std::expected<std::string, std::string> issue_sign_in_link(const std::filesystem::path& data,
                                                           const std::filesystem::path& key_file,
                                                           const std::string& email, bool end_second_factor) {
  auto opened = open_stopped(data, key_file, "POST /admin/users/{id}/credentials gives a user such a link");
  if (!opened) return std::unexpected(opened.error());
  auto& [metrics, engine, keys] = **opened;
  auto address = parse_email(email);
  auto reader = engine->reader();
  auto user = address && reader ? find_account_by_email(*reader, address->key) : std::nullopt;
  auto device = user && end_second_factor
                    ? find_credential_of_kind(*reader, user->id, CredentialKind::totp, system_now())
                    : std::nullopt;
  reader.reset();
  if (!user || user->row.kind != SubjectKind::user)
    return std::unexpected("There is no user with the e-mail address " + email + ".");
  auto secret = http::make_secret(security::SecretDigester(keys.digest_key), CredentialKind::sign_in_link);
  IssueCredential command;
  command.holder = SubjectKind::user;
  command.account = user->id;
  command.proof = secret.kept;
  auto failure = failure_of(carry_out(*engine, user->organization, std::move(command)));
  if (failure.empty() && device) {
    RevokeCredential revoke;
    revoke.id = device->id;
    revoke.holder = SubjectKind::user;
    revoke.account = user->id;
    failure = failure_of(carry_out(*engine, user->organization, std::move(revoke)));
  }
  if (!failure.empty()) return std::unexpected(failure);
  return std::string(http::kLinkPath) + secret.text;
}

}  // namespace byline
