#include "domain/text.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/account_resource.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kTeamAttributes[] = {
    {"name", R"({"type":"string","minLength":1,"maxLength":200})", Writes::always, true},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};
constexpr RelationshipSpec kTeamRelationships[] = {{"members", {"accounts"}, true, Writes::always}};

std::optional<LoadedResource> load_team(const Reader& reader, const OrganizationId& organization,
                                        const TeamId& id) {
  auto byline = find_byline(reader, {SubjectKind::team, id});  // before the row: see reader.hpp
  auto row = find_team(reader, organization, id);
  if (!row || !byline) return std::nullopt;
  Resource resource;
  resource.type = kTeams.type;
  resource.id = to_string(id);
  resource.self = admin_path(resource.type, resource.id);
  resource.attributes = {{"name", row->name}};
  sign(resource, reader, organization, *byline);
  resource.attributes.emplace_back("version", std::int64_t{byline->version.value});
  resource.relationships = {to_many("members", "accounts", row->members)};
  return LoadedResource{std::move(resource), byline->version};
}

RenderCommitted render_team(const Call& call, unsigned status) {
  auto load_it = [organization = call.organization()](const Reader& reader, const Subject& subject) {
    return load_team(reader, organization, subject.as<TeamId>());
  };
  return render_resource(load_it, status);
}

}  // namespace

const ResourceSpec kTeams{"teams", "Accounts that access lists can name together", kTeamAttributes,
                          kTeamRelationships};

Awaitable<Response> list_teams(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::view)) co_return std::move(*refused);
  auto organization = call.organization();
  auto prefix = team_prefix(organization);
  auto to_team = [organization, skip = prefix.size()](const Reader& reader, std::string_view key,
                                                      std::string_view) {
    return load_team(reader, organization, id_from_bytes<TeamId>(key.substr(skip))).value().resource;
  };
  co_return co_await reply_list(call, kTeams, rows_of(View::teams, prefix, to_team), include_accounts(call));
}

Awaitable<Response> read_team(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<TeamId>(call);
    return id ? load_team(reader, call.organization(), *id) : std::nullopt;
  };
  co_return reply_resource(call, kTeams, load_it, include_accounts(call));
}

Awaitable<Response> create_team(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::create)) co_return std::move(*refused);
  auto document = Document::read(call.request, kTeams, {});
  if (!document) co_return std::move(document.error());
  CreateTeam command;
  command.name = value_or_empty(document->text("name", parse_name));
  command.members = value_or_empty(document->ids<AccountId>("members"));
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_team(call, 201));
}

Awaitable<Response> change_team(Call& call) {
  if (auto refused = require(call, Area::admin_users, Operation::edit)) co_return std::move(*refused);
  auto id = path_id<TeamId>(call);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, kTeams, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  ChangeTeam command;
  command.id = *id;
  command.name = document->text("name", parse_name);
  command.members = document->ids<AccountId>("members");
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_team(call, 200));
}

Awaitable<Response> delete_team(Call& call) { return delete_resource<DeleteTeam>(call, Area::admin_users); }

}  // namespace byline::http
