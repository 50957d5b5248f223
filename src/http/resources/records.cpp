#include <algorithm>

#include "domain/limits.hpp"
#include "engine/visible_records.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/reply.hpp"
#include "http/resources/account_resource.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/records.hpp"

namespace byline::http {
namespace {

using CollectionPtr = std::shared_ptr<const Collection>;

constexpr AttributeSpec kRecordAttributes[] = {kCreatedAt, kCreatedBy, kLastUpdatedAt, kLastUpdatedBy};
constexpr RelationshipSpec kRecordRelationships[] = {
    {"assignee", {"accounts"}, false, Writes::always},
    {"access_list", {"accounts", "teams"}, true, Writes::always},
    {"created_by_account", {"accounts"}},
    {"last_updated_by_account", {"accounts"}},
};

/// The collection's own description: the same for all, but for its type. The collection outlives it.
ResourceSpec spec_of(const Collection& collection) {
  return {collection.name, kRecords.summary, kRecordAttributes, kRecordRelationships, true};
}

void note_uses(const Call& call, const Collection& collection, Operation operation, Level needed) {
  auto permissions = permissions_needed(collection, operation, needed);
  call.uses.insert(call.uses.end(), permissions.begin(), permissions.end());
}

std::expected<CollectionPtr, Response> collection_in_path(const Call& call, const Reader& reader) {
  auto collection =
      find_collection(reader, call.organization(), collection_key(call.parameters[0], call.parameters[1]));
  if (!collection)
    return std::unexpected(reply_error({404, "not_found", "There is no such collection.", {}, {}, {}}));
  return collection;
}

/// The collection in the path, where the caller may do this to some of its records at least.
std::expected<CollectionPtr, Response> enter_collection(const Call& call, Operation operation) {
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  auto collection = collection_in_path(call, *reader);
  if (!collection) return collection;
  auto permitted = permit_in(**collection, operation, call.principal.access);
  if (!permitted) return std::unexpected(reply_rejection(permitted.error(), nullptr));
  return collection;
}

/// A record in the path that the caller may see, and may do this to.
struct Entered {
  CollectionPtr collection;
  RecordId id;
};
std::expected<Entered, Response> enter_record(const Call& call, const Reader& reader, Operation operation) {
  auto collection = collection_in_path(call, reader);
  if (!collection) return std::unexpected(std::move(collection.error()));
  auto id = path_id<RecordId>(call, 2);
  auto access = id ? find_record_access(reader, call.organization(), **collection, *id) : std::nullopt;
  std::optional<Level> needed;
  if (access) needed = level_needed(*access, call.principal);
  auto permitted = permit(**collection, operation, call.principal.access, needed);
  if (permitted) note_uses(call, **collection, operation, *needed);
  // What is repeated under its key has its answer, though the record is gone or closed by now.
  bool may_be_repeated = id && operation != Operation::view && is_keyed(call.request);
  if (!permitted && !may_be_repeated) return std::unexpected(reply_rejection(permitted.error(), nullptr));
  return Entered{std::move(*collection), *id};
}

/// The same before a command, which is asked again when it is decided: here it spares reading what is refused
/// anyway.
std::expected<Entered, Response> enter_to_write(const Call& call, Operation operation) {
  auto reader = call.services.engine.reader();
  if (!reader) return std::unexpected(reply_unavailable("the storage is being opened"));
  return enter_record(call, *reader, operation);
}

Resource to_resource(const Reader& reader, const OrganizationId& organization, const Collection& collection,
                     const RecordId& id, std::string own_json, const Byline& byline,
                     const AccessRow& access) {
  Resource resource;
  resource.type = collection.name;
  resource.id = to_string(id);
  resource.self = "/" + collection.key + "/" + resource.id;
  resource.own_json = std::move(own_json);
  sign(resource, reader, organization, byline);
  auto list = to_many("access_list", "accounts", access.accounts);
  for (const auto& team : access.teams) list.to.push_back({kTeams.type, to_string(team)});
  resource.relationships = {
      to_one("assignee", "accounts", access.assignee), std::move(list),
      to_one("created_by_account", "accounts", std::optional(byline.created_by)),
      to_one("last_updated_by_account", "accounts", std::optional(byline.last_updated_by))};
  return resource;
}

/// `access` is read where it is not known yet.
std::optional<LoadedResource> load_record(const Reader& reader, const OrganizationId& organization,
                                          const Collection& collection, const RecordId& id,
                                          std::optional<AccessRow> access = {}) {
  auto byline = find_byline(reader, {SubjectKind::record, id});  // before the rows: see reader.hpp
  auto row = find_record(reader, organization, collection.key, id);
  if (!row || !byline) return std::nullopt;
  if (!access) access = find_access(reader, organization, id).value_or(AccessRow{});
  return LoadedResource{to_resource(reader, organization, collection, id, std::move(*row), *byline, *access),
                        byline->version};
}

RenderCommitted render_record(const Call& call, const CollectionPtr& collection, unsigned status) {
  auto load_it = [organization = call.organization(), collection](const Reader& reader,
                                                                  const Subject& subject) {
    return load_record(reader, organization, *collection, subject.as<RecordId>());
  };
  return render_resource(load_it, status);
}

/// Members whose names a record cannot have: JSON:API 1.1 §7.2.2 and our own.
void check_own_names(Document& document) {
  for (const char* reserved : {"id", "type", "links", "relationships"}) {
    if (document.attribute(reserved)) document.add({Code::read_only, "attributes/" + std::string(reserved)});
  }
  for (const auto& relationship : kRecordRelationships) {
    if (document.attribute(relationship.name))
      document.add({Code::read_only, "attributes/" + std::string(relationship.name)});
  }
}

std::optional<std::vector<Grantee>> read_access_list(Document& document) {
  auto identifiers = document.identifiers("access_list");
  if (!identifiers) return std::nullopt;
  std::vector<Grantee> grantees;
  for (const auto& [type, id] : *identifiers) {
    if (type == kTeams.type) {
      grantees.emplace_back(TeamId{id.bytes});
    } else {
      grantees.emplace_back(AccountId{id.bytes});
    }
  }
  return grantees;
}

/// The records of a collection that the caller may see. A key is a record's, as the records view has it.
class VisibleSource final : public ResourceSource {
 public:
  /// `needed` becomes the highest level that one of them was seen by.
  VisibleSource(const Reader& reader, const Principal& principal, const Collection& collection,
                const std::string& start, Direction direction, Level& needed)
      : reader_(reader),
        principal_(principal),
        collection_(collection),
        needed_(needed),
        prefix_(record_prefix(principal.organization, collection.key)),
        ids_(records_within_reach(
            reader, principal, collection, reach_in(collection, Operation::view, principal.access),
            // A cursor made elsewhere must not lead out of what this caller may see.
            start.starts_with(prefix_) ? std::string_view(start).substr(prefix_.size()) : std::string_view(),
            direction)) {}

