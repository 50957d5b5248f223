// Which records a level reaches, and what a refusal names.

#include "domain/record_access.hpp"

#include <gtest/gtest.h>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "domain/limits.hpp"

namespace byline::test {
namespace {

using enum Operation;
using enum Level;

const auto kRecord = numbered_id<RecordId>(80);
const auto kWorker = numbered_id<AccountId>(81);
const auto kTeam = numbered_id<TeamId>(82);
const auto kReports = std::string("intake/reports");

/// What a record says about who may open it.
struct Case {
  const char* name;
  std::vector<NewEvent> events;
  Level needed;  ///< by the worker
};

NewEvent assigned(const AccountId& account) { return {record(kRecord), RecordAssigned{kReports, account}}; }
NewEvent listed(std::vector<AccountId> accounts, std::vector<TeamId> teams) {
  return {record(kRecord), RecordAccessListChanged{kReports, std::move(accounts), std::move(teams)}};
}

std::vector<Case> cases() {
  return {
      {"nothing is said", {}, limited},
      {"assigned to the worker", {assigned(kWorker)}, assignments},
      {"assigned to another", {assigned(kBen)}, limited},
      {"taken from the worker again",
       {assigned(kWorker), {record(kRecord), RecordAssigned{kReports, {}}}},
       limited},
      {"listed by name", {listed({kBen, kWorker}, {})}, limited},
      {"listed by team", {listed({}, {kTeam})}, limited},
      {"another is listed", {listed({kBen}, {})}, all},
      {"another is listed, and the worker is assigned", {listed({kBen}, {}), assigned(kWorker)}, assignments},
      {"the list is taken away", {listed({kBen}, {}), listed({}, {})}, limited},
      {"the team is left", {listed({}, {kTeam}), {team(kTeam), TeamMembersChanged{{kBen}}}}, all},
      {"the team is deleted", {listed({}, {kTeam}), {team(kTeam), TeamDeleted{}}}, all},
  };
}

/// Acme with a report, and a worker, in a team, with these permissions.
std::vector<NewEvent> worker(const PermissionMatrix& permissions) {
  auto events = acme();
  events.push_back({role(kNewRole), RoleCreated{"Of the test", permissions, {}}});
  events.push_back(registered(kWorker, "worker@acme.example", {kNewRole}));
  events.push_back({team(kTeam), TeamCreated{"Night", {kWorker}}});
  events.push_back({record(kRecord), RecordCreated{kReports, {R"({"a":1})"}}});
  return events;
}

ChangeRecord changing() {
  return {.id = kRecord, .collection = kReports, .attributes = {R"({"a":2})"}, .resulting_bytes = 7};
}

TEST(RecordAccess, EachLevelReachesWhatItSays) {
  for (const auto& [name, events, needed] : cases()) {
    for (Level held : {assignments, limited, all}) {
      SCOPED_TRACE(std::string(name) + ", held: " + std::string(name_of(held)));
      auto matrix = permits({{Area::intake, {view, edit, remove}, held}});
      auto asked = given(worker(matrix), events).as(kWorker).when(changing());
      if (held >= needed) {
        asked.then({{record(kRecord), RecordUpdated{kReports, {R"({"a":2})"}}}});
      } else {
        asked.refused({{Code::not_found, ""}});
      }
    }
  }
}

TEST(RecordAccess, WhatMayBeSeenAndNotChangedNamesTheLevelThatIsMissing) {
  for (const auto& [name, events, needed] : cases()) {
    SCOPED_TRACE(name);
    auto sees = permits({{Area::intake, {view}}});
    for (const Command& command : {Command(changing()), Command(DeleteRecord{kRecord, kReports})}) {
      auto operation = std::holds_alternative<ChangeRecord>(command) ? edit : remove;
      auto state = given(worker(sees), events).state();
      auto decision =
          std::visit([&](const auto& asked) { return decide(state, {kWorker, kAcme, {}}, asked); }, command);
      ASSERT_FALSE(decision);
      ASSERT_EQ(decision.error().problems.size(), 1U);
      EXPECT_EQ(decision.error().problems[0].code, Code::permission_missing);
      EXPECT_EQ(decision.error().problems[0].missing, (Permission{Area::intake, operation, needed}));
    }
  }
}

TEST(RecordAccess, TheLowestLevelOfACollectionsAreasCounts) {
  auto events = worker(permits(
      {{Area::people, {view, edit}}, {Area::engage, {view}, all}, {Area::engage, {edit}, assignments}}));
  const auto kCase = numbered_id<RecordId>(83);
  events.push_back({record(kCase), RecordCreated{"cases/cases", {R"({"a":1})"}}});
  ChangeRecord change{.id = kCase, .collection = "cases/cases", .attributes = {R"({"a":2})"}};
  given(events).as(kWorker).when(change).refused_naming({Code::permission_missing, ""},
                                                        "engage:edit at the level limited");
  given(events, {{record(kCase), RecordAssigned{"cases/cases", kWorker}}})
      .as(kWorker)
      .when(change)
      .then({{record(kCase), RecordUpdated{"cases/cases", {R"({"a":2})"}}}});
}

TEST(RecordAccess, IsGivenWhenTheRecordIsCreated) {
  given(worker(permits({{Area::intake, {create}}})))
      .as(kWorker)
      .when(CreateRecord{.id = numbered_id<RecordId>(90),
                         .collection = kReports,
                         .attributes = {"{}"},
                         .assignee = kBen,
                         .access_list = {kTeam, kWorker, kBen}})
      .then(
          {{record(numbered_id<RecordId>(90)), RecordCreated{kReports, {"{}"}}},
           {record(numbered_id<RecordId>(90)), RecordAssigned{kReports, kBen}},
           {record(numbered_id<RecordId>(90)), RecordAccessListChanged{kReports, {kBen, kWorker}, {kTeam}}}});
}

TEST(RecordAccess, IsChangedWithTheRecord) {
  auto editor = permits({{Area::intake, {view, edit}}});
  given(worker(editor))
      .as(kWorker)
      .when(ChangeRecord{.id = kRecord,
                         .collection = kReports,
                         .assignee = std::optional(kBen),
                         .access_list = std::vector<Grantee>{kTeam}})
      .then({assigned(kBen), listed({}, {kTeam})});
  given(worker(editor), {assigned(kBen), listed({kBen}, {kTeam})})
      .as(kWorker)
      .when(ChangeRecord{.id = kRecord,
                         .collection = kReports,
                         .assignee = std::optional<AccountId>(),
                         .access_list = std::vector<Grantee>()})
      .then({{record(kRecord), RecordAssigned{kReports, {}}}, listed({}, {})});
  given(worker(editor), {assigned(kBen), listed({kBen}, {kTeam})})
      .as(kWorker)
      .when(ChangeRecord{.id = kRecord,
                         .collection = kReports,
                         .assignee = std::optional(kBen),
                         .access_list = std::vector<Grantee>{kTeam, kBen}})
      .then_nothing();
}

TEST(RecordAccess, NamesOnlyWhoIsThereEachOnce) {
  const auto kBirchTeam = numbered_id<TeamId>(84);
  given(worker(permits({{Area::intake, {create}}})))
      .in(kBirch, birch())
      .in(kBirch, {{team(kBirchTeam), TeamCreated{"Theirs", {}}}})
      .in(kAcme, {})
      .as(kWorker)
      .when(CreateRecord{.id = numbered_id<RecordId>(90),
                         .collection = kReports,
                         .assignee = kBea,
                         .access_list = {kBen, kBirchTeam, kBea, kBen}})
      .refused({{Code::unknown_account, "assignee"},
                {Code::unknown_team, "access_list/1"},
                {Code::unknown_account, "access_list/2"},
                {Code::duplicate_value, "access_list/3"}});
  given(worker(permits({{Area::intake, {create}}})))
      .as(kWorker)
      .when(CreateRecord{.id = numbered_id<RecordId>(90),
                         .collection = kReports,
                         .access_list = std::vector<Grantee>(kMaxAccessList + 1, kBen)})
      .refused({{Code::too_large, "access_list"}});
}

TEST(RecordAccess, KeepsWhoWasDeletedSinceAndTakesNobodyNewWhoIs) {
  auto editor = permits({{Area::intake, {view, edit}}});
  std::vector<NewEvent> gone = {
      assigned(kImport), listed({kImport}, {}), {application(kImport), ApplicationDeleted{}}};
  given(worker(editor), gone)
      .as(kWorker)
      .when(ChangeRecord{.id = kRecord,
                         .collection = kReports,
                         .assignee = std::optional(kImport),
                         .access_list = std::vector<Grantee>{kImport, kBen}})
      .then({listed({kBen, kImport}, {})});
}

}  // namespace
}  // namespace byline::test
