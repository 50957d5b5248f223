#include "domain/random_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "domain/example.hpp"
#include "projections/bylines.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

// Few of each, so that commands meet.
constexpr std::size_t kAddresses = 24;
constexpr std::size_t kRoleNames = 8;

}  // namespace

std::vector<std::string> RandomHistory::addresses() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kAddresses; ++i) all.push_back("a" + std::to_string(i) + "@example.org");
  return all;
}

std::vector<std::string> RandomHistory::role_names() {
  std::vector<std::string> all = {"Admin", "intake worker"};
  for (std::size_t i = 0; i < kRoleNames; ++i)
    all.push_back((i % 2 ? "ROLE " : "Role ") + std::to_string(i / 2));
  return all;
}

RandomHistory::RandomHistory(std::uint32_t seed) : random_(seed) {
  for (int i = 0; i < 2; ++i) {
    auto id = fresh(organizations);
    FoundOrganization command{.id = id, .name = "Organization"};
    for (auto& role : command.roles) role = fresh(roles);
    command.administrator = fresh(accounts);
    command.credential = numbered_id<CredentialId>(next_id_++);
    command.administrator_name = "First";
    command.administrator_email = email("first" + std::to_string(i) + "@example.org");
    run({kSystemAccount, id, {}}, command);
  }
  fresh(accounts);
  fresh(roles);  // one of each that exists nowhere
  fresh(records);
  fresh(teams);
  fresh(collections);
  fresh(credentials);
  fresh(keys);
}

template <class I>
I RandomHistory::fresh(std::vector<I>& known) {
  known.push_back(numbered_id<I>(next_id_++));
  return known.back();
}

// Mostly something that is there, or nothing much would happen.
AccountId RandomHistory::some_account() {
  auto id = any(accounts);
  for (int tries = 0; tries < 20 && !state_.find_account(id); ++tries) id = any(accounts);
  return chance(5) ? any(accounts) : id;
}
RoleId RandomHistory::some_role() {
  auto id = any(roles);
  for (int tries = 0; tries < 20 && !state_.find_role(id); ++tries) id = any(roles);
  return chance(5) ? any(roles) : id;
}
RecordId RandomHistory::some_record() {
  auto id = any(records);
  for (int tries = 0; tries < 20 && !state_.find_record(id); ++tries) id = any(records);
  return chance(5) ? any(records) : id;
}

// Ids are never used again, but one that is in use may be named once more.
AccountId RandomHistory::new_account() {
  const auto taken = any(accounts);
  return chance(5) && state_.find_account(taken) ? taken : fresh(accounts);
}
RoleId RandomHistory::new_role() {
  const auto taken = any(roles);
  return chance(5) && state_.find_role(taken) ? taken : fresh(roles);
}
RecordId RandomHistory::new_record() {
  const auto taken = any(records);
  return chance(5) && state_.find_record(taken) ? taken : fresh(records);
}

std::vector<RoleId> RandomHistory::some_roles(const OrganizationId& organization) {
  std::vector<RoleId> chosen;
  for (auto count = random_() % 4; count > 0; --count) {
    auto id = some_role();
    for (int tries = 0; tries < 5 && chance(90); ++tries) {
      const auto* role = state_.find_role(id);
      if (role && role->organization == organization) break;
      id = some_role();
    }
    chosen.push_back(id);
  }
  // Administrators come and go.
  if (chance(25)) chosen.push_back(state_.find_organization(organization)->administrator_role);
  return chosen;
}

std::vector<AccountId> RandomHistory::some_accounts() {
  std::vector<AccountId> chosen;
  for (auto count = random_() % 4; count > 0; --count) chosen.push_back(some_account());
  return chosen;
}

std::vector<Grantee> RandomHistory::some_grantees() {
  std::vector<Grantee> chosen;
  for (auto count = 1 + random_() % 3; count > 0; --count) {
    if (chance(50)) {
      chosen.emplace_back(some_account());
    } else {
      chosen.emplace_back(any(teams));
    }
  }
  return chosen;
}

