#include <algorithm>

#include "domain/network.hpp"
#include "domain/text.hpp"
#include "engine/clock.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/fresh_secret.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/account_resource.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/role_resource.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kApplicationAttributes[] = {
    {"name", R"({"type":"string","minLength":1,"maxLength":200})", Writes::always, true},
    {"email", R"({"type":"string","format":"email","maxLength":254})", Writes::always, true},
    {"url", R"({"type":["string","null"],"format":"uri","maxLength":2048})", Writes::always},
    {"description", R"({"type":["string","null"],"maxLength":4000})", Writes::always},
    {"client_id", R"({"type":"string","format":"uuid"})"},
    {"status", R"({"type":"string","enum":["active","deactivated"]})", Writes::always},
    {"tags", R"({"type":"array","maxItems":50,"items":{"type":"string","minLength":1,"maxLength":50}})",
     Writes::always},
    {"expires_at",
     R"({"type":["string","null"],"format":"date-time","description":"when it is deactivated by itself"})",
     Writes::always},
    {"networks",
     R"({"type":"array","maxItems":100,"items":{"type":"string","examples":["192.0.2.0/24","2001:db8::/32"]},"description":"where it may come from; everywhere where there are none"})",
     Writes::always},
    {"token_lifetime",
     R"({"type":["integer","null"],"minimum":60,"maximum":86400,"description":"seconds that its access tokens are good for; 3600 where it is null"})",
     Writes::always},
    {"rate_limit",
     R"({"type":["integer","null"],"minimum":1,"maximum":1000000,"description":"requests a second; the service's own limit where it is null"})",
     Writes::always},
    {"attention",
     R"({"type":"array","items":{"type":"string","enum":["secret_expires_soon","secret_unused","expires_soon","without_owner","owner_inactive"]}})"},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};
constexpr RelationshipSpec kApplicationRelationships[] = {{"roles", {"roles"}, true, Writes::always, true},
                                                          {"owner", {"accounts"}, false, Writes::always}};

constexpr std::int64_t kMicrosPerDay = 24LL * 60 * 60 * 1'000'000;
constexpr std::int64_t kSoon = 30 * kMicrosPerDay;
constexpr std::int64_t kUnused = 90 * kMicrosPerDay;

/// What somebody should look at.
TextList attention_for(const Reader& reader, const OrganizationId& organization, const ApplicationRow& row,
                       Time now) {
  auto ends_soon = [now](const std::optional<Time>& end) {
    return end && *end > now && end->micros - now.micros < kSoon;
  };
  auto is_unused = [now](const SecretSummary& secret) {
    bool over = secret.expires_at && *secret.expires_at <= now;
    return !over && now.micros - secret.used_at.value_or(secret.issued_at).micros >= kUnused;
  };
  TextList words;
  if (std::ranges::any_of(row.secrets, ends_soon, &SecretSummary::expires_at))
    words.emplace_back("secret_expires_soon");
  if (std::ranges::any_of(row.secrets, is_unused)) words.emplace_back("secret_unused");
  if (row.status == AccountStatus::active && ends_soon(row.expires_at)) words.emplace_back("expires_soon");
  if (!row.owner) {
    words.emplace_back("without_owner");
  } else if (auto owner = find_account(reader, organization, *row.owner);
             !owner || owner->status != AccountStatus::active) {
    words.emplace_back("owner_inactive");
  }
  return words;
}

Resource to_resource(const Reader& reader, const OrganizationId& organization, const AccountId& id,
                     const ApplicationRow& row, const Byline& byline) {
  Resource resource;
  resource.type = kApplications.type;
  resource.id = to_string(id);
  resource.self = admin_path(resource.type, resource.id);
  resource.attributes = {{"name", row.name},
                         {"email", row.email},
                         {"url", text_or_null(row.url)},
                         {"description", text_or_null(row.description)},
                         {"client_id", resource.id},
                         {"status", std::string(name_of(row.status))},
                         {"tags", row.tags},
                         {"expires_at", time_or_null(row.expires_at)},
                         {"networks", row.networks},
                         {"token_lifetime", number_or_null(row.token_lifetime)},
                         {"rate_limit", number_or_null(row.rate_limit)},
                         {"attention", attention_for(reader, organization, row, system_now())}};
  sign(resource, reader, organization, byline);
  resource.attributes.emplace_back("version", std::int64_t{byline.version.value});
  resource.relationships = {roles_relationship(row.roles), to_one("owner", "accounts", row.owner)};
  return resource;
}

std::optional<LoadedResource> load_application(const Reader& reader, const OrganizationId& organization,
                                               const AccountId& id) {
  auto byline = find_byline(reader, {SubjectKind::application, id});  // before the row: see reader.hpp
  auto row = find_application(reader, organization, id);
  if (!row || !byline) return std::nullopt;
  return LoadedResource{to_resource(reader, organization, id, *row, *byline), byline->version};
}

ApplicationSettings read_settings(Document& document) {
  ApplicationSettings settings;
  settings.owner = document.id<AccountId>("owner");
  settings.tags = document.texts("tags", kMaxTagsOfApplication, parse_label);
  settings.expires_at = document.time("expires_at");
  settings.networks = document.texts("networks", kMaxNetworksOfApplication, parse_network_text);
  settings.token_lifetime = document.number("token_lifetime", kTokenLifetimes);
  settings.rate_limit = document.number("rate_limit", kRateLimits);
  return settings;
}

