#include "domain/text.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/fresh_secret.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/role_resource.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kUserAttributes[] = {
    {"name", R"({"type":"string","minLength":1,"maxLength":200})", Writes::always, true},
    {"email", R"({"type":"string","format":"email","maxLength":254})", Writes::always, true},
    {"status", R"({"type":"string","enum":["active","deactivated"]})", Writes::always},
    {"first_sign_in",
     R"({"type":["string","null"],"enum":["access_token","link",null],"description":"what a new user is given: an access token without an end, which is what you get where you say nothing, or a link to choose a password by, good for 72 hours"})",
     Writes::at_creation},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};
constexpr RelationshipSpec kUserRelationships[] = {{"roles", {"roles"}, true, Writes::always, true}};

std::optional<LoadedResource> load_user(const Reader& reader, const OrganizationId& organization,
                                        const AccountId& id) {
  auto byline = find_byline(reader, {SubjectKind::user, id});  // before the row: see reader.hpp
  auto row = find_account(reader, organization, id);
  if (!row || !byline || row->kind != SubjectKind::user || row->is_gone()) {
    return std::nullopt;
  }
  Resource resource;
  resource.type = kUsers.type;
  resource.id = to_string(id);
  resource.self = admin_path(resource.type, resource.id);
  resource.attributes = {
      {"name", row->name}, {"email", row->email}, {"status", std::string(name_of(row->status))}};
  sign(resource, reader, organization, *byline);
  resource.attributes.emplace_back("version", std::int64_t{byline->version.value});
  resource.relationships = {roles_relationship(row->roles)};
  return LoadedResource{std::move(resource), byline->version};
}

/// What a new user comes in by is told once.
RenderCommitted render_user(const Call& call, unsigned status, std::string_view told_as = {},
                            std::string secret = {}) {
  auto load_it = [organization = call.organization(), told_as, secret = std::move(secret)](
                     const Reader& reader, const Subject& subject) {
    auto loaded = load_user(reader, organization, subject.as<AccountId>());
    if (loaded && !secret.empty()) {
      loaded->meta = [told_as, secret](JsonWriter& json) { json.member(told_as, std::string_view(secret)); };
    }
    return loaded;
  };
  return render_resource(load_it, status);
}

std::optional<CredentialKind> first_sign_in_named(std::string_view word) {
  if (word == "access_token") return CredentialKind::access_token;
  return word == "link" ? std::optional(CredentialKind::sign_in_link) : std::nullopt;
}

}  // namespace

const ResourceSpec kUsers{"users", "A person who administers Byline or works with records", kUserAttributes,
                          kUserRelationships};

Awaitable<Response> list_users(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::view)) co_return std::move(*refused);
  auto organization = call.organization();
  auto prefix = user_index_prefix(organization);
  auto to_user = [organization, skip = prefix.size()](const Reader& reader, std::string_view key,
                                                      std::string_view) {
    return load_user(reader, organization, id_from_bytes<AccountId>(key.substr(skip))).value().resource;
  };
  co_return co_await reply_list(call, kUsers, rows_of(View::accounts, prefix, to_user), include_roles(call));
}

Awaitable<Response> read_user(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<AccountId>(call);
    return id ? load_user(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kUsers, load_it, include_roles(call));
}

Awaitable<Response> create_user(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::create)) co_return std::move(*refused);
  auto document = Document::read(call.request, kUsers, {});
  if (!document) co_return std::move(document.error());
  CreateUser command;
  auto first = document->word("first_sign_in", first_sign_in_named, "it is access_token or link")
                   .value_or(CredentialKind::access_token);
  auto secret = make_secret(call.services.digester, first);
  command.first = secret.kept;
  command.name = value_or_empty(document->text("name", parse_account_name));
  command.email = value_or_empty(document->text("email", parse_email));
  command.roles = value_or_empty(document->ids<RoleId>("roles"));
  if (document->active() == false) document->add({Code::invalid_value, "status", "a new user is active"});
  command.problems = document->take_problems();
  auto render = render_user(call, 201, meta_name_of(first), meta_text_of(call.services, secret));
  co_return co_await run_command(call, std::move(command), std::move(render));
}

Awaitable<Response> change_user(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::edit)) co_return std::move(*refused);
  auto id = path_id<AccountId>(call);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, kUsers, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  ChangeUser command;
  command.id = *id;
  command.name = document->text("name", parse_account_name);
  command.email = document->text("email", parse_email);
  command.roles = document->ids<RoleId>("roles");
  command.active = document->active();
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_user(call, 200));
}

Awaitable<Response> delete_user(Call& call) { return delete_resource<DeleteUser>(call, Area::admin_users); }

}  // namespace byline::http