std::string RandomHistory::some_collection() {
  if (chance(20)) return "own/c" + std::to_string(random_() % 4);
  auto defaults = default_collections();
  return defaults[random_() % defaults.size()].key;
}

RequiredPermissions RandomHistory::some_requirements() {
  auto areas = [this] {
    std::vector<Area> chosen;
    if (chance(90)) chosen.push_back(chance(95) ? Area::people : Area::admin_audit);
    if (chance(40)) chosen.push_back(chance(80) ? Area::intake : Area::people);
    return chosen;
  };
  return {areas(), areas(), areas(), areas()};
}

PermissionMatrix RandomHistory::some_permissions() {
  PermissionMatrix matrix;
  for (auto count = random_() % 5; count > 0; --count) {
    matrix.set(static_cast<Area>(random_() % kAreaCount), static_cast<Operation>(random_() % kOperationCount),
               chance(80) ? Level::all : static_cast<Level>(random_() % 4));
  }
  return matrix;
}

EmailAddress RandomHistory::some_email() {
  auto address = any(addresses());
  if (chance(30)) address[0] = 'A';
  return email(address);
}

AccountId RandomHistory::some_actor(const OrganizationId& organization) {
  if (chance(15)) return kSystemAccount;
  if (chance(15)) return any(accounts);
  // Mostly somebody who may do something, or nothing much would happen.
  const auto role = state_.find_organization(organization)->administrator_role;
  for (int tries = 0; tries < 400; ++tries) {
    const auto& id = any(accounts);
    const auto* account = state_.find_account(id);
    if (account && account->active && account->organization == organization &&
        state_.has_role(*account, role))
      return id;
  }
  return any(accounts);
}