/// Roles as they are, the owner as everybody may see accounts.
IncludeResources include_related(const Call& call) {
  return [roles = include_roles(call), accounts = include_accounts(call)](
             const Reader& reader, const ResourceQuery& query, std::span<const Resource> resources) {
    std::vector<Resource> included;
    if (std::ranges::find(query.include, "roles") != query.include.end())
      included = roles(reader, query, resources);
    std::vector<Resource> owned;
    for (const auto& resource : resources) {
      Resource owner;
      for (const auto& relationship : resource.relationships) {
        if (relationship.name == "owner") owner.relationships.push_back(relationship);
      }
      owned.push_back(std::move(owner));
    }
    for (auto& account : accounts(reader, query, owned)) included.push_back(std::move(account));
    return included;
  };
}

/// Advice about what was saved: another application looks the same.
std::string warnings(const Reader& reader, const OrganizationId& organization, const AccountId& id,
                     const std::string& name) {
  auto other = find_lookalike(reader, organization, name, id);
  if (!other) return {};
  auto row = find_application(reader, organization, *other);
  if (!row) return {};
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  json.begin_object();
  json.member("code", "confusable_name");
  json.member("detail", std::string_view("Another application, \"" + row->name +
                                         "\", has a name that looks the same."));
  json.member("pointer", "/data/attributes/name");
  json.end_object();
  json.end_array();
  return text;
}

/// What is told once, after a command: the secret of a new application, and advice.
RenderCommitted render_application(const Call& call, unsigned status, std::string client_secret = {}) {
  auto load_with_meta = [organization = call.organization(), secret = std::move(client_secret)](
                            const Reader& reader, const Subject& subject) {
    auto id = subject.as<AccountId>();
    auto loaded = load_application(reader, organization, id);
    if (!loaded) return loaded;
    auto name = std::get<std::string>(ResourceValues(loaded->resource).at("name"));
    auto advice = warnings(reader, organization, id, name);
    if (secret.empty() && advice.empty()) return loaded;
    loaded->meta = [secret, advice](JsonWriter& json) {
      if (!secret.empty()) json.member("client_secret", std::string_view(secret));
      if (!advice.empty()) json.raw_member("warnings", advice);
    };
    return loaded;
  };
  return render_resource(load_with_meta, status);
}

}  // namespace

const ResourceSpec kApplications{"applications",
                                 "An outside program that may call the API, with roles of its own",
                                 kApplicationAttributes, kApplicationRelationships};

Awaitable<Response> list_applications(Call& call) {
  if (auto refused = require(call, Area::admin_applications, Operation::view)) co_return std::move(*refused);
  auto organization = call.organization();
  auto prefix = application_prefix(organization);
  auto to_application = [organization, skip = prefix.size()](const Reader& reader, std::string_view key,
                                                             std::string_view value) {
    auto id = id_from_bytes<AccountId>(key.substr(skip));
    auto byline = find_byline(reader, {SubjectKind::application, id});
    return to_resource(reader, organization, id, parse_application_row(value), byline.value());
  };
  co_return co_await reply_list(call, kApplications, rows_of(View::applications, prefix, to_application),
                                include_related(call));
}

Awaitable<Response> read_application(Call& call) {
  if (auto refused = require(call, Area::admin_applications, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<AccountId>(call);
    return id ? load_application(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kApplications, load_it, include_related(call));
}

Awaitable<Response> register_application(Call& call) {
  if (auto refused = require(call, Area::admin_applications, Operation::create))
    co_return std::move(*refused);
  auto document = Document::read(call.request, kApplications, {});
  if (!document) co_return std::move(document.error());
  auto secret = make_secret(call.services.digester, CredentialKind::client_secret);
  RegisterApplication command;
  command.credentials.push_back({{}, secret.kept});
  command.name = value_or_empty(document->text("name", parse_account_name));
  command.email = value_or_empty(document->text("email", parse_email));
  command.roles = value_or_empty(document->ids<RoleId>("roles"));
  command.url = document->clearable_text("url", parse_url);
  command.description = document->clearable_text("description", parse_description);
  if (document->active() == false)
    document->add({Code::invalid_value, "status", "a new application is active"});
  command.settings = read_settings(*document);
  command.problems = document->take_problems();
  auto render = render_application(call, 201, secret.text);
  co_return co_await run_command(call, std::move(command), std::move(render));
}

Awaitable<Response> change_application(Call& call) {
  if (auto refused = require(call, Area::admin_applications, Operation::edit)) co_return std::move(*refused);
  auto id = path_id<AccountId>(call);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, kApplications, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  ChangeApplication command;
  command.id = *id;
  command.name = document->text("name", parse_account_name);
  command.email = document->text("email", parse_email);
  command.roles = document->ids<RoleId>("roles");
  command.url = document->clearable_text("url", parse_url);
  command.description = document->clearable_text("description", parse_description);
  command.active = document->active();
  command.settings = read_settings(*document);
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_application(call, 200));
}

Awaitable<Response> delete_application(Call& call) {
  return delete_resource<DeleteApplication>(call, Area::admin_applications);
}

}  // namespace byline::http
