#include <nlohmann/json.hpp>

#include "domain/text.hpp"
#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/fresh_secret.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/account_resource.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/role_resource.hpp"
#include "http/resources/signature.hpp"
#include "security/certificate.hpp"
#include "security/public_key.hpp"

namespace byline::http {
namespace {

constexpr std::string_view kTimeOrNull = R"({"type":["string","null"],"format":"date-time"})";
constexpr std::string_view kTextOrNull = R"({"type":["string","null"]})";

constexpr AttributeSpec kCredentialAttributes[] = {
    {"kind", R"({"type":"string","enum":["client_secret","access_token","public_key","key_set"]})",
     Writes::at_creation, true},
    {"label", R"({"type":["string","null"],"maxLength":50})", Writes::always},
    {"expires_at", kTimeOrNull, Writes::always},
    {"key",
     R"({"type":["object","null"],"description":"of a public_key: the JWK; EC with P-256, OKP with Ed25519, or RSA"})",
     Writes::at_creation},
    {"url",
     R"({"type":["string","null"],"format":"uri","description":"of a key_set: where the application publishes its keys"})",
     Writes::at_creation},
    {"certificate",
     R"({"type":["string","null"],"description":"of a certificate: PEM; who comes with it on a TLS connection is the application, RFC 8705"})",
     Writes::at_creation},
    {"name_type",
     R"({"type":["string","null"],"enum":["subject_dn","san_dns","san_uri","san_ip","san_email",null],"description":"of a certificate_name: where the name stands"})",
     Writes::at_creation},
    {"name",
     R"({"type":["string","null"],"description":"of a certificate_name: the name in a certificate of a trusted authority"})",
     Writes::at_creation},
    {"max_registrations",
     R"({"type":["integer","null"],"minimum":1,"maximum":1000000,"description":"of an initial_access_token: how many applications may register with it"})",
     Writes::at_creation},
    {"registrations", R"({"type":["integer","null"],"description":"how many did"})"},
    {"means",
     R"({"type":["string","null"],"description":"of a session: password, password_and_totp or external_identity"})"},
    {"from", R"({"type":["string","null"],"description":"of a session: the address it was begun from"})"},
    {"agent", R"({"type":["string","null"],"description":"of a session: as the browser calls itself"})"},
    {"issuer",
     R"({"type":["string","null"],"description":"of an external_identity: the provider that vouches"})"},
    {"hint", R"({"type":["string","null"],"description":"the last four characters of a secret"})"},
    {"thumbprint",
     R"({"type":["string","null"],"description":"SHA-256, base64url; of a public_key: RFC 7638, of a certificate: x5t#S256"})"},
    {"status", R"({"type":"string","enum":["active","expired","revoked"]})"},
    {"revoked_at", kTimeOrNull},
    {"last_used_at", kTimeOrNull},
    {"last_used_from", kTextOrNull},
    {"replaced_at", kTimeOrNull},
    {"used_since_replaced",
     R"({"type":["boolean","null"],"description":"whether it was still used after the secret that replaces it was issued"})"},
    {"last_refused_at",
     R"({"type":["string","null"],"format":"date-time","description":"when it was presented after its end: somebody still has it"})"},
    {"last_refused_from", kTextOrNull},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};
constexpr RelationshipSpec kCredentialRelationships[] = {{"account", {"accounts"}},
                                                         {"roles", {"roles"}, true, Writes::at_creation},
                                                         {"replaces", {"credentials"}},
                                                         {"replaced_by", {"credentials"}}};

constexpr AttributeSpec kRotationAttributes[] = {
    {"overlap_seconds", R"({"type":"integer","minimum":0,"maximum":7776000})", Writes::at_creation},
    {"label", R"({"type":["string","null"],"maxLength":50})", Writes::at_creation},
    {"expires_at", kTimeOrNull, Writes::at_creation},
};
constexpr ResourceSpec kRotation{"credentials", "How a secret is to be replaced", kRotationAttributes, {}};
constexpr std::int64_t kDefaultOverlap = 24LL * 60 * 60;  ///< seconds

/// The account whose credentials the address is about.
struct Owner {
  SubjectKind kind;
  AccountId id;
};
SubjectKind kind_in_path(const Call& call) {
  return call.segments[1] == kUsers.type ? SubjectKind::user : SubjectKind::application;
}

/// Users see and change their own; those of others who may see and edit accounts of that kind.
std::expected<Owner, Response> enter(const Call& call, Operation operation) {
  auto kind = kind_in_path(call);
  auto id = path_id<AccountId>(call);
  bool own = kind == SubjectKind::user && id == call.principal.account && !call.scope;
  if (!own) {
    if (auto refused = require(call, area_of(kind), operation)) return std::unexpected(std::move(*refused));
  }
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  auto account = id ? find_account(*reader, call.organization(), *id) : std::nullopt;
  if (!account || account->kind != kind || account->is_gone()) return std::unexpected(reply_not_found());
  return Owner{kind, *id};
}

std::string path_of(const Owner& owner, const std::string& id) {
  return admin_path(owner.kind == SubjectKind::user ? kUsers.type : kApplications.type, to_string(owner.id)) +
         "/credentials/" + id;
}

AttributeValue seen_from(const Sighting& sighting) {
  return sighting.at ? AttributeValue(sighting.from) : AttributeValue();
}

AttributeValue pem_of(const CredentialRow& row) {
  if (!row.certificate) return {};
  constexpr std::size_t kLine = 64;
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t at = 0; at < row.certificate->size(); at += kLine)
    pem += row.certificate->substr(at, kLine) + "\n";
  return pem + "-----END CERTIFICATE-----\n";
}

Resource to_resource(const Services& services, const Reader& reader, const Owner& owner,
                     const CredentialId& id, const CredentialRow& row, const Byline& byline) {
  auto seen = services.engine.sightings_of(id, row);
  auto now = system_now();
  bool is_left = row.kind == CredentialKind::session && is_left_alone(services, seen, byline.created_at, now);
  auto status = row.revoked_at ? "revoked" : row.is_over(now) || is_left ? "expired" : "active";
  AttributeValue used_since_replaced;
  if (row.replaced_at) used_since_replaced = seen.used.at && *seen.used.at > *row.replaced_at;
  Resource resource;
  resource.type = kCredentials.type;
  resource.id = to_string(id);
  resource.self = path_of(owner, resource.id);
  resource.attributes = {
      {"kind", std::string(name_of(row.kind))},
      {"label", text_or_null(row.label)},
      {"expires_at", time_or_null(row.expires_at)},
      {"key", row.key ? AttributeValue(RawJson{row.key->text}) : AttributeValue()},
      {"url", text_or_null(row.url)},
      {"certificate", pem_of(row)},
      {"name_type", row.name_type ? AttributeValue(std::string(name_of(*row.name_type))) : AttributeValue()},
      {"name", text_or_null(row.name)},
      {"max_registrations", number_or_null(row.max_registrations)},
      {"registrations", row.kind == CredentialKind::initial_access_token
                            ? AttributeValue(static_cast<std::int64_t>(row.registrations))
                            : AttributeValue()},
      {"means", row.means ? AttributeValue(std::string(name_of(*row.means))) : AttributeValue()},
      {"from", text_or_null(row.from)},
      {"agent", text_or_null(row.agent)},
      {"issuer", text_or_null(row.issuer)},
      {"hint", text_or_null(row.hint)},
      {"thumbprint", text_or_null(row.thumbprint)},
      {"status", std::string(status)},
      {"revoked_at", time_or_null(row.revoked_at)},
      {"last_used_at", time_or_null(seen.used.at)},
      {"last_used_from", seen_from(seen.used)},
      {"replaced_at", time_or_null(row.replaced_at)},
      {"used_since_replaced", used_since_replaced},
      {"last_refused_at", time_or_null(seen.refused.at)},
      {"last_refused_from", seen_from(seen.refused)}};
  sign(resource, reader, row.organization, byline);
  resource.attributes.emplace_back("version", std::int64_t{byline.version.value});
  resource.relationships = {to_one("account", "accounts", std::optional(owner.id)),
                            roles_relationship(row.roles),
                            to_one("replaces", kCredentials.type, row.replaces),
                            to_one("replaced_by", kCredentials.type, row.replaced_by)};
  return resource;
}

std::optional<LoadedResource> load_credential(const Services& services, const Reader& reader,
                                              const Owner& owner, const CredentialId& id) {
  auto byline = find_byline(reader, {SubjectKind::credential, id});  // before the row: see reader.hpp
  auto row = find_credential(reader, owner.id, id);
  if (!row || !byline) return std::nullopt;
  return LoadedResource{to_resource(services, reader, owner, id, *row, *byline), byline->version};
}

/// A secret of ours is told once.
RenderCommitted render_credential(const Call& call, const Owner& owner, unsigned status,
                                  std::string secret = {}, std::string_view name = "client_secret") {
  auto load_it = [&services = call.services, owner, secret = std::move(secret), name](
                     const Reader& reader, const Subject& subject) {
    auto loaded = load_credential(services, reader, owner, subject.as<CredentialId>());
    if (loaded && !secret.empty())
      loaded->meta = [secret, name](JsonWriter& json) { json.member(name, std::string_view(secret)); };
    return loaded;
  };
  return render_resource(load_it, status);
}

/// A label may be taken away, which reads as empty.
std::optional<std::string> read_label(Document& document) {
  auto parse = [](std::string_view text) {
    auto label = parse_label(text);
    if (!label) label.error().field = "label";
    return label;
  };
  return document.clearable_text("label", parse);
}

std::optional<std::string> unless_empty(std::optional<std::string> text) {
  return text && !text->empty() ? text : std::nullopt;
}

/// The attribute that a kind has of its own, and the others have not.
void check_only(Document& document, CredentialKind kind) {
  if (kind != CredentialKind::public_key && document.attribute("key"))
    document.add({Code::invalid_value, "key", "only a public_key has one"});
  if (kind != CredentialKind::key_set && document.attribute("url"))
    document.add({Code::invalid_value, "url", "only a key_set has one"});
  if (kind != CredentialKind::certificate && document.attribute("certificate"))
    document.add({Code::invalid_value, "certificate", "only a certificate has one"});
  for (const char* name : {"name", "name_type"}) {
    if (kind != CredentialKind::certificate_name && document.attribute(name))
      document.add({Code::invalid_value, name, "only a certificate_name has one"});
  }
  if (kind != CredentialKind::initial_access_token && document.attribute("max_registrations"))
    document.add({Code::invalid_value, "max_registrations", "only an initial_access_token has one"});
  if (kind != CredentialKind::initial_access_token && document.has_relationship("roles"))
    document.add({Code::invalid_value, "roles", "only an initial_access_token has them"});
}

PublicKeyProof read_key(Document& document) {
  const auto* given = document.attribute("key");
  if (!given || given->is_null()) {
    document.add({Code::required, "key"});
    return {};
  }
  auto key = security::PublicKey::from_jwk(*given);
  if (!key) {
    document.add({Code::invalid_value, "key", key.error()});
    return {};
  }
  auto kid = given->value("kid", key->thumbprint());
  return {{key->jwk(kid)}, key->thumbprint()};
}

KeySetProof read_key_set(Document& document) {
  auto url = document.text("url", parse_url).value_or("");
  if (url.empty()) document.add({Code::required, "url"});
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("HTTPS://"))
    document.add({Code::invalid_url, "url", "it must begin with https://"});
  return {std::move(url)};
}

CertificateProof read_certificate(Document& document) {
  auto read = [](std::string_view text) -> std::expected<security::Certificate, Problem> {
    auto certificate = security::Certificate::from_pem(text);
    if (!certificate)
      return std::unexpected(Problem{Code::invalid_value, "certificate", certificate.error()});
    if (!certificate->is_good_at(system_now()))
      return std::unexpected(Problem{Code::invalid_value, "certificate", "it is over, or not good yet"});
    return std::move(*certificate);
  };
  auto certificate = document.text("certificate", read);
  if (certificate) return {certificate->base64(), certificate->thumbprint()};
  if (!document.attribute("certificate")) document.add({Code::required, "certificate"});
  return {};
}

CertificateNameProof read_certificate_name(Document& document) {
  auto type = document.word("name_type", certificate_name_type_named,
                            "names are subject_dn, san_dns, san_uri, san_ip and san_email");
  if (!type && !document.attribute("name_type")) document.add({Code::required, "name_type"});
  if (!document.attribute("name")) document.add({Code::required, "name"});
  auto read = [&](std::string_view text) -> std::expected<std::string, Problem> {
    auto name = security::certificate_name(type.value_or(CertificateNameType::san_uri), text);
    if (!name) return std::unexpected(Problem{Code::invalid_value, "name", name.error()});
    return std::move(*name);
  };
  auto name = document.text("name", read);
  return {type.value_or(CertificateNameType::subject_dn), name.value_or("")};
}

InitialAccessProof read_initial_access(Document& document) {
  InitialAccessProof proof;
  proof.roles = value_or_empty(document.ids<RoleId>("roles"));
  auto most = document.number("max_registrations", kRegistrations);
  if (most && *most) proof.max_registrations = static_cast<std::uint64_t>(**most);
  return proof;
}

}  // namespace

