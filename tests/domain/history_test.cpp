// What holds in every history: the state is what the log says and nothing else, and no sequence of commands
// leads to where the rules forbid.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "domain/random_history.hpp"
#include "events/codec.hpp"
#include "projections/definition.hpp"
#include "projections/memory_rows.hpp"
#include "projections/view_set.hpp"
#include "support/printing.hpp"

namespace byline::test {
namespace {

constexpr int kSteps = 4'000;

/// The accounts by a plain reading of the log, with none of the state's bookkeeping.
struct PlainAccount {
  OrganizationId organization;
  bool is_user = false;
  bool active = true;
  std::string email_key;
  std::vector<RoleId> roles;
};

class PlainReading {
 public:
  explicit PlainReading(const std::vector<LogEntry>& log) {
    for (const auto& entry : log) {
      std::visit([&](const auto& event) { read(entry, event); }, entry.event);
    }
  }
  std::map<AccountId, PlainAccount> accounts;
  std::map<OrganizationId, RoleId> administrator_roles;

 private:
  template <class T>
  void read(const LogEntry& entry, const T& event) {
    auto id = entry.subject.as<AccountId>();
    if constexpr (std::same_as<T, UserCreated> || std::same_as<T, ApplicationRegistered>) {
      accounts[id] = {entry.organization, std::same_as<T, UserCreated>, true, event.email_key, event.roles};
    } else if constexpr (std::same_as<T, UserEmailChanged> || std::same_as<T, ApplicationEmailChanged>) {
      accounts.at(id).email_key = event.email_key;
    } else if constexpr (std::same_as<T, UserRolesChanged> || std::same_as<T, ApplicationRolesChanged>) {
      accounts.at(id).roles = event.roles;
    } else if constexpr (std::same_as<T, UserDeactivated> || std::same_as<T, ApplicationDeactivated>) {
      accounts.at(id).active = false;
    } else if constexpr (std::same_as<T, UserReactivated> || std::same_as<T, ApplicationReactivated>) {
      accounts.at(id).active = true;
    } else if constexpr (std::same_as<T, UserDeleted> || std::same_as<T, ApplicationDeleted>) {
      accounts.erase(id);
    } else if constexpr (std::same_as<T, RoleCreated>) {
      if (event.default_key == "admin") administrator_roles[entry.organization] = entry.subject.as<RoleId>();
    }
  }
};

void expect_rules_hold(const RandomHistory& history) {
  const PlainReading plain(history.log());
  const auto& state = history.state();

  std::set<std::string> addresses;
  std::map<RoleId, std::uint32_t> holders;
  std::map<OrganizationId, std::uint32_t> administrators;
  for (const auto& [id, account] : plain.accounts) {
    EXPECT_TRUE(addresses.insert(account.email_key).second)
        << account.email_key << " belongs to two accounts";
    EXPECT_FALSE(account.roles.empty());
    EXPECT_EQ(std::set(account.roles.begin(), account.roles.end()).size(), account.roles.size());
    for (const auto& role : account.roles) {
      ++holders[role];
      const auto* found = state.find_role(role);
      ASSERT_TRUE(found) << "an account has a role that does not exist";
      EXPECT_EQ(found->organization, account.organization);
    }
    bool administers =
        std::ranges::count(account.roles, plain.administrator_roles.at(account.organization)) > 0;
    if (account.is_user && account.active && administers) ++administrators[account.organization];
  }
  for (const auto& address : RandomHistory::addresses()) {
    EXPECT_EQ(state.is_email_taken(digest_email_key(address)), addresses.contains(address)) << address;
  }
  for (const auto& id : history.organizations) {
    EXPECT_GE(administrators[id], 1U) << "nobody is left who can administer";
    EXPECT_EQ(state.find_organization(id)->active_administrators, administrators[id]);
  }
  std::set<std::pair<OrganizationId, std::string>> names;
  for (const auto& id : history.roles) {
    const auto* role = state.find_role(id);
    if (!role) continue;
    EXPECT_EQ(role->holders, holders[id]) << role->name;
    auto folded = role->name;
    std::ranges::transform(folded, folded.begin(), [](unsigned char c) { return std::tolower(c); });
    EXPECT_TRUE(names.emplace(role->organization, folded).second)
        << role->name << " is the name of two roles";
    EXPECT_EQ(state.role_by_name(role->organization, role->name), id);
  }
}

void expect_same_accounts(const RandomHistory& history, const State& a, const State& b) {
  for (const auto& id : history.accounts) {
    const auto* one = a.find_account(id);
    const auto* other = b.find_account(id);
    ASSERT_EQ(one == nullptr, other == nullptr);
    if (!one) continue;
    EXPECT_EQ(one->organization, other->organization);
    EXPECT_EQ(one->email, other->email);
    EXPECT_EQ(a.roles_of(*one), b.roles_of(*other));
    EXPECT_EQ(one->version, other->version);
    EXPECT_EQ(one->kind, other->kind);
    EXPECT_EQ(one->active, other->active);
    EXPECT_EQ(std::tie(one->name, one->email_text, one->url, one->description),
              std::tie(other->name, other->email_text, other->url, other->description));
    EXPECT_EQ(a.access_of(*one), b.access_of(*other));
    EXPECT_EQ(a.version_of({one->kind, id}), b.version_of({one->kind, id}));
  }
}

void expect_same(const RandomHistory& history, const State& a, const State& b) {
  EXPECT_EQ(a.tail(), b.tail());
  EXPECT_EQ(a.last_at(), b.last_at());
  expect_same_accounts(history, a, b);
  for (const auto& id : history.organizations) {
    const auto *one = a.find_organization(id), *other = b.find_organization(id);
    ASSERT_TRUE(one && other);
    EXPECT_EQ(
        std::tie(one->plan, one->version, one->name, one->administrator_role, one->active_administrators),
        std::tie(other->plan, other->version, other->name, other->administrator_role,
                 other->active_administrators));
    for (const auto& name : RandomHistory::role_names()) {
      EXPECT_EQ(a.role_by_name(id, name), b.role_by_name(id, name)) << name;
    }
  }
  for (const auto& id : history.roles) {
    const auto *one = a.find_role(id), *other = b.find_role(id);
    ASSERT_EQ(one == nullptr, other == nullptr);
    if (!one) continue;
    EXPECT_EQ(std::tie(one->organization, one->name, one->permissions, one->default_key, one->version,
                       one->holders),
              std::tie(other->organization, other->name, other->permissions, other->default_key,
                       other->version, other->holders));
  }
  for (const auto& id : history.records) {
    const auto *one = a.find_record(id), *other = b.find_record(id);
    ASSERT_EQ(one == nullptr, other == nullptr);
    if (!one) continue;
    EXPECT_EQ(one->organization, other->organization);
    EXPECT_EQ(a.collection_of(*one), b.collection_of(*other));
    EXPECT_EQ(a.access_of(*one), b.access_of(*other));
    EXPECT_EQ(one->version, other->version);
  }
  for (const auto& id : history.teams) {
    const auto *one = a.find_team(id), *other = b.find_team(id);
    ASSERT_EQ(one == nullptr, other == nullptr);
    if (!one) continue;
    EXPECT_EQ(std::tie(one->organization, one->name, one->members, one->version),
              std::tie(other->organization, other->name, other->members, other->version));
    for (const auto& member : one->members) {
      EXPECT_NE(a.find_account(member), nullptr) << "a member that is gone";
      EXPECT_EQ(a.teams_of(member), b.teams_of(member));
    }
  }
  for (const auto& id : history.collections) {
    const auto *one = a.find_own_collection(id), *other = b.find_own_collection(id);
    ASSERT_EQ(one == nullptr, other == nullptr);
    if (!one) continue;
    EXPECT_EQ(std::tie(one->organization, one->collection.key, one->collection.permissions, one->schema,
                       one->version, one->records),
              std::tie(other->organization, other->collection.key, other->collection.permissions,
                       other->schema, other->version, other->records));
  }
  for (const auto& address : RandomHistory::addresses()) {
    EXPECT_EQ(a.is_email_taken(digest_email_key(address)), b.is_email_taken(digest_email_key(address)));
  }
}

/// Folded again from the bytes that would stand in the log.
State replayed(const std::vector<LogEntry>& log) {
  State state;
  for (const auto& entry : log) {
    std::string bytes;
    encode(entry, bytes);
    auto decoded = decode(bytes);
    if (!decoded) {
      ADD_FAILURE() << decoded.error().reason << " in " << bytes;
      break;
    }
    EXPECT_EQ(*decoded, entry);
    state.evolve(*decoded);
  }
  return state;
}

/// Each history is run from a seed of its own; BYLINE_TEST_SEED runs another one.
class History : public testing::TestWithParam<std::uint32_t> {
 protected:
  static std::uint32_t seed() {
    const char* given = std::getenv("BYLINE_TEST_SEED");
    return given ? static_cast<std::uint32_t>(std::strtoul(given, nullptr, 10)) : GetParam();
  }
};

TEST_P(History, KeepsEveryRuleAfterEveryCommand) {
  SCOPED_TRACE("BYLINE_TEST_SEED=" + std::to_string(seed()));
  RandomHistory history(seed());
  std::size_t checked = 0;
  for (int step = 0; step < kSteps && !HasFailure(); ++step) {
    history.step();
    // The plain reading starts at the log's beginning each time: not after every one of thousands.
    if (history.log().size() < checked + 25) continue;
    checked = history.log().size();
    SCOPED_TRACE("at step " + std::to_string(step));
    expect_rules_hold(history);
  }
  expect_rules_hold(history);
}

TEST_P(History, FoldedAgainFromItsBytesGivesTheSameState) {
  SCOPED_TRACE("BYLINE_TEST_SEED=" + std::to_string(seed()));
  RandomHistory history(seed());
  for (int step = 0; step < kSteps; ++step) history.step();
  expect_same(history, history.state(), replayed(history.log()));
}

TEST_P(History, NumbersASubjectsEventsWithoutGaps) {
  RandomHistory history(seed());
  for (int step = 0; step < kSteps; ++step) history.step();
  std::map<std::string, std::uint32_t> versions;
  for (const auto& entry : history.log()) {
    auto subject = testing::PrintToString(entry.subject);
    EXPECT_EQ(entry.version.value, ++versions[subject]) << subject << " at seed " << seed();
  }
}

/// The log as it reads after the erasures in it, whatever was erased when.
std::vector<LogEntry> closed(std::vector<LogEntry> log) {
  std::set<std::string> erased;
  for (const auto& entry : log) {
    if (erases_data(entry.event)) erased.insert(data_owner(entry)->key());
  }
  for (auto& entry : log) {
    auto owner = data_owner(entry);
    if (!owner || !erased.contains(owner->key()) || personal_fields(entry.event).empty()) continue;
    entry.seal = SealState::erased;
    std::string bytes;
    encode(entry, bytes);
    entry = decode(bytes).value();
  }
  return log;
}

std::string definition_of_everything() {
  return R"([{"name":"everything","key":["/type",{"pointer":"/at","per":"hour"}],
    "events":["UserCreated","UserRenamed","ApplicationRegistered","ApplicationUrlChanged","ClientSecretIssued",
              "CredentialUsed","RecordCreated","RecordUpdated","RecordDeleted","RecordErased","UserErased","TokensIssued"],
    "columns":{"n":{"count":true},"first_role":{"first":"/data/roles/0"},"accounts":{"count":"/data/account"},
               "collection":{"last":"/data/collection"},"uses":{"sum":"/data/uses"},"hint":{"max":"/data/hint"}}}])";
}

