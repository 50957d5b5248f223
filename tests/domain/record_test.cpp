#include "domain/record.hpp"

#include <gtest/gtest.h>

#include <map>

#include "domain/example.hpp"
#include "domain/given.hpp"
#include "domain/limits.hpp"

namespace byline::test {
namespace {

using enum Operation;

const auto kRecord = numbered_id<RecordId>(80);
const auto kWorker = numbered_id<AccountId>(81);

/// Acme with one record in the collection and an account that has exactly these permissions.
std::vector<NewEvent> worker(const Collection& collection, const PermissionMatrix& permissions) {
  auto events = acme();
  events.push_back({role(kNewRole), RoleCreated{"Of the test", permissions, {}}});
  events.push_back(registered(kWorker, "worker@acme.example", {kNewRole}));
  events.push_back({record(kRecord), RecordCreated{std::string(collection.key), {R"({"a":1})"}}});
  return events;
}

const Collection& reports() { return *find_default_collection("intake/reports"); }
const Collection& people() { return *find_default_collection("people/people"); }

CreateRecord creating(const Collection& collection, std::string attributes = R"({"a":1})") {
  return {
      .id = numbered_id<RecordId>(90), .collection = collection.key, .attributes = {std::move(attributes)}};
}
ChangeRecord changing(const Collection& collection, std::string attributes = R"({"a":2})") {
  return {.id = kRecord,
          .collection = collection.key,
          .attributes = {std::move(attributes)},
          .resulting_bytes = attributes.size()};
}
DeleteRecord deleting(const Collection& collection) { return {.id = kRecord, .collection = collection.key}; }

std::vector<NewEvent> one_report() {
  return worker(reports(), permits({{Area::intake, {view, edit, create, remove}}}));
}

TEST(Record, IsCreatedChangedAndDeleted) {
  given(one_report())
      .as(kWorker)
      .when(creating(reports(), R"({"narrative":"Caller"})"))
      .then({{record(numbered_id<RecordId>(90)),
              RecordCreated{"intake/reports", {R"({"narrative":"Caller"})"}}}});
  given(one_report())
      .as(kWorker)
      .when(changing(reports(), R"({"risk":1.50})"))
      .then({{record(kRecord), RecordUpdated{"intake/reports", {R"({"risk":1.50})"}}}});
  given(one_report())
      .as(kWorker)
      .when(deleting(reports()))
      .then({{record(kRecord), RecordDeleted{"intake/reports"}}});
}

TEST(Record, TheIntakeWorkerOfTheWalkThroughMayDeleteAReportAndNoPerson) {
  auto report = one_report();
  given(report)
      .as(kImport)
      .when(deleting(reports()))
      .then({{record(kRecord), RecordDeleted{"intake/reports"}}});
  given(worker(people(), {}))
      .as(kImport)
      .when(changing(people()))
      .then({{record(kRecord), RecordUpdated{"people/people", {R"({"a":2})"}}}});
  given(worker(people(), {}))
      .as(kImport)
      .when(deleting(people()))
      .refused_naming({Code::permission_missing, ""}, "people:delete");
}

TEST(Record, EachCollectionAsksForThePermissionOfEachOfItsAreas) {
  const std::map<std::string, std::vector<Area>> needed = {
      {"people/people", {Area::people}},     {"cases/cases", {Area::engage, Area::people}},
      {"intake/reports", {Area::intake}},    {"providers/providers", {Area::provider_management}},
      {"services/services", {Area::engage}}, {"attachments/notes", {Area::people}},
  };
  ASSERT_EQ(default_collections().size(), needed.size());
  for (const auto& collection : default_collections()) {
    SCOPED_TRACE(collection.key);
    const auto& areas = needed.at(std::string(collection.key));
    const std::pair<Operation, Command> commands[] = {
        {create, creating(collection)}, {edit, changing(collection)}, {remove, deleting(collection)}};
    for (const auto& [operation, command] : commands) {
      SCOPED_TRACE(name_of(operation));
      PermissionMatrix sufficient;
      for (auto area : areas) {
        sufficient.set(area, Operation::view, Level::all);  // nobody changes what they may not see
        sufficient.set(area, operation, Level::all);
      }
      auto decision = std::visit(
          [&](const auto& asked) {
            return decide(given(worker(collection, sufficient)).state(), {kWorker, kAcme, {}}, asked);
          },
          command);
      EXPECT_TRUE(decision);
      auto none_of_it = sufficient;
      for (auto area : areas) {
        none_of_it.set(area, operation, Level::none);
        auto lacking = sufficient;
        lacking.set(area, operation, Level::none);
        given(worker(collection, lacking))
            .as(kWorker)
            .when(command)
            .refused_naming({Code::permission_missing, ""},
                            std::string(name_of(area)) + ":" + std::string(name_of(operation)));
      }
      given(worker(collection, none_of_it))
          .as(kWorker)
          .when(command)
          .refused(std::vector<Reason>(areas.size(), {Code::permission_missing, ""}));
    }
  }
}

TEST(Record, OneOperationsPermissionIsNotAnothers) {
  given(worker(reports(), permits({{Area::intake, {view, create}}})))
      .as(kWorker)
      .when(changing(reports()))
      .refused_naming({Code::permission_missing, ""}, "intake:edit");
}

TEST(Record, IsFoundInItsOwnCollectionOnly) {
  auto both = permits({{Area::people, {view, edit, remove}}, {Area::intake, {view, edit, remove}}});
  given(worker(reports(), both)).as(kWorker).when(changing(people())).refused({{Code::not_found, ""}});
  given(worker(reports(), both)).as(kWorker).when(deleting(people())).refused({{Code::not_found, ""}});
}

TEST(Record, ThatIsDeletedIsGone) {
  std::vector<NewEvent> deleted = {{record(kRecord), RecordDeleted{"intake/reports"}}};
  given(one_report(), deleted).as(kWorker).when(changing(reports())).refused({{Code::not_found, ""}});
  given(one_report(), deleted).as(kWorker).when(deleting(reports())).refused({{Code::not_found, ""}});
}

TEST(Record, IsNoEventWhereNothingChanges) {
  given(one_report()).as(kWorker).when(changing(reports(), "{}")).then_nothing();
}

TEST(Record, RefusesAVersionThatIsNoLongerTheNewest) {
  std::vector<NewEvent> updated = {{record(kRecord), RecordUpdated{"intake/reports", {R"({"a":3})"}}}};
  for (const Command& command : {Command(changing(reports())), Command(deleting(reports()))}) {
    given(one_report(), updated)
        .as(kWorker)
        .having_seen(1)
        .when(command)
        .refused({{Code::stale_version, ""}});
  }
  given(one_report(), updated)
      .as(kWorker)
      .having_seen(2)
      .when(deleting(reports()))
      .then({{record(kRecord), RecordDeleted{"intake/reports"}}});
}

TEST(Record, HasASizeThatItCannotOutgrow) {
  auto of_size = [](std::size_t bytes) { return R"({"a":")" + std::string(bytes - 8, 'x') + R"("})"; };
  ASSERT_EQ(of_size(100).size(), 100U);
  given(one_report())
      .as(kWorker)
      .when(creating(reports(), of_size(kMaxRecordBytes)))
      .then(
          {{record(numbered_id<RecordId>(90)), RecordCreated{"intake/reports", {of_size(kMaxRecordBytes)}}}});
  given(one_report())
      .as(kWorker)
      .when(creating(reports(), of_size(kMaxRecordBytes + 1)))
      .refused_naming({Code::too_large, "attributes"}, "262144 bytes");
  // A change is measured by what the record becomes, however little it sets.
  auto command = changing(reports(), R"({"b":1})");
  command.resulting_bytes = kMaxRecordBytes;
  given(one_report())
      .as(kWorker)
      .when(command)
      .then({{record(kRecord), RecordUpdated{"intake/reports", {R"({"b":1})"}}}});
  command.resulting_bytes = kMaxRecordBytes + 1;
  given(one_report()).as(kWorker).when(command).refused({{Code::too_large, "attributes"}});
}

TEST(Record, AnswersEveryProblemAtOnce) {
  auto command = creating(reports(), std::string(kMaxRecordBytes + 1, ' '));
  command.id = kRecord;
  command.problems = {{Code::too_deep, "attributes", "32"}, {Code::read_only, "attributes/created_by", {}}};
  given(one_report())
      .as(kWorker)
      .when(command)
      .refused({{Code::too_deep, "attributes"},
                {Code::read_only, "attributes/created_by"},
                {Code::already_exists, ""},
                {Code::too_large, "attributes"}});
}

TEST(Collection, IsFoundByItsAddress) {
  EXPECT_EQ(find_default_collection("intake/reports")->name, "reports");
  for (const char* key : {"intake/people", "/", "", "Intake/reports", "reports/intake", "intake"})
    EXPECT_EQ(find_default_collection(key), nullptr) << key;
}

}  // namespace
}  // namespace byline::test