Command RandomHistory::some_command(const OrganizationId& organization) {
  auto maybe = [this](auto value) { return chance(40) ? std::optional(value) : std::nullopt; };
  auto name = "Name " + std::to_string(random_() % 5);
  auto text = chance(30) ? std::string() : "https://" + std::to_string(random_() % 3) + ".example/";
  auto collection = some_collection();
  auto members = chance(20) ? JsonText{} : JsonText{R"({"a":)" + std::to_string(random_() % 100) + "}"};
  switch (random_() % 27) {
    case 0:
      return ChangeOrganization{.id = chance(90) ? organization : any(organizations),
                                .name = maybe(name),
                                .plan = maybe(chance(75) ? Plan::enterprise : Plan::standard)};
    case 1:
      return CreateUser{.id = new_account(),
                        .name = name,
                        .email = some_email(),
                        .roles = some_roles(organization),
                        .credential = numbered_id<CredentialId>(next_id_++)};
    case 2:
    case 3:
      return ChangeUser{.id = some_account(),
                        .name = maybe(name),
                        .email = maybe(some_email()),
                        .roles = maybe(some_roles(organization)),
                        .active = maybe(chance(60))};
    case 4:
      return DeleteUser{some_account()};
    case 5:
      return CreateRole{.id = new_role(),
                        .name = any(role_names()),
                        .permissions = maybe(some_permissions()),
                        .copied_from = maybe(some_role())};
    case 6:
      return ChangeRole{
          .id = some_role(), .name = maybe(any(role_names())), .permissions = maybe(some_permissions())};
    case 7:
      return DeleteRole{some_role()};
    case 8:
      return RegisterApplication{.id = new_account(),
                                 .credentials = {{fresh(credentials), some_proof()}},
                                 .name = name,
                                 .email = some_email(),
                                 .roles = some_roles(organization),
                                 .url = maybe(text),
                                 .description = maybe(text),
                                 .settings = some_settings()};
    case 9:
      return ChangeApplication{.id = some_account(),
                               .name = maybe(name),
                               .email = maybe(some_email()),
                               .roles = maybe(some_roles(organization)),
                               .url = maybe(text),
                               .description = maybe(text),
                               .active = maybe(chance(60)),
                               .settings = some_settings()};
    case 10:
      if (chance(50)) return DeleteApplication{some_account()};
      return DeleteRecord{.id = some_record(), .collection = collection};
    case 11:
      return CreateRecord{.id = new_record(),
                          .collection = collection,
                          .attributes = members,
                          .assignee = maybe(some_account()),
                          .access_list = chance(40) ? some_grantees() : std::vector<Grantee>()};
    case 12:
      return CreateTeam{.id = new_of(teams), .name = any(role_names()), .members = some_accounts()};
    case 13:
      if (chance(40)) return DeleteTeam{any(teams)};
      return ChangeTeam{
          .id = any(teams), .name = maybe(any(role_names())), .members = maybe(some_accounts())};
    case 14:
      if (chance(50)) return DeleteCollection{any(collections)};
      return CreateCollection{.id = new_of(collections),
                              .service = "own",
                              .name = "c" + std::to_string(random_() % 4),
                              .permissions = some_requirements(),
                              .schema = maybe(JsonText{})};
    case 15:
      return ChangeCollection{.id = any(collections),
                              .permissions = maybe(some_requirements()),
                              .schema = maybe(maybe(JsonText{R"({"type":"object"})"}))};
    case 16:
      return IssueCredential{.id = fresh(credentials),
                             .holder = chance(70) ? SubjectKind::application : SubjectKind::user,
                             .account = some_account(),
                             .proof = some_proof(),
                             .label = maybe(name),
                             .expires_at = maybe(some_time())};
    case 17:
      return RotateSecret{.id = fresh(credentials),
                          .account = some_holder(),
                          .replaced = last_used_credential_,
                          .digest = "4567",
                          .hint = "efgh",
                          .expires_at = maybe(some_time()),
                          .overlap = chance(30) ? 0 : 60,
                          .current = state_of(last_used_credential_)};
    case 18: {
      auto account = some_holder();
      return ChangeCredential{.id = last_used_credential_,
                              .account = account,
                              .label = maybe(name),
                              .expires_at = maybe(maybe(some_time())),
                              .current = state_of(last_used_credential_)};
    }
    case 19: {
      auto account = some_holder();
      return RevokeCredential{
          .id = last_used_credential_, .account = account, .current = state_of(last_used_credential_)};
    }
    case 20: {
      auto account = some_holder();
      if (chance(50)) return RevokeToken{new_token(), account, some_time()};
      return NoteCredentialUse{
          last_used_credential_, account, CredentialUsed{account, some_time(), "::1", 1}, {}};
    }
    case 21:
      if (chance(30)) return RevokeSigningKey{any(keys)};
      if (chance(20)) return CreateCheckpointKey{fresh(keys), "log.example.org+1234abcd+AQ==", "sealed"};
      return CreateSigningKey{
          .id = fresh(keys), .public_key = {"{}"}, .sealed_key = "", .use_from = some_time()};
    case 22: {
      auto account = acting_;
      auto held = held_by(account);
      if (chance(25))
        return ChangeRegistration{.id = account,
                                  .name = name,
                                  .email = some_email(),
                                  .keys = {{fresh(credentials), PublicKeyProof{{"{}"}, "thumbprint"}}},
                                  .has_secret = chance(50),
                                  .held = held};
      if (chance(25)) return RegisterTotp{.id = fresh(credentials), .account = account, .held = held};
      auto password = std::ranges::find(held, CredentialKind::password, &HeldCredential::kind);
      auto verified = password == held.end() ? std::nullopt : std::optional(password->id);
      if (chance(50))
        return SetPassword{.id = fresh(credentials), .account = account, .verified = verified, .held = held};
      return StartSession{.id = fresh(credentials),
                          .account = account,
                          .expires_at = some_time(),
                          .verified = verified,
                          .held = held};
    }
    case 23: {
      if (chance(40)) {
        auto record = any(records);
        return EraseSubject{
            SubjectKind::record, {record.bytes}, {}, target_of(organization, SubjectKind::record, record)};
      }
      auto account = any(accounts);
      auto kind = chance(50) ? SubjectKind::user : SubjectKind::application;
      return EraseSubject{kind, {account.bytes}, {}, target_of(organization, kind, account)};
    }
    default:
      if (chance(20)) return ExpireApplication{some_account()};
      if (chance(10)) {
        auto account = some_account();
        return NoteSeen{{SubjectKind::access, account}, AccessRefused{account, 1, {}, now(), "::1"}};
      }
      if (chance(10)) return NoteProjection{some_fact_of_a_view()};
      if (chance(5)) return StartRebuild{{{1}}, {"audit", "bylines"}, {}};
      if (chance(5)) return CancelRebuild{{{1}}, {"audit"}, {}};
      return ChangeRecord{.id = some_record(),
                          .collection = collection,
                          .attributes = members,
                          .resulting_bytes = members.text.size(),
                          .assignee = maybe(maybe(some_account())),
                          .access_list = maybe(chance(70) ? some_grantees() : std::vector<Grantee>())};
  }
}

