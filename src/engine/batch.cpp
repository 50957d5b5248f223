#include "engine/batch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

#include "domain/limits.hpp"
#include "engine/clock.hpp"
#include "engine/database_reader.hpp"
#include "engine/ids.hpp"
#include "engine/record_schema.hpp"
#include "events/about.hpp"
#include "events/codec.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"
#include "projections/records.hpp"

namespace byline {
namespace {

template <class... Facts>
bool is_any_of(const Event& event) {
  return (std::holds_alternative<Facts>(event) || ...);
}

/// Whether it leaves alone who may do what, who may come in, and by which name. What does not ends what I/O
/// threads remember of that; so a new event that is forgotten here costs time and nothing else. What a record
/// or a collection asks for is read with it.
bool leaves_access_alone(const Event& event) {
  return is_any_of<
      OrganizationCreated, OrganizationRenamed, OrganizationSecretAgeChanged, UserCreated, UserEmailChanged,
      RoleCreated, RoleRenamed, ApplicationRegistered, ApplicationEmailChanged, ApplicationUrlChanged,
      ApplicationDescriptionChanged, ApplicationOwnerChanged, ApplicationTagsChanged, ClientSecretIssued,
      AccessTokenIssued, PublicKeyRegistered, KeySetRegistered, CredentialRelabelled, CredentialUsed,
      EndedCredentialPresented, AuthenticationsFailed, AccessRefused, TokensIssued, CertificateRegistered,
      CertificateNameRegistered, InitialAccessTokenIssued, RegistrationAccessTokenIssued, PasswordSet,
      TotpRegistered, SessionStarted, SignInLinkIssued, ExternalIdentityLinked, RecordCreated, RecordUpdated,
      RecordAssigned, RecordAccessListChanged, RecordDeleted, TeamRenamed, CollectionCreated,
      CollectionPermissionsChanged, CollectionSchemaChanged, CollectionDeleted, RebuildStarted,
      RebuildFinished, RebuildCancelled, RebuildFailed, ProjectionStalled, ProjectionVerified>(event);
}

/// Not an answer to keep: with the right it can be asked again.
bool is_refused_for_rights(const Outcome& outcome) {
  const auto* refused = std::get_if<Rejection>(&outcome);
  return refused && std::ranges::any_of(refused->problems, [](const Problem& problem) {
           return problem.code == Code::permission_missing || problem.code == Code::account_inactive ||
                  problem.code == Code::api_not_licensed || problem.code == Code::role_exceeds_giver;
         });
}

bool opens_credential(const Event& event) {
  return std::visit([]<class Fact>(const Fact&) { return OpensCredential<Fact>; }, event);
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
    for (auto& credential : application->credentials) assign(credential.id);
  } else if (auto* registration = std::get_if<ChangeRegistration>(&command)) {
    for (auto& key : registration->keys) assign(key.id);
  } else if (auto* password = std::get_if<SetPassword>(&command)) {
    assign(password->id);
  } else if (auto* totp = std::get_if<RegisterTotp>(&command)) {
    assign(totp->id);
  } else if (auto* session = std::get_if<StartSession>(&command)) {
    assign(session->identity_id);
    assign(session->id);
  } else if (auto* record = std::get_if<CreateRecord>(&command)) {
    assign(record->id);
  } else if (auto* team = std::get_if<CreateTeam>(&command)) {
    assign(team->id);
  } else if (auto* collection = std::get_if<CreateCollection>(&command)) {
    assign(collection->id);
  } else if (auto* issue = std::get_if<IssueCredential>(&command)) {
    assign(issue->id);
  } else if (auto* rotation = std::get_if<RotateSecret>(&command)) {
    assign(rotation->id);
  } else if (auto* key = std::get_if<CreateSigningKey>(&command)) {
    assign(key->id);
  } else if (auto* checkpoint_key = std::get_if<CreateCheckpointKey>(&command)) {
    assign(checkpoint_key->id);
  }
}

}  // namespace

Batch::Batch(std::shared_ptr<Database> database, State& state, TreeEdge& edge)
    : database_(std::move(database)),
      state_(state),
      edge_(edge),
      expected_tail_(state.tail()),
      keys_(database_->subject_keys()) {
  const auto& views = database_->views();
  rows_.reserve(views.size());
  folded_.reserve(views.size());
  for (auto view : views.views()) {
    rows_.emplace_back(database_->rocks(), database_->rows(view), writes_);
    folded_.push_back(database_->is_live(view));
  }
  readable_ = folded_;
  stalls_.resize(views.size());
}

