#include "engine/batch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "domain/limits.hpp"
#include "engine/clock.hpp"
#include "engine/database_reader.hpp"
#include "engine/ids.hpp"
#include "engine/record_schema.hpp"
#include "events/codec.hpp"
#include "projections/records.hpp"

namespace byline {
namespace {

/// What decides who may do what, and so ends what I/O threads remember of it.
struct AffectsAccess {
  bool operator()(const OrganizationPlanChanged&) const { return true; }
  bool operator()(const UserRolesChanged&) const { return true; }
  bool operator()(const UserDeactivated&) const { return true; }
  bool operator()(const UserReactivated&) const { return true; }
  bool operator()(const UserDeleted&) const { return true; }
  bool operator()(const RolePermissionsChanged&) const { return true; }
  bool operator()(const RoleDeleted&) const { return true; }
  bool operator()(const ApplicationRolesChanged&) const { return true; }
  bool operator()(const ApplicationDeactivated&) const { return true; }
  bool operator()(const ApplicationReactivated&) const { return true; }
  bool operator()(const ApplicationDeleted&) const { return true; }
  bool operator()(const TeamCreated&) const { return true; }
  bool operator()(const TeamMembersChanged&) const { return true; }
  bool operator()(const TeamDeleted&) const { return true; }

  bool operator()(const OrganizationCreated&) const { return false; }
  bool operator()(const OrganizationRenamed&) const { return false; }
  bool operator()(const UserCreated&) const { return false; }
  bool operator()(const UserRenamed&) const { return false; }
  bool operator()(const UserEmailChanged&) const { return false; }
  bool operator()(const RoleCreated&) const { return false; }
  bool operator()(const RoleRenamed&) const { return false; }
  bool operator()(const ApplicationRegistered&) const { return false; }
  bool operator()(const ApplicationRenamed&) const { return false; }
  bool operator()(const ApplicationEmailChanged&) const { return false; }
  bool operator()(const ApplicationUrlChanged&) const { return false; }
  bool operator()(const ApplicationDescriptionChanged&) const { return false; }
  bool operator()(const ClientSecretIssued&) const { return false; }
  bool operator()(const AccessTokenIssued&) const { return false; }
  bool operator()(const RecordCreated&) const { return false; }
  bool operator()(const RecordUpdated&) const { return false; }
  // What a record or a collection asks for is read with it.
  bool operator()(const RecordAssigned&) const { return false; }
  bool operator()(const RecordAccessListChanged&) const { return false; }
  bool operator()(const RecordDeleted&) const { return false; }
  bool operator()(const TeamRenamed&) const { return false; }
  bool operator()(const CollectionCreated&) const { return false; }
  bool operator()(const CollectionPermissionsChanged&) const { return false; }
  bool operator()(const CollectionSchemaChanged&) const { return false; }
  bool operator()(const CollectionDeleted&) const { return false; }
};

/// Not an answer to keep: with the right it can be asked again.
bool is_refused_for_rights(const Outcome& outcome) {
  const auto* refused = std::get_if<Rejection>(&outcome);
  return refused && std::ranges::any_of(refused->problems, [](const Problem& problem) {
           return problem.code == Code::permission_missing || problem.code == Code::account_inactive ||
                  problem.code == Code::api_not_licensed || problem.code == Code::role_exceeds_giver;
         });
}

/// Gives ids to what is created without one.
void assign_ids(Command& command, Time now) {
  auto assign = [now]<class I>(I& id) {
    if (id.is_nil()) id = new_id<I>(now);
  };
  if (auto* user = std::get_if<CreateUser>(&command)) {
    assign(user->id);
    assign(user->credential);
  } else if (auto* role = std::get_if<CreateRole>(&command)) {
    assign(role->id);
  } else if (auto* application = std::get_if<RegisterApplication>(&command)) {
    assign(application->id);
    assign(application->credential);
  } else if (auto* record = std::get_if<CreateRecord>(&command)) {
    assign(record->id);
  } else if (auto* team = std::get_if<CreateTeam>(&command)) {
    assign(team->id);
  } else if (auto* collection = std::get_if<CreateCollection>(&command)) {
    assign(collection->id);
  }
}

}  // namespace

Batch::Batch(std::shared_ptr<Database> database, State& state)
    : database_(std::move(database)), state_(state), expected_tail_(state.tail()) {
  rows_.reserve(kViewCount);
  for (std::size_t i = 0; i < kViewCount; ++i) {
    rows_.emplace_back(database_->rocks(), database_->rows(static_cast<View>(i)), writes_);
  }
}

Outcome Batch::decide(Submission& submission) {
  // Every commit has a time of its own, and ids made of it are in the log's order whatever the clock does.
  auto now = std::max(system_now(), Time{state_.last_at().micros + 1});
  std::string key;
  if (submission.keyed) {
    key = answer_key(submission.context.actor, *submission.keyed);
    if (auto kept = find_answer(submission, key, now)) return std::move(*kept);
  }
  assign_ids(submission.command, now);
  Decision decision;
  try {
    narrow(submission.context, submission.command);
    decision =
        std::visit([&](const auto& command) { return byline::decide(state_, submission.context, command); },
                   submission.command);
  } catch (const std::exception& error) {  // nothing was changed yet: the others go on
    spdlog::error("a command could not be decided: {}", error.what());
    return Unavailable{"an error of its own, which was logged"};
  }

  Outcome outcome = Rejection{};
  if (decision) {
    outcome = record(submission, std::move(*decision), now);
  } else {
    outcome = std::move(decision.error());
  }
  if (submission.keyed && !is_refused_for_rights(outcome)) {
    auto bytes = submission.render(outcome, *this);
    answers_[key] = write_answer(*submission.keyed, now, bytes);
    outcome = Repeated{std::move(bytes)};
  }
  return outcome;
}

std::optional<Outcome> Batch::find_answer(const Submission& submission, const std::string& key, Time now) {
  std::string row;
  if (auto found = answers_.find(key); found != answers_.end()) {
    row = found->second;
  } else if (auto status = database_->rocks().Get({}, database_->answers(), key, &row); status.IsNotFound()) {
    return std::nullopt;
  } else if (!status.ok()) {
    throw std::runtime_error("kept answers cannot be read: " + status.ToString());
  }
  auto kept = read_answer(row, now);
  if (!kept) return std::nullopt;
  if (kept->fingerprint != submission.keyed->fingerprint) {
    return Rejection{{Problem{Code::idempotency_key_reused, {}, {}}}};
  }
  return Repeated{std::move(kept->bytes)};
}

/// What only the rows at the tail can say about a record: see ChangeRecord; and whether it fits its schema.
void Batch::narrow(const Context& context, Command& command) const {
  if (auto* create = std::get_if<CreateRecord>(&command)) {
    return check_schema(context, create->collection, create->attributes.text, create->problems);
  }
  auto* change = std::get_if<ChangeRecord>(&command);
  if (!change) return;
  if (!may_change(state_, context, *change)) return;  // deciding says why
  auto current = find_record(*this, context.organization, change->collection, change->id);
  if (!current) return;
  auto merged = merge_attributes(*current, change->attributes.text);
  change->attributes.text = std::move(merged.changed);
  change->resulting_bytes = merged.merged.size();
  if (change->attributes != JsonText{})
    check_schema(context, change->collection, merged.merged, change->problems);
}

void Batch::check_schema(const Context& context, std::string_view collection, std::string_view attributes,
                         std::vector<Problem>& problems) const {
  if (find_default_collection(collection) || attributes.size() > kMaxRecordBytes) return;
  auto id = own_collection_at(*this, context.organization, collection);
  auto row = id ? find_own_collection(*this, context.organization, *id) : std::nullopt;
  if (!row || !row->schema) return;
  auto found = schema_of_text(row->schema->text).check(attributes);
  problems.insert(problems.end(), found.begin(), found.end());
}

Committed Batch::record(const Submission& submission, std::vector<NewEvent> events, Time now) {
  Committed committed{state_.tail(), subject_of(submission.command), {}};
  if (events.empty()) return committed;
  LogEntry entry;
  entry.commit = {{state_.tail().value + 1}, static_cast<std::uint32_t>(events.size())};
  entry.organization = submission.context.organization;
  entry.actor = submission.context.actor;
  entry.at = now;
  entry.command = new_id<CommandId>(now);
  entry.correlation = submission.correlation;
  for (auto& event : events) {
    entry.position = {state_.tail().value + 1};
    entry.id = new_id<EventId>(now);
    entry.subject = event.subject;
    entry.version = {state_.version_of(event.subject).value + 1};
    entry.event = std::move(event.event);
    encode(entry, entries_.emplace_back());
    state_.evolve(entry);
    for (const auto* projection : projections()) projection->apply(entry, rows(projection->view()));
    changes_access_ = changes_access_ || std::visit(AffectsAccess{}, entry.event);
    if (entry.subject == committed.subject) committed.version = entry.version;
  }
  committed.position = state_.tail();
  return committed;
}

std::expected<void, AppendError> Batch::commit() {
  if (entries_.empty() && answers_.empty()) return {};
  for (auto& rows : rows_) rows.flush();
  for (const auto& [key, row] : answers_) writes_.Put(database_->answers(), key, row);
  auto states = database_->view_states();
  for (auto& view : states) view.checkpoint = state_.tail();
  database_->put_view_states(writes_, states);
  auto appended = database_->log().append(expected_tail_, entries_, writes_);
  if (appended) database_->adopt(states);
  return appended;
}

std::optional<std::string> Batch::get(View view, std::string_view key) const { return rows(view).get(key); }

std::unique_ptr<RowCursor> Batch::scan(View view, std::string_view prefix, std::string_view start,
                                       Direction direction) const {
  // The cursor holds nothing of the reader but the database's iterator.
  return DatabaseReader(database_).scan(view, prefix, start, direction);
}

std::optional<LogEntry> Batch::entry(Position position) const {
  return DatabaseReader(database_).entry(position);
}

}  // namespace byline
