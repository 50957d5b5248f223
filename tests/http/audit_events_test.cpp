#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::Each;
using testing::ElementsAre;

class AuditEvents : public ServiceSuite {
 protected:
  Reply about(const std::string& subject, const std::string& more = {}) {
    return admin().get("/admin/audit-events?page[size]=100&filter[subject]=" + subject + more);
  }
};

TEST_F(AuditEvents, EverythingDoneToASubjectIsThereInOrder) {
  auto application = registered();
  auto path = "/admin/applications/" + application.id;
  auto change = [&](const json& attributes) {
    must(admin().patch(path, document("applications", attributes, application.id)), 200);
  };
  change({{"name", "New"}, {"email", fresh_email()}});
  change({{"url", "http://example.org"}, {"description", "Why"}});
  change({{"status", "deactivated"}});
  change({{"status", "active"}});
  must(admin().remove(path), 204);

  auto events = about(application.id);
  EXPECT_THAT(values_of(events, "event_type"),
              ElementsAre("ApplicationRegistered", "ApplicationRenamed", "ApplicationEmailChanged",
                          "ApplicationUrlChanged", "ApplicationDescriptionChanged", "ApplicationDeactivated",
                          "ApplicationReactivated", "ApplicationDeleted"));
  EXPECT_THAT(values_of(events, "subject_version"), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_THAT(values_of(events, "subject_kind"), Each("application"));
  EXPECT_THAT(values_of(events, "actor"), Each(service().founder().admin_id));
  EXPECT_THAT(values_of(events, "actor_name"), Each("Ada Moreno"));
}

TEST_F(AuditEvents, TellsInPlainWordsWhoDidWhat) {
  auto application = registered();
  auto path = "/admin/applications/" + application.id;
  auto give = [&](std::initializer_list<const char*> keys) {
    auto body = document("applications", json::object(), application.id);
    auto& roles = body["data"]["relationships"]["roles"]["data"] = json::array();
    for (const char* key : keys) roles.push_back({{"type", "roles"}, {"id", role(key)}});
    must(admin().patch(path, body), 200);
  };
  give({"intake_worker", "intake_supervisor"});
  give({"intake_supervisor"});
  must(admin().patch(path, document("applications", {{"name", "Nightly import"}}, application.id)), 200);
  auto events = about(application.id);
  EXPECT_THAT(values_of(events, "summary"),
              ElementsAre(testing::StartsWith("Ada Moreno registered the application “"),
                          "Ada Moreno gave “Nightly import” the role “Intake Supervisor”.",
                          "Ada Moreno took the role “Intake Worker” away from “Nightly import”.",
                          "Ada Moreno renamed an application to “Nightly import”."));
  for (const auto& event : events.json()["data"]) EXPECT_EQ(event["links"]["related"], path);
}

TEST_F(AuditEvents, AreFoundByTheCredential) {
  auto worker = caller();
  auto id = must(worker.http->post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"];
  auto event = about(id).json()["data"][0];
  EXPECT_EQ(event["links"]["related"], "/intake/reports/" + id.get<std::string>());
  auto credential = event["attributes"]["credential"].get<std::string>();
  EXPECT_THAT(values_of(admin().get("/admin/audit-events?filter[actor]=" + worker.account.id +
                                    "&filter[credential]=" + credential),
                        "event_type"),
              ElementsAre("RecordCreated"));
}

TEST_F(AuditEvents, EverythingAnAccountDidIsThere) {
  auto worker = caller();
  auto id = must(worker.http->post("/intake/reports", document("reports", {{"a", 1}})), 201)["data"]["id"];
  auto path = "/intake/reports/" + id.get<std::string>();
  must(worker.http->patch(path, document("reports", {{"a", 2}}, id)), 200);
  must(worker.http->remove(path), 204);
  auto events = admin().get("/admin/audit-events?filter[actor]=" + worker.account.id);
  EXPECT_THAT(values_of(events, "event_type"),
              ElementsAre("RecordCreated", "RecordUpdated", "RecordDeleted"));
  EXPECT_THAT(values_of(events, "subject"), Each(id));
}

TEST_F(AuditEvents, OneIsReadByItsPosition) {
  auto application = registered();
  auto listed = about(application.id).json()["data"][0];
  auto one = admin().get("/admin/audit-events/" + listed["id"].get<std::string>());
  ASSERT_EQ(one.status, 200) << one.body;
  EXPECT_EQ(one.json()["data"], listed);
  EXPECT_EQ(listed["id"], std::to_string(listed["attributes"]["position"].get<int>()));
  EXPECT_EQ(listed["attributes"]["data"]["roles"], json({role("intake_worker")}));
}

TEST_F(AuditEvents, UnknownPositionsAreNotFound) {
  for (const char* id : {"0", "999999999", "18446744073709551615", "18446744073709551616", "-1", "1x", "x"}) {
    EXPECT_EQ(admin().get(std::string("/admin/audit-events/") + id).codes(), "not_found") << id;
  }
}

TEST_F(AuditEvents, WhatOneCommandWroteStandsTogether) {
  auto application = registered();
  auto first = attributes_of(
      admin().get("/admin/audit-events/" + about(application.id).json()["data"][0]["id"].get<std::string>()));
  auto commit = std::to_string(first["commit_first"].get<int>());
  auto both = admin().get("/admin/audit-events?filter[commit_first]=" + commit);
  EXPECT_THAT(values_of(both, "event_type"), ElementsAre("ApplicationRegistered", "ClientSecretIssued"));
  EXPECT_THAT(values_of(both, "commit_count"), Each(2));
  EXPECT_THAT(values_of(both, "command"), Each(first["command"]));
}

TEST_F(AuditEvents, PositionsAreGaplessOverThePages) {
  constexpr std::uint64_t kSigningKey = 18, kCheckpointKey = 19;
  for (int i = 0; i < 3; ++i) registered();
  std::uint64_t expected = 1;
  std::string path = "/admin/audit-events?page[size]=7";
  while (!path.empty()) {
    auto page = must(admin().get(path), 200);
    for (const auto& event : page["data"]) {
      while (expected == kSigningKey || expected == kCheckpointKey)
        ++expected;  // the deployment's, and no organization's
      EXPECT_EQ(event["attributes"]["position"], expected++);
    }
    path = page["links"]["next"].is_null() ? "" : page["links"]["next"].get<std::string>();
  }
  EXPECT_GT(expected, 20);
}

TEST_F(AuditEvents, PagesGoBackTheWayTheyCame) {
  for (int i = 0; i < 3; ++i) registered();
  for (const char* sort : {"position", "-position", "at", "-at"}) {
    auto first = must(admin().get(std::string("/admin/audit-events?page[size]=5&sort=") + sort), 200);
    auto second = must(admin().get(first["links"]["next"]), 200);
    auto third = must(admin().get(second["links"]["next"]), 200);
    EXPECT_EQ(must(admin().get(third["links"]["prev"]), 200)["data"], second["data"]) << sort;
    EXPECT_EQ(must(admin().get(second["links"]["prev"]), 200)["data"], first["data"]) << sort;
  }
}

TEST_F(AuditEvents, ATraceIsCarriedIntoTheLog) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  auto made = admin().post("/admin/applications", application_document(fresh("Traced"), fresh_email()),
                           {{"traceparent", "00-" + trace + "-00f067aa0ba902b7-01"}});
  EXPECT_THAT(values_of(about(must(made, 201)["data"]["id"]), "correlation"), ElementsAre(trace));
}

TEST_F(AuditEvents, TheLogCannotBeWritten) {
  auto made = admin().post("/admin/audit-events", document("audit-events", json::object()));
  EXPECT_EQ(made.status, 405);
  EXPECT_EQ(admin().remove("/admin/audit-events/1").status, 405);
  EXPECT_EQ(admin().patch("/admin/audit-events/1", document("audit-events", json::object(), "1")).status,
            405);
}

TEST_F(AuditEvents, OnlyWhoMayViewThemDoes) {
  auto worker = caller();
  EXPECT_EQ(worker.http->get("/admin/audit-events").codes(), "permission_missing");
  EXPECT_EQ(worker.http->get("/admin/audit-events/1").codes(), "permission_missing");
}

}  // namespace
}  // namespace byline::test