Outcome Batch::decide(Submission& submission) {
  // Every commit has a time of its own, and ids made of it are in the log's order whatever the clock does.
  auto now = std::max(system_now(), Time{state_.last_at().micros + 1});
  std::string key;
  if (submission.keyed) {
    key = answer_key(submission.context.actor, *submission.keyed);
    if (auto kept = find_answer(submission, key, now)) return std::move(*kept);
  }
  submission.context.now = now;
  assign_ids(submission.command, now);
  Decision decision;
  try {
    complete(submission.context, submission.command);
    decision =
        std::visit([&](const auto& command) { return byline::decide(state_, submission.context, command); },
                   submission.command);
    if (decision) {
      check_rows_at_hand(submission.context, *decision);
      check_keys_at_hand(*decision);
    }
  } catch (const ViewUnavailable& error) {
    return Unavailable{.reason = "a view that this needs cannot be read at the moment", .view = error.view()};
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
    keep_answer(submission, key, now, outcome);
  }
  return outcome;
}

/// The outcome becomes the answer that is kept. Where none can be made, none is.
void Batch::keep_answer(const Submission& submission, const std::string& key, Time now, Outcome& outcome) {
  try {
    auto bytes = submission.render(outcome, *this);
    answers_[key] = write_answer(*submission.keyed, now, bytes);
    outcome = Repeated{std::move(bytes)};
  } catch (const std::exception& error) {
    spdlog::error("an answer could not be kept: {}", error.what());
  }
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

/// Adds what only the rows at the tail can say: about a record, see ChangeRecord, and whether it fits its
/// schema; about a credential, see CredentialState.
void Batch::complete(const Context& context, Command& command) const {
  auto now = context.now;
  if (auto* issue = std::get_if<IssueCredential>(&command)) {
    issue->held = count_credentials(issue->account, now);
  } else if (auto* rotate = std::get_if<RotateSecret>(&command)) {
    rotate->current = credential_state(rotate->account, rotate->replaced);
    rotate->held = count_credentials(rotate->account, now);
  } else if (auto* adjust = std::get_if<ChangeCredential>(&command)) {
    adjust->current = credential_state(adjust->account, adjust->id);
  } else if (auto* revoke = std::get_if<RevokeCredential>(&command)) {
    revoke->current = credential_state(revoke->account, revoke->id);
  } else if (auto* token = std::get_if<RevokeToken>(&command)) {
    token->revoked = is_revoked(*this, token->id);
  } else if (auto* application = std::get_if<RegisterApplication>(&command)) {
    if (application->initial_access)
      application->grant = registration_grant(context.actor, *application->initial_access, now);
  } else if (auto* registration = std::get_if<ChangeRegistration>(&command)) {
    registration->held = held_credentials(registration->id, now);
  } else if (auto* password = std::get_if<SetPassword>(&command)) {
    password->held = held_credentials(password->account, now);
  } else if (auto* deletion = std::get_if<DeleteUser>(&command)) {
    deletion->held = held_credentials(deletion->id, now);
  } else if (auto* totp = std::get_if<RegisterTotp>(&command)) {
    totp->held = held_credentials(totp->account, now);
  } else if (auto* erasure = std::get_if<EraseSubject>(&command)) {
    erasure->target = erasure_target(context, *erasure);
  } else if (auto* session = std::get_if<StartSession>(&command)) {
    session->held = held_credentials(session->account, now);
    if (const auto& identity = session->identity) {
      auto linked = find_external_identity(*this, identity->issuer, identity->name);
      if (linked) session->linked_to = linked->row.account;
    }
  } else {
    complete_record(context, command);
  }
}

namespace {

/// See HeldCredential.
std::string fingerprint_of(const CredentialRow& row) {
  if (row.name_type) return std::string(name_of(*row.name_type)) + ":" + *row.name;
  if (row.issuer) return *row.issuer;
  return row.thumbprint.value_or(row.url.value_or(""));
}

}  // namespace

/// In the order in which they were issued, those of this very batch included.
std::vector<HeldCredential> Batch::held_credentials(const AccountId& account, Time now) const {
  std::vector<HeldCredential> held;
  for (const auto& [id, row] : live_credentials(*this, account))
    held.push_back({id, row.kind, row.is_over(now), fingerprint_of(row)});
  return held;
}

/// Sessions have a bound of their own.
std::size_t Batch::count_credentials(const AccountId& account, Time now) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(held_credentials(account, now),
                            [](const HeldCredential& held) { return held.kind != CredentialKind::session; }));
}

std::optional<RegistrationGrant> Batch::registration_grant(const AccountId& account, const CredentialId& id,
                                                           Time now) const {
  auto row = find_credential(*this, account, id);
  if (!row || row->kind != CredentialKind::initial_access_token) return std::nullopt;
  bool is_used_up = row->max_registrations && row->registrations >= *row->max_registrations;
  return RegistrationGrant{row->roles, !row->is_over(now) && !is_used_up};
}

