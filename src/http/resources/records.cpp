#include <algorithm>

#include "domain/collection.hpp"
#include "domain/limits.hpp"
#include "domain/rules.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/reply.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/records.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kAttributes[] = {kCreatedAt, kCreatedBy, kLastUpdatedAt, kLastUpdatedBy};
constexpr RelationshipSpec kRelationships[] = {{"created_by_account", "accounts"},
                                               {"last_updated_by_account", "accounts"}};

/// The collection's own description: the same for all, but for its type.
ResourceSpec spec_of(const Collection& collection) {
  return {collection.name, kRecords.summary, kAttributes, kRelationships, true};
}

const Collection* collection_of(const Call& call) {
  return find_collection(call.parameters[0], call.parameters[1]);
}

Response reply_no_collection() {
  return reply_error({404, "not_found", "There is no such collection.", {}, {}, {}});
}

/// Where the caller may not do this to any record of the collection, the answer is a refusal.
std::optional<Response> require_in(const Call& call, const Collection& collection, Operation operation) {
  auto missing = missing_permissions(collection, operation, call.principal.access);
  if (missing.empty()) return std::nullopt;
  return reply_rejection(Rejection{std::move(missing)}, nullptr);
}

bool sees_records(const Call& call, const Collection& collection) {
  return reaches_records(level_in(collection, Operation::view, call.principal.access));
}

Resource to_resource(const Reader& reader, const OrganizationId& organization, const Collection& collection,
                     const RecordId& id, std::string own_json, const Byline& byline) {
  Resource resource;
  resource.type = collection.name;
  resource.id = to_string(id);
  resource.self = "/" + std::string(collection.key) + "/" + resource.id;
  resource.own_json = std::move(own_json);
  sign(resource, reader, organization, byline);
  resource.relationships = {
      {"created_by_account", "accounts", false, {to_string(byline.created_by)}},
      {"last_updated_by_account", "accounts", false, {to_string(byline.last_updated_by)}}};
  return resource;
}

std::optional<LoadedResource> load(const Reader& reader, const OrganizationId& organization,
                                   const Collection& collection, const RecordId& id) {
  auto byline = find_byline(reader, {SubjectKind::record, id});  // before the row: see reader.hpp
  auto row = find_record(reader, organization, collection.key, id);
  if (!row || !byline) return std::nullopt;
  return LoadedResource{to_resource(reader, organization, collection, id, std::move(*row), *byline),
                        byline->version};
}

/// The accounts behind the signatures: as much of them as a signature tells.
IncludeResources include_accounts(const Call& call) {
  return [organization = call.organization()](const Reader& reader, const ResourceQuery& query,
                                              std::span<const Resource> resources) {
    std::vector<std::string> seen;
    std::vector<Resource> included;
    for (const auto& resource : resources) {
      for (const auto& relationship : resource.relationships) {
        const auto& id = relationship.ids.front();
        bool wanted = std::ranges::find(query.include, relationship.name) != query.include.end();
        if (!wanted || std::ranges::find(seen, id) != seen.end()) continue;
        seen.push_back(id);
        auto account = find_account(reader, organization, *parse_id<AccountId>(id));
        if (!account) continue;
        Resource shown;
        shown.type = "accounts";
        shown.id = id;
        shown.attributes = {{"name", account->name},
                            {"kind", std::string(name_of(account->kind))},
                            {"status", std::string(name_of(account->status))}};
        included.push_back(std::move(shown));
      }
    }
    return included;
  };
}

RenderCommitted render_record(const Call& call, const Collection& collection, unsigned status) {
  auto load_it = [organization = call.organization(), &collection](const Reader& reader,
                                                                   const Subject& subject) {
    return load(reader, organization, collection, subject.as<RecordId>());
  };
  return render_resource(load_it, status);
}

/// Members whose names a record cannot have: JSON:API 1.1 §7.2.2 and our own.
void check_own_names(Document& document) {
  for (const char* reserved :
       {"id", "type", "links", "relationships", "created_by_account", "last_updated_by_account"}) {
    if (document.attribute(reserved))
      document.add({Code::read_only, "attributes/" + std::string(reserved), {}});
  }
}

}  // namespace

const ResourceSpec kRecords{"records", "A record of the organization, with attributes of the caller's own",
                            kAttributes, kRelationships, true};

Awaitable<Response> list_records(Call& call) {
  const auto* collection = collection_of(call);
  if (!collection) co_return reply_no_collection();
  if (auto refused = require_in(call, *collection, Operation::view)) co_return std::move(*refused);
  auto organization = call.organization();
  auto prefix = record_prefix(organization, collection->key);
  auto to_record = [organization, collection, skip = prefix.size()](
                       const Reader& reader, std::string_view key, std::string_view value) {
    auto id = id_from_bytes<RecordId>(key.substr(skip));
    auto byline = find_byline(reader, {SubjectKind::record, id});
    return to_resource(reader, organization, *collection, id, std::string(value), byline.value());
  };
  auto spec = spec_of(*collection);
  auto open = sees_records(call, *collection) ? rows_of(View::records, prefix, to_record) : nothing();
  co_return co_await reply_list(call, spec, std::move(open), include_accounts(call));
}

Awaitable<Response> read_record(Call& call) {
  const auto* collection = collection_of(call);
  if (!collection) co_return reply_no_collection();
  if (auto refused = require_in(call, *collection, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call, collection](const Reader& reader) {
    auto id = path_id<RecordId>(call, 2);
    bool sees = id && sees_records(call, *collection);
    return sees ? load(reader, call.organization(), *collection, *id) : std::nullopt;
  };
  co_return reply_resource(call, spec_of(*collection), load_it, include_accounts(call));
}

Awaitable<Response> create_record(Call& call) {
  const auto* collection = collection_of(call);
  if (!collection) co_return reply_no_collection();
  if (auto refused = require_in(call, *collection, Operation::create)) co_return std::move(*refused);
  auto document = Document::read(call.request, spec_of(*collection), {});
  if (!document) co_return std::move(document.error());
  check_own_names(*document);
  CreateRecord command;
  command.collection = collection;
  command.attributes.text = document->own_attributes();
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_record(call, *collection, 201));
}

Awaitable<Response> change_record(Call& call) {
  const auto* collection = collection_of(call);
  if (!collection) co_return reply_no_collection();
  if (auto refused = require_in(call, *collection, Operation::edit)) co_return std::move(*refused);
  auto id = path_id<RecordId>(call, 2);
  if (!id) co_return reply_not_found();
  auto document = Document::read(call.request, spec_of(*collection), call.parameters[2]);
  if (!document) co_return std::move(document.error());
  check_own_names(*document);
  ChangeRecord command;
  command.id = *id;
  command.collection = collection;
  command.attributes.text = document->own_attributes();
  if (command.attributes.text.size() > kMaxRecordBytes)
    co_return reply_rejection(Rejection{{record_too_large()}}, call.route->resource);
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_record(call, *collection, 200));
}

Awaitable<Response> delete_record(Call& call) {
  const auto* collection = collection_of(call);
  if (!collection) co_return reply_no_collection();
  if (auto refused = require_in(call, *collection, Operation::remove)) co_return std::move(*refused);
  auto id = path_id<RecordId>(call, 2);
  if (!id) co_return reply_not_found();
  co_return co_await run_command(call, DeleteRecord{*id, collection}, render_deleted());
}

}  // namespace byline::http