const ResourceSpec kCredentials{"credentials", "What an account proves itself with", kCredentialAttributes,
                                kCredentialRelationships};

Awaitable<Response> list_credentials(Call& call) {
  auto owner = enter(call, Operation::view);
  if (!owner) co_return std::move(owner.error());
  auto prefix = credential_prefix(owner->id);
  auto to_credential = [&call, owner = *owner, skip = prefix.size()](const Reader& reader,
                                                                     std::string_view key, std::string_view) {
    return load_credential(call.services, reader, owner, id_from_bytes<CredentialId>(key.substr(skip)))
        .value()
        .resource;
  };
  co_return co_await reply_list(call, kCredentials, rows_of(View::credentials, prefix, to_credential),
                                include_accounts(call));
}

Awaitable<Response> read_credential(Call& call) {
  auto owner = enter(call, Operation::view);
  if (!owner) co_return std::move(owner.error());
  auto load_it = [&](const Reader& reader) {
    auto id = path_id<CredentialId>(call, 1);
    return id ? load_credential(call.services, reader, *owner, *id) : std::nullopt;
  };
  co_return reply_resource(call, kCredentials, load_it, include_accounts(call));
}

Awaitable<Response> issue_credential(Call& call) {
  auto owner = enter(call, Operation::edit);
  if (!owner) co_return std::move(owner.error());
  auto document = Document::read(call.request, kCredentials, {});
  if (!document) co_return std::move(document.error());
  IssueCredential command;
  command.holder = owner->kind;
  command.account = owner->id;
  command.label = unless_empty(read_label(*document));
  command.expires_at = document->time("expires_at").value_or(std::nullopt);
  auto kind =
      document->word("kind", credential_kind_named,
                     "it is client_secret, public_key, key_set, certificate or certificate_name; of a "
                     "user access_token, initial_access_token or sign_in_link");
  if (kind) check_only(*document, *kind);
  FreshSecret secret;
  if (kind && !secret_prefix_of(*kind).empty()) secret = make_secret(call.services.digester, *kind);
  if (kind == CredentialKind::public_key) {
    command.proof = read_key(*document);
  } else if (kind == CredentialKind::key_set) {
    command.proof = read_key_set(*document);
  } else if (kind == CredentialKind::certificate) {
    command.proof = read_certificate(*document);
  } else if (kind == CredentialKind::certificate_name) {
    command.proof = read_certificate_name(*document);
  } else if (kind == CredentialKind::initial_access_token) {
    auto initial = read_initial_access(*document);
    initial.digest = secret.kept.digest;
    initial.hint = secret.kept.hint;
    command.proof = std::move(initial);
  } else if (kind) {
    command.proof = MadeSecret{*kind, secret.kept.digest, secret.kept.hint};
  }
  command.problems = document->take_problems();
  auto name = kind ? meta_name_of(*kind) : std::string_view();
  auto render = render_credential(call, *owner, 201, meta_text_of(call.services, secret), name);
  co_return co_await run_command(call, std::move(command), std::move(render));
}