TEST_P(History, WhatIsFoldedIsTheSameAfterAnErasureAsItIsFoldedAgain) {
  SCOPED_TRACE("BYLINE_TEST_SEED=" + std::to_string(seed()));
  RandomHistory history(seed());
  for (int step = 0; step < kSteps; ++step) history.step();
  auto after = closed(history.log());
  ASSERT_NE(after, history.log()) << "nothing was erased";
  expect_same(history, history.state(), replayed(after));
  // One of an operator's own takes from every event all that it may.
  const ViewSet views(parse_definitions(definition_of_everything()).value());
  // The history reuses ids of teams, collections and keys as no engine would: not every view can be folded of
  // it.
  for (auto view : {View::accounts, View::applications, View::credentials, View::records, View::access,
                    views.named("everything").value()}) {
    const auto& projection = views[view];
    MemoryRows live, again;
    for (const auto& entry : history.log()) projection.apply(entry, live);
    for (const auto& entry : after) projection.apply(entry, again);
    EXPECT_FALSE(live.all().empty()) << projection.name();
    EXPECT_EQ(live.all(), again.all()) << projection.name();
  }
}

INSTANTIATE_TEST_SUITE_P(Random, History, testing::Values(1, 2, 3, 20260301));

TEST(RandomHistory, ReachesWhatItIsThereToTry) {
  RandomHistory history(1);
  for (int step = 0; step < 10 * kSteps; ++step) history.step();
  for (std::size_t command = 0; command < std::variant_size_v<Command>; ++command) {
    EXPECT_TRUE(history.accepted().contains(command)) << "command " << command << " was never accepted";
  }
  for (auto code :
       {Code::required, Code::invalid_value, Code::duplicate_value, Code::email_taken, Code::role_name_taken,
        Code::unknown_role, Code::role_in_use, Code::role_locked, Code::last_administrator,
        Code::already_exists, Code::stale_version, Code::permission_missing, Code::role_exceeds_giver,
        Code::api_not_licensed, Code::account_inactive, Code::not_found}) {
    EXPECT_TRUE(history.refused().contains(code)) << code_name(code) << " was never a reason";
  }
}

}  // namespace
}  // namespace byline::test
