#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/command.hpp"
#include "http/fresh_secret.hpp"
#include "http/guard.hpp"
#include "http/media_type.hpp"
#include "http/oauth/client_metadata.hpp"
#include "http/oauth/endpoints.hpp"
#include "http/oauth/request.hpp"
#include "http/scope.hpp"
#include "http/server/ascii.hpp"
#include "security/strict_json.hpp"

namespace byline::http {
namespace {

using boost::beast::http::field;

constexpr std::size_t kMaxDepth = 8;

Response refuse_token() {
  auto response =
      refuse_oauth(401, "invalid_token",
                   "Send an initial access token, or that of your registration, as a bearer token: this "
                   "one is none, unknown, revoked, over or used up.");
  for (auto& [name, value] : response.headers) {
    if (name == "WWW-Authenticate") value = "Bearer error=\"invalid_token\"";
  }
  return response;
}

/// Whose token this is, for a call in that account's name.
std::expected<FoundCredential, Response> authenticate_by(Call& call, CredentialKind kind) {
  constexpr std::string_view kScheme = "bearer ";
  auto header = call.request.header(field::authorization);
  if (call.request.count(field::authorization) != 1 || header.size() <= kScheme.size() ||
      !iequals(header.substr(0, kScheme.size()), kScheme))
    return std::unexpected(refuse_token());
  auto token = header.substr(kScheme.size());
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(refuse_while_opening());
  auto now = system_now();
  auto found = security::is_well_formed_secret(token, secret_prefix_of(kind))
                   ? find_token(*reader, to_hex(call.services.digester.digest(token)))
                   : std::nullopt;
  if (!found || found->row.kind != kind || found->row.is_over(now)) return std::unexpected(refuse_token());
  auto principal = find_principal(*reader, found->row.organization, found->row.account);
  if (!principal || !principal->is_active(now)) return std::unexpected(refuse_token());
  if (!may_come_from(*principal, call.request.remote_address)) return std::unexpected(refuse_token());
  call.principal = std::move(*principal);
  call.credential = found->id;
  if (auto kept = keep_rate(call); !kept) {
    auto refused = refuse_oauth(429, "temporarily_unavailable", "More requests came than may come.");
    refused.headers.emplace_back("Retry-After", std::to_string(call.rate->reset));
    return std::unexpected(std::move(refused));
  }
  call.services.engine.note_credential_use(found->row.organization, found->row.account, found->id,
                                           call.request.remote_address);
  return std::move(*found);
}

/// Whom the address is about must be who calls (RFC 7592 §2).
std::expected<FoundCredential, Response> authenticate_registered(Call& call) {
  auto found = authenticate_by(call, CredentialKind::registration_access_token);
  if (found && path_id<AccountId>(call) != found->row.account) return std::unexpected(refuse_token());
  return found;
}

std::expected<nlohmann::json, Response> read_document(const Call& call) {
  auto invalid = [](std::string_view why) {
    return std::unexpected(refuse_oauth(400, "invalid_client_metadata", why));
  };
  if (!is_json(call.request.header(field::content_type)))
    return invalid("The body must be application/json.");
  auto document = security::parse_strict_json(call.request.body, kMaxDepth);
  if (!document) return invalid("The body is not JSON: " + document.error().detail);
  if (!document->is_object()) return invalid("The body is not a JSON object.");
  return std::move(*document);
}

/// The domain's names of what the metadata say by others.
std::string metadata_name(const std::string& field) {
  if (field == "name") return "client_name";
  if (field == "email") return "contacts";
  if (field == "url") return "client_uri";
  return field.starts_with("roles/") ? "roles" : field;
}

/// RFC 7591 §3.2.2: one error, whose description says everything.
Response refuse_metadata(const Rejection& rejection) {
  std::string description;
  for (const auto& problem : rejection.problems) {
    if (problem.code == Code::credential_over) return refuse_token();
    if (problem.code == Code::permission_missing || problem.code == Code::account_inactive ||
        problem.code == Code::api_not_licensed)
      return refuse_oauth(403, "access_denied", explain(problem));
    if (problem.code == Code::not_found) return refuse_token();
    if (!description.empty()) description += ' ';
    auto name = metadata_name(problem.field);
    description += (name.empty() ? "" : name + ": ") + explain(problem);
  }
  return refuse_oauth(400, "invalid_client_metadata", description);
}

std::string_view method_of(const std::vector<FoundCredential>& credentials) {
  auto has = [&](CredentialKind kind) {
    return std::ranges::any_of(credentials,
                               [&](const FoundCredential& held) { return held.row.kind == kind; });
  };
  if (has(CredentialKind::public_key) || has(CredentialKind::key_set)) return "private_key_jwt";
  if (has(CredentialKind::certificate_name)) return "tls_client_auth";
  if (has(CredentialKind::certificate)) return "self_signed_tls_client_auth";
  return "client_secret_basic";
}

void write_keys(JsonWriter& json, const std::vector<FoundCredential>& credentials) {
  auto is_key = [](const FoundCredential& held) { return held.row.kind == CredentialKind::public_key; };
  if (std::ranges::none_of(credentials, is_key)) return;
  json.key("jwks");
  json.begin_object();
  json.key("keys");
  json.begin_array();
  for (const auto& held : credentials) {
    if (is_key(held)) json.raw(held.row.key->text);
  }
  json.end_array();
  json.end_object();
}

/// What is kept of an application, in the terms of its metadata.
void write_client_metadata(JsonWriter& json, const Reader& reader, const OrganizationId& organization,
                           const AccountId& id) {
  auto application = find_application(reader, organization, id);
  auto principal = find_principal(reader, organization, id);
  if (!application || !principal) return;
  auto credentials = live_credentials(reader, id);
  json.member("client_name", std::string_view(application->name));
  json.key("contacts");
  json.begin_array();
  json.value(std::string_view(application->email));
  json.end_array();
  if (application->url) json.member("client_uri", std::string_view(*application->url));
  json.member("token_endpoint_auth_method", method_of(credentials));
  json.key("grant_types");
  json.begin_array();
  json.value("client_credentials");
  json.end_array();
  json.key("response_types");
  json.begin_array();
  json.end_array();
  json.member("scope", std::string_view(scope_of(principal->access)));
  json.key("roles");
  json.begin_array();
  for (const auto& role : application->roles) json.value(std::string_view(to_string(role)));
  json.end_array();
  write_keys(json, credentials);
  for (const auto& [held, row] : credentials) {
    if (row.kind == CredentialKind::key_set) json.member("jwks_uri", std::string_view(*row.url));
    if (row.kind == CredentialKind::certificate_name)
      json.member(metadata_name_of(*row.name_type), std::string_view(*row.name));
  }
}

/// What is told once, where it is new.
struct Told {
  std::string client_secret;
  std::string registration_access_token;
};

/// RFC 7591 §3.2.1, RFC 7592 §3.
Response reply_registration(const Services& services, const Reader& reader,
                            const OrganizationId& organization, const AccountId& id, const Told& told,
                            unsigned status) {
  auto text = to_string(id);
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("client_id", std::string_view(text));
  if (auto byline = find_byline(reader, {SubjectKind::application, id}))
    json.member("client_id_issued_at", byline->created_at.micros / kMicrosPerSecond);
  if (!told.client_secret.empty()) {
    json.member("client_secret", std::string_view(told.client_secret));
    auto secret = find_client_secret(reader, id, to_hex(services.digester.digest(told.client_secret)));
    auto end = secret ? secret->row.expires_at : std::nullopt;
    json.member("client_secret_expires_at", end ? end->micros / kMicrosPerSecond : 0);
  }
  json.member("registration_access_token", std::string_view(told.registration_access_token));
  json.member("registration_client_uri", std::string_view(services.base_url + "/oauth2/register/" + text));
  write_client_metadata(json, reader, organization, id);
  json.end_object();
  auto response = reply_oauth(std::move(body));
  response.status = status;
  return response;
}

RenderCommitted render_registration(const Call& call, Told told, unsigned status) {
  return [&services = call.services, organization = call.organization(), told = std::move(told), status](
             const Reader& reader, const Committed& committed) {
    return reply_registration(services, reader, organization, committed.subject.as<AccountId>(), told,
                              status);
  };
}

/// It came with the request, whose answer has to say it again (RFC 7592 §3).
std::string presented_token(const Call& call) {
  auto header = call.request.header(field::authorization);
  return std::string(header.substr(header.find(' ') + 1));
}

/// RFC 7592 §2.2: what the service sets must not be there, and who is meant must.
std::string forbidden_member(const nlohmann::json& document, const std::string& client_id) {
  for (const char* name : {"registration_access_token", "registration_client_uri", "client_secret_expires_at",
                           "client_id_issued_at"}) {
    if (document.contains(name)) return std::string(name) + " is set by the service: leave it out.";
  }
  auto id = document.find("client_id");
  if (id == document.end() || *id != client_id) return "client_id must be that of the application.";
  return {};
}

}  // namespace

Awaitable<Response> register_client(Call& call) {
  auto initial = authenticate_by(call, CredentialKind::initial_access_token);
  if (!initial) co_return std::move(initial.error());
  auto document = read_document(call);
  if (!document) co_return std::move(document.error());
  auto metadata = read_client_metadata(*document, call.services.mutual_tls);

  Told told;
  RegisterApplication command;
  command.name = metadata.name;
  command.email = metadata.email;
  command.url = metadata.url;
  command.roles = metadata.roles.value_or(initial->row.roles);
  command.problems = metadata.problems;
  command.initial_access = initial->id;
  command.settings.owner = initial->row.account;
  auto add_secret = [&](CredentialKind kind) {
    auto secret = make_secret(call.services.digester, kind);
    command.credentials.push_back({{}, std::move(secret.kept)});
    return secret.text;
  };
  if (metadata.wants_secret()) told.client_secret = add_secret(CredentialKind::client_secret);
  for (auto& proof : metadata.proofs) command.credentials.push_back({{}, std::move(proof)});
  told.registration_access_token = add_secret(CredentialKind::registration_access_token);
  auto render = render_registration(call, std::move(told), 201);
  co_return co_await run_command(call, std::move(command), std::move(render), refuse_metadata);
}

Awaitable<Response> read_registration(Call& call) {
  auto found = authenticate_registered(call);
  if (!found) co_return std::move(found.error());
  auto reader = call.services.engine.reader();
  if (!reader) co_return refuse_while_opening();
  co_return reply_registration(call.services, *reader, call.organization(), found->row.account,
                               {{}, presented_token(call)}, 200);
}

Awaitable<Response> change_registration(Call& call) {
  auto found = authenticate_registered(call);
  if (!found) co_return std::move(found.error());
  auto document = read_document(call);
  if (!document) co_return std::move(document.error());
  if (auto wrong = forbidden_member(*document, std::string(call.parameters[0])); !wrong.empty())
    co_return refuse_oauth(400, "invalid_client_metadata", wrong);
  auto metadata = read_client_metadata(*document, call.services.mutual_tls);
  ChangeRegistration command;
  command.id = found->row.account;
  command.name = metadata.name;
  command.email = metadata.email;
  command.url = metadata.url;
  command.problems = metadata.problems;
  for (auto& proof : metadata.proofs) command.keys.push_back({{}, std::move(proof)});
  command.has_secret = metadata.wants_secret();
  auto render = render_registration(call, {{}, presented_token(call)}, 200);
  co_return co_await run_command(call, std::move(command), std::move(render), refuse_metadata);
}

Awaitable<Response> delete_registration(Call& call) {
  auto found = authenticate_registered(call);
  if (!found) co_return std::move(found.error());
  DeleteApplication command{found->row.account, true};
  auto render = [](const Reader&, const Committed&) {
    auto response = reply_oauth({});
    response.status = 204;
    response.content_type.clear();
    return response;
  };
  co_return co_await run_command(call, command, render, refuse_metadata);
}

}  // namespace byline::http