Awaitable<Response> rotate_secret(Call& call) {
  auto owner = enter(call, Operation::edit);
  if (!owner) co_return std::move(owner.error());
  auto id = path_id<CredentialId>(call, 1);
  if (!id) co_return reply_not_found();
  RotateSecret command;
  command.account = owner->id;
  command.replaced = *id;
  command.overlap = kDefaultOverlap;
  auto document = Document::read_or_empty(call.request, kRotation);
  if (!document) co_return std::move(document.error());
  command.label = unless_empty(read_label(*document));
  command.expires_at = document->time("expires_at").value_or(std::nullopt);
  auto overlap = document->number("overlap_seconds", kRotationOverlaps);
  if (overlap && *overlap) command.overlap = **overlap;
  command.problems = document->take_problems();
  auto secret = make_secret(call.services.digester, CredentialKind::client_secret);
  command.digest = secret.kept.digest;
  command.hint = secret.kept.hint;
  auto render = render_credential(call, *owner, 201, secret.text);
  co_return co_await run_command(call, std::move(command), std::move(render));
}

Awaitable<Response> change_credential(Call& call) {
  auto owner = enter(call, Operation::edit);
  if (!owner) co_return std::move(owner.error());
  auto id = path_id<CredentialId>(call, 1);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, kCredentials, call.parameters[1]);
  if (!document) co_return std::move(document.error());
  ChangeCredential command;
  command.id = *id;
  command.holder = owner->kind;
  command.account = owner->id;
  command.label = read_label(*document);
  command.expires_at = document->time("expires_at");
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_credential(call, *owner, 200));
}

Awaitable<Response> revoke_credential(Call& call) {
  auto owner = enter(call, Operation::edit);
  if (!owner) co_return std::move(owner.error());
  auto id = path_id<CredentialId>(call, 1);
  if (!id) co_return reply_not_found();
  RevokeCredential revoke;
  revoke.id = *id;
  revoke.holder = owner->kind;
  revoke.account = owner->id;
  Command command = std::move(revoke);
  co_return co_await run_command(call, std::move(command), render_deleted());
}

}  // namespace byline::http