std::optional<CredentialState> Batch::credential_state(const AccountId& account,
                                                       const CredentialId& id) const {
  auto row = find_credential(*this, account, id);
  auto byline = find_byline(*this, {SubjectKind::credential, id});
  if (!row || !byline) return std::nullopt;
  return CredentialState{row->account,
                         row->kind,
                         row->label.value_or(""),
                         row->expires_at,
                         row->revoked_at.has_value(),
                         byline->created_at,
                         byline->version};
}

/// The state knows most subjects' versions, and the rows those of the others.
Version Batch::version_of(const OrganizationId& organization, const Subject& subject,
                          const Event& next) const {
  switch (subject.kind) {
    case SubjectKind::credential:
    case SubjectKind::credential_use:
    case SubjectKind::signing_key:
    case SubjectKind::sign_in:
    case SubjectKind::access:
    case SubjectKind::token: {
      if (std::holds_alternative<CredentialErased>(next)) break;
      bool is_first = is_any_of<SigningKeyCreated, TokenRevoked>(next) || opens_credential(next);
      auto byline = is_first ? std::nullopt : find_byline(*this, subject);
      return byline ? byline->version : Version{};
    }
    default:
      if (erases_data(next)) break;
      return state_.version_of(subject);
  }
  // Of what is at its end only the log still knows.
  auto last = find_last_entry(*this, organization, subject);
  return last ? last->version : Version{};
}

/// What the log knows of somebody, or of a record, that is to be erased.
ErasureTarget Batch::erasure_target(const Context& context, const EraseSubject& command) const {
  ErasureTarget target;
  auto last = find_last_entry(*this, context.organization, command.subject());
  if (!last) return target;
  target.is_known = true;
  target.is_over = ends_subject(last->event);
  target.is_erased = erases_data(last->event);
  if (const auto* collection = collection_of(last->event)) target.collection = *collection;
  if (command.kind == SubjectKind::record) return target;
  AccountId account{command.id.bytes};
  target.held = held_credentials(account, context.now);
  auto prefix = credential_prefix(account);
  for (auto row = scan(View::credentials, prefix, {}, Direction::forward); row->valid(); row->next())
    target.credentials.push_back(id_from_bytes<CredentialId>(row->key().substr(prefix.size())));
  return target;
}

