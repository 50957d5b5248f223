#include <sodium.h>

#include "byline/service.hpp"
#include "domain/text.hpp"
#include "engine/clock.hpp"
#include "engine/engine.hpp"
#include "engine/ids.hpp"
#include "events/codec.hpp"
#include "security/secret.hpp"
#include "service/carry_out.hpp"
#include "service/keys.hpp"
#include "service/signing_keys.hpp"

namespace byline {
namespace {

/// Reads one value; what is wrong with it goes to `problems` under the name it has on the command line.
template <class Parse>
auto read_value(const std::string& text, Parse parse, const char* option, std::vector<Problem>& problems) ->
    typename decltype(parse(""))::value_type {
  auto parsed = parse(text);
  if (parsed) return std::move(*parsed);
  parsed.error().field = option;
  problems.push_back(std::move(parsed.error()));
  return {};
}

std::string sentence_of(const Rejection& rejection) {
  std::string text;
  for (const auto& problem : rejection.problems) {
    if (!text.empty()) text += '\n';
    if (problem.field == "email") text += "--admin-email: ";
    if (problem.field.starts_with("--")) text += problem.field + ": ";
    text += explain(problem);
  }
  return text;
}

/// What was given, with what is wrong about it.
FoundOrganization command_of(const Founding& founding) {
  auto now = system_now();
  FoundOrganization command;
  command.id = new_id<OrganizationId>(now);
  command.name = read_value(founding.organization, parse_name, "--organization", command.problems);
  command.administrator = new_id<AccountId>(now);
  command.administrator_name =
      read_value(founding.administrator_name, parse_account_name, "--admin-name", command.problems);
  command.administrator_email =
      read_value(founding.administrator_email, parse_email, "--admin-email", command.problems);
  command.credential = new_id<CredentialId>(now);
  // Lists are in the order of ids, and these in theirs: Admin first.
  for (auto& role : command.roles) role = new_id<RoleId>({now.micros++});
  if (auto plan = plan_named(founding.plan)) {
    command.plan = *plan;
  } else {
    command.problems.push_back({Code::invalid_value, "--plan", "plans are enterprise and standard"});
  }
  return command;
}

}  // namespace

std::expected<Founded, std::string> found_organization(const std::filesystem::path& data,
                                                       const Founding& founding) {
  if (sodium_init() < 0) return std::unexpected("The cryptographic library cannot be used on this machine.");
  auto command = command_of(founding);
  if (!command.problems.empty()) return std::unexpected(sentence_of(Rejection{command.problems}));
  Metrics metrics;
  auto keys = keys_of({.data = data, .file = founding.key_file});
  if (!keys) return std::unexpected(keys.error());
  auto engine = Engine::open({.directory = data, .key_encryption_key = keys->seal_key}, metrics);
  if (!engine) return std::unexpected(engine.error());
  if ((*engine)->had_organizations() && !founding.additional) {
    return std::unexpected("The data directory " + data.string() +
                           " holds an organization already. To found another beside it, say --additional.");
  }

  auto token = security::new_secret(security::kAccessTokenPrefix);
  command.token_digest = to_hex(security::SecretDigester(keys->digest_key).digest(token));
  command.token_hint = security::secret_hint(token);
  Founded founded{to_string(command.id), to_string(command.administrator), token};
  auto organization = command.id;
  auto outcome = carry_out(**engine, organization, std::move(command));
  if (auto* refused = std::get_if<Rejection>(&outcome)) return std::unexpected(sentence_of(*refused));
  if (auto* unavailable = std::get_if<Unavailable>(&outcome)) {
    return std::unexpected("It could not be written: " + std::string(unavailable->reason) + ".");
  }
  // Where this fails, the first start of the service makes up for it.
  if (auto made = ensure_signing_key(**engine, *keys, std::nullopt); !made)
    return std::unexpected(made.error());
  return founded;
}

std::expected<bool, std::string> is_initialized(const std::filesystem::path& data) {
  if (!Database::exists(data)) return false;
  bool found = false;
  auto read = read_log({.data = data}, 0, [&found](std::uint64_t, std::string_view) {
    found = true;
    return false;
  });
  if (!read) return std::unexpected(read.error());
  return found;
}

}  // namespace byline