Time RandomHistory::now() const { return {static_cast<std::int64_t>(state_.tail().value + 1) * 1'000}; }

NoteProjection::Fact RandomHistory::some_fact_of_a_view() {
  std::string view = chance(50) ? "bylines" : "audit";
  RebuildId job{{1}};
  switch (random_() % 5) {
    case 0:
      return RebuildStarted{view, job, {}};
    case 1:
      return RebuildFinished{view, job, state_.tail().value, 1, 2, chance(50)};
    case 2:
      return RebuildFailed{view, job, state_.tail().value, "a reason"};
    case 3:
      return ProjectionStalled{view, state_.tail().value, "a reason"};
    default:
      return ProjectionVerified{view, job, state_.tail().value, 1, chance(50), {}};
  }
}

/// Soon over, or soon to come.
Time RandomHistory::some_time() {
  return {now().micros + (static_cast<std::int64_t>(random_() % 1'000) - 50) * 1'000};
}

ApplicationSettings RandomHistory::some_settings() {
  auto maybe = [this](auto value) { return chance(15) ? std::optional(value) : std::nullopt; };
  auto either = [this](auto value) { return chance(70) ? std::optional(value) : std::nullopt; };
  auto texts = [this] {
    return std::vector<std::string>(random_() % 3, "t" + std::to_string(random_() % 2));
  };
  return {.owner = maybe(either(some_account())),
          .tags = maybe(texts()),
          .expires_at = maybe(either(some_time())),
          .networks = maybe(texts()),
          .token_lifetime = maybe(either(std::int64_t{600})),
          .rate_limit = maybe(either(std::int64_t{10}))};
}

CredentialProof RandomHistory::some_proof() {
  if (chance(20)) return PublicKeyProof{{"{}"}, "thumbprint"};
  if (chance(20)) return KeySetProof{"https://example.org/jwks"};
  return MadeSecret{chance(70) ? CredentialKind::client_secret : CredentialKind::access_token, "89ab",
                    "hint"};
}

/// The account of a credential, which becomes the last used one; mostly.
AccountId RandomHistory::some_holder() {
  last_used_credential_ = any(credentials);
  auto is_good = [&] {
    auto current = state_of(last_used_credential_);
    return current && !current->is_over(now()) && current->kind == CredentialKind::client_secret;
  };
  for (int tries = 0; tries < 100 && !is_good(); ++tries) last_used_credential_ = any(credentials);
  auto current = state_of(last_used_credential_);
  return current && chance(90) ? current->account : some_account();
}

std::optional<CredentialState> RandomHistory::state_of(const CredentialId& id) const {
  auto found = credential_states_.find(id);
  return found == credential_states_.end() ? std::nullopt : std::optional(found->second);
}

/// What the writer would find.
std::vector<HeldCredential> RandomHistory::held_by(const AccountId& account) const {
  std::vector<HeldCredential> held;
  for (const auto& [id, current] : credential_states_) {
    if (current.account == account && !current.revoked)
      held.push_back({id, current.kind, current.is_over(now()), {}});
  }
  return held;
}

template <class I>
ErasureTarget RandomHistory::target_of(const OrganizationId& organization, SubjectKind kind,
                                       const I& id) const {
  ErasureTarget target;
  Subject subject{kind, id};
  for (const auto& entry : log_) {
    if (entry.subject != subject || entry.organization != organization) continue;
    target.is_known = true;
    target.is_over = ends_subject(entry.event);
    target.is_erased = erases_data(entry.event);
    if (const auto* created = std::get_if<RecordCreated>(&entry.event))
      target.collection = created->collection;
  }
  if (!target.is_known || kind == SubjectKind::record) return target;
  AccountId account{id.bytes};
  target.held = held_by(account);
  for (const auto& [credential, current] : credential_states_) {
    bool has_row = !current.revoked || !is_of_sign_in(current.kind);
    if (current.account == account && has_row) target.credentials.push_back(credential);
  }
  return target;
}

/// As the rows of the credentials have it.
void RandomHistory::follow_credential(const LogEntry& entry) {
  auto& current = credential_states_[entry.subject.as<CredentialId>()];
  current.version = entry.version;
  auto open = [&]<class Fact>(const Fact& fact) {
    if constexpr (OpensCredential<Fact>) {
      current.account = fact.account;
      current.kind = Fact::kOpens;
      if constexpr (requires { fact.expires_at; }) current.expires_at = fact.expires_at;
    }
  };
  std::visit(open, entry.event);
  if (const auto* label = std::get_if<CredentialRelabelled>(&entry.event)) {
    current.label = label->label.value_or("");
  } else if (const auto* end = std::get_if<CredentialExpiryChanged>(&entry.event)) {
    current.expires_at = end->expires_at;
  } else if (std::holds_alternative<CredentialErased>(entry.event)) {
    credential_states_.erase(entry.subject.as<CredentialId>());
  } else if (std::holds_alternative<CredentialRevoked>(entry.event)) {
    current.revoked = true;
  }
}

void RandomHistory::step() {
  const auto organization = any(organizations);
  Context context{some_actor(organization), organization, {}};
  if (chance(10)) context.expected = Version{static_cast<std::uint32_t>(1 + random_() % 4)};
  if (chance(50)) context.credential_kind = CredentialKind::session;
  acting_ = context.actor;
  run(context, some_command(organization));
}

void RandomHistory::run(Context context, const Command& command) {
  context.now = now();
  auto decision = std::visit([&](const auto& asked) { return decide(state_, context, asked); }, command);
  if (!decision) {
    for (const auto& problem : decision.error().problems) ++refused_[problem.code];
    return;
  }
  ++accepted_[command.index()];
  const Position first{state_.tail().value + 1};
  for (auto& event : *decision) {
    LogEntry entry;
    entry.position = {state_.tail().value + 1};
    entry.commit = {first, static_cast<std::uint32_t>(decision->size())};
    entry.id = numbered_id<EventId>(entry.position.value);
    entry.subject = event.subject;
    auto& version = versions_[testing::PrintToString(event.subject)];
    entry.version = {std::max(state_.version_of(event.subject).value, version.value) + 1};
    version = entry.version;
    entry.organization = context.organization;
    entry.actor = context.actor;
    entry.at = {static_cast<std::int64_t>(first.value) * 1'000};
    entry.command = numbered_id<CommandId>(first.value);
    entry.event = std::move(event.event);
    state_.evolve(entry);
    if (entry.subject.kind == SubjectKind::credential) follow_credential(entry);
    log_.push_back(std::move(entry));
  }
}

}  // namespace byline::test