void Batch::complete_record(const Context& context, Command& command) const {
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

/// After it there is no row of the credential, and what was last seen of it, beside the log, must go too.
bool Batch::ends_credential_row(const LogEntry& entry) const {
  if (std::holds_alternative<CredentialErased>(entry.event)) return true;
  const auto* revoked = std::get_if<CredentialRevoked>(&entry.event);
  auto row =
      revoked ? find_credential(*this, revoked->account, entry.subject.as<CredentialId>()) : std::nullopt;
  return row && is_of_sign_in(row->kind);
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
  entry.credential = submission.context.credential;
  for (auto& event : events) {
    entry.position = {state_.tail().value + 1};
    entry.id = new_id<EventId>(now);
    entry.subject = event.subject;
    entry.version = {version_of(entry.organization, event.subject, event.event).value + 1};
    entry.event = std::move(event.event);
    if (erases_data(entry.event)) {
      keys_.destroy(data_owner(entry).value());
      database_->note_erasure(writes_, entry.position);
      erases_ = true;
    }
    if (ends_credential_row(entry)) writes_.Delete(database_->usage(), std::string(entry.subject.id_view()));
    encode(entry, entries_.emplace_back(), database_->has_key() ? &keys_ : nullptr);
    state_.evolve(entry);
    fold(entry);
    changes_access_ = changes_access_ || !leaves_access_alone(entry.event);
    changes_keys_ = changes_keys_ || entry.subject.kind == SubjectKind::signing_key;
    if (const auto* rebuild = std::get_if<RebuildStarted>(&entry.event)) rebuilds_.push_back(*rebuild);
    if (const auto* over = std::get_if<RebuildCancelled>(&entry.event)) cancelled_.push_back(over->job);
    if (entry.subject == committed.subject) committed.version = entry.version;
    last_positions_[byline_key(entry.subject)] = entry.position;
  }
  for (std::size_t i = 0; i < readable_.size(); ++i) readable_[i] = readable_[i] && !stalls_[i];
  committed.position = state_.tail();
  return committed;
}

/// Into every view that is live. One that cannot goes no further; within this commit it can still be read, so
/// that the commit is whole.
void Batch::fold(const LogEntry& entry) {
  for (const auto* projection : database_->views()) {
    auto index = static_cast<std::size_t>(projection->view());
    if (!folded_[index] || stalls_[index]) continue;
    try {
      projection->apply(entry, rows_[index]);
    } catch (const std::exception& error) {
      stalls_[index] = Stall{entry.position, error.what()};
    }
  }
}

BatchRows& Batch::rows(View view) const {
  auto index = static_cast<std::size_t>(view);
  if (!readable_[index]) throw ViewUnavailable(view, database_->views().name_of(view));
  return rows_[index];
}

/// Reads what `record` will read, before anything is changed: once it is at work it must not stop.
void Batch::check_rows_at_hand(const Context& context, const std::vector<NewEvent>& events) const {
  if (std::ranges::find(readable_, false) == readable_.end()) return;
  for (const auto& event : events) {
    (void)version_of(context.organization, event.subject, event.event);
    if (const auto* revoked = std::get_if<CredentialRevoked>(&event.event))
      (void)find_credential(*this, revoked->account, event.subject.as<CredentialId>());
  }
}

/// Likewise opens the keys that `record` will seal with.
void Batch::check_keys_at_hand(const std::vector<NewEvent>& events) const {
  if (!database_->has_key()) return;
  for (const auto& event : events) {
    if (!has_personal_fields(event.event)) continue;
    auto owner = data_owner(event.subject, event.event);
    if (!owner || !keys_.is_locked(*owner)) continue;
    throw std::runtime_error("the key of the personal data of " + to_string(Id<void>{owner->id}) +
                             " cannot be opened: it is damaged, or sealed by another key-encryption key");
  }
}

std::expected<void, AppendError> Batch::commit() {
  if (entries_.empty() && answers_.empty()) return {};
  auto states = database_->view_states();
  std::vector<BatchRows::Changes> changes(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!folded_[i]) continue;
    if (stalls_[i]) {
      rows_[i].discard();
      states[i].stall = stalls_[i];
    } else {
      changes[i] = rows_[i].flush();
      states[i].checkpoint = state_.tail();
    }
  }
  auto store_tile = database_->tree().into(writes_);
  for (const auto& entry : entries_) edge_.add(entry, store_tile);
  for (const auto& [key, row] : answers_) writes_.Put(database_->answers(), key, row);
  database_->put_view_states(writes_, states);
  auto appended = database_->log().append(expected_tail_, entries_, keys_.changes(), writes_);
  if (!appended) return appended;
  database_->adopt(states);
  // Who reads a row reads its byline with it: both of one moment, or neither.
  auto bylines = static_cast<std::size_t>(View::bylines);
  if (folded_[bylines] && !stalls_[bylines])
    changed_rows_ = std::make_shared<const CommittedRows>(std::move(changes));
  return appended;
}

std::optional<std::string> Batch::get(View view, std::string_view key) const { return rows(view).get(key); }

namespace {

/// Rows in memory, in their order.
class SortedRows final : public RowCursor {
 public:
  explicit SortedRows(std::vector<std::pair<std::string, std::string>> rows) : rows_(std::move(rows)) {}
  bool valid() const override { return at_ < rows_.size(); }
  void next() override { ++at_; }
  std::string_view key() const override { return rows_[at_].first; }
  std::string_view value() const override { return rows_[at_].second; }

 private:
  std::vector<std::pair<std::string, std::string>> rows_;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<RowCursor> Batch::scan(View view, std::string_view prefix, std::string_view start,
                                       Direction direction) const {
  auto changed = rows(view).changes_under(prefix);
  // The cursor holds nothing of the reader but the database's iterator.
  auto on_disk = DatabaseReader(database_).scan(view, prefix, start, direction);
  if (changed.empty()) return on_disk;
  std::map<std::string, std::string> merged;
  for (; on_disk->valid(); on_disk->next()) merged.emplace(on_disk->key(), on_disk->value());
  bool forward = direction == Direction::forward;
  for (auto& [key, value] : changed) {
    if (!start.empty() && (forward ? key < start : key > start)) continue;
    if (value) {
      merged.insert_or_assign(key, std::move(*value));
    } else {
      merged.erase(key);
    }
  }
  std::vector<std::pair<std::string, std::string>> found(merged.begin(), merged.end());
  if (!forward) std::ranges::reverse(found);
  return std::make_unique<SortedRows>(std::move(found));
}

std::optional<LogEntry> Batch::unindexed_entry_of(const Subject& subject) const {
  auto found = last_positions_.find(byline_key(subject));
  return found == last_positions_.end() ? std::nullopt : entry(found->second);
}

std::optional<LogEntry> Batch::entry(Position position) const {
  if (position <= expected_tail_) return DatabaseReader(database_).entry(position);
  auto place = position.value - expected_tail_.value - 1;
  if (place >= entries_.size()) return std::nullopt;
  return decode(entries_[place], &keys_).value();
}

}  // namespace byline