  Step next(std::string& key, Resource& resource) override {
    if (!ids_.valid()) return Step::end;
    key = prefix_ + std::string(ids_.id());
    auto id = id_from_bytes<RecordId>(ids_.id());
    auto access = find_access(reader_, principal_.organization, id).value_or(AccessRow{});
    needed_ = std::max(needed_, level_needed(to_record_access(access), principal_));
    resource = load_record(reader_, principal_.organization, collection_, id, access).value().resource;
    ids_.next();
    return Step::found;
  }

 private:
  const Reader& reader_;
  const Principal& principal_;
  const Collection& collection_;
  Level& needed_;
  const std::string prefix_;
  IdCursor ids_;
};

}  // namespace

const ResourceSpec kRecords{"records", "A record of the organization, with attributes of the caller's own",
                            kRecordAttributes, kRecordRelationships, true};

Awaitable<Response> list_records(Call& call) {
  auto collection = enter_collection(call, Operation::view);
  if (!collection) co_return std::move(collection.error());
  auto needed = Level::assignments;
  auto spec = spec_of(**collection);
  auto open = [&](const Reader& reader, const std::string& start, Direction direction) {
    return std::make_unique<VisibleSource>(reader, call.principal, **collection, start, direction, needed);
  };
  auto response = co_await reply_list(call, spec, open, include_accounts(call));
  note_uses(call, **collection, Operation::view, needed);
  co_return response;
}

Awaitable<Response> read_record(Call& call) {
  // Whether it may be seen and what it holds are of one moment: it may be closed and filled in one.
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto entered = enter_record(call, *reader, Operation::view);
  if (!entered) co_return std::move(entered.error());
  auto load_it = [&](const Reader& same) {
    return load_record(same, call.organization(), *entered->collection, entered->id);
  };
  co_return reply_resource(call, spec_of(*entered->collection), load_it, include_accounts(call), *reader);
}

Awaitable<Response> create_record(Call& call) {
  auto collection = enter_collection(call, Operation::create);
  if (!collection) co_return std::move(collection.error());
  note_uses(call, **collection, Operation::create, Level::assignments);
  auto document = Document::read(call.request, spec_of(**collection), {});
  if (!document) co_return std::move(document.error());
  check_own_names(*document);
  CreateRecord command;
  command.collection = (*collection)->key;
  command.attributes.text = document->own_attributes();
  command.assignee = document->id<AccountId>("assignee").value_or(std::nullopt);
  command.access_list = value_or_empty(read_access_list(*document));
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_record(call, *collection, 201));
}

Awaitable<Response> change_record(Call& call) {
  auto entered = enter_to_write(call, Operation::edit);
  if (!entered) co_return std::move(entered.error());
  auto document = Document::read(call.request, spec_of(*entered->collection), call.parameters[2]);
  if (!document) co_return std::move(document.error());
  check_own_names(*document);
  ChangeRecord command;
  command.id = entered->id;
  command.collection = entered->collection->key;
  command.attributes.text = document->own_attributes();
  if (command.attributes.text.size() > kMaxRecordBytes)
    co_return reply_rejection(Rejection{{record_too_large()}}, call.route->resource);
  command.assignee = document->id<AccountId>("assignee");
  command.access_list = read_access_list(*document);
  command.problems = document->take_problems();
  co_return co_await run_command(call, std::move(command), render_record(call, entered->collection, 200));
}

Awaitable<Response> delete_record(Call& call) {
  auto entered = enter_to_write(call, Operation::remove);
  if (!entered) co_return std::move(entered.error());
  Command command = DeleteRecord{entered->id, entered->collection->key};
  co_return co_await run_command(call, std::move(command), render_deleted());
}

}  // namespace byline::http
