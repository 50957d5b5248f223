#include "domain/text.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kOrganizationAttributes[] = {
    {"name", R"({"type":"string","minLength":1,"maxLength":200})", Writes::always},
    {"plan", R"({"type":"string","enum":["standard","enterprise"]})", Writes::always},
    {"max_secret_days",
     R"({"type":["integer","null"],"minimum":1,"maximum":3650,"description":"days that a client secret issued from now on may be good for; without end where it is null"})",
     Writes::always},
    kCreatedAt,
    kCreatedBy,
    kLastUpdatedAt,
    kLastUpdatedBy,
    kVersion,
};

/// Only the caller's own organization is ever looked at.
std::optional<LoadedResource> load_organization(const Reader& reader, const OrganizationId& id) {
  auto byline = find_byline(reader, {SubjectKind::organization, id});  // before the row: see reader.hpp
  auto row = find_organization(reader, id);
  if (!row || !byline) return std::nullopt;
  Resource resource;
  resource.type = kOrganizations.type;
  resource.id = to_string(id);
  resource.self = admin_path(resource.type, resource.id);
  resource.attributes = {{"name", row->name},
                         {"plan", std::string(name_of(row->plan))},
                         {"max_secret_days", number_or_null(row->max_secret_days)}};
  sign(resource, reader, id, *byline);
  resource.attributes.emplace_back("version", std::int64_t{byline->version.value});
  return LoadedResource{std::move(resource), byline->version};
}

}  // namespace

const ResourceSpec kOrganizations{
    "organizations", "The organization whose records are protected", kOrganizationAttributes, {}};

Awaitable<Response> list_organizations(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto id = call.organization();
  auto to_organization = [id](const Reader& reader, std::string_view, std::string_view) {
    return load_organization(reader, id).value().resource;
  };
  co_return co_await reply_list(call, kOrganizations,
                                rows_of(View::organizations, organization_key(id), to_organization));
}

Awaitable<Response> read_organization(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) {
    auto id = path_id<OrganizationId>(call);
    return id == call.organization() ? load_organization(reader, *id) : std::nullopt;
  };
  co_return reply_resource(call, kOrganizations, load_it);
}

Awaitable<Response> change_organization(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::edit)) co_return std::move(*refused);
  auto id = path_id<OrganizationId>(call);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, kOrganizations, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  ChangeOrganization command;
  command.id = *id;
  command.name = document->text("name", parse_name);
  command.plan = document->word("plan", plan_named, "plans are standard and enterprise");
  command.max_secret_days = document->number("max_secret_days", kSecretAges);
  command.problems = document->take_problems();
  auto load_it = [](const Reader& reader, const Subject& subject) {
    return load_organization(reader, subject.as<OrganizationId>());
  };
  co_return co_await run_command(call, std::move(command), render_resource(load_it, 200));
}

}  // namespace byline::http
