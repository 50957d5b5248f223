// Views that the operator defines, in the real service: rows by organization, pages, rebuilds, other
// definitions.

#include <chrono>
#include <fstream>
#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr const char* kDefinitions = R"(
[[projection]]
name = "registrations-per-actor"
description = "Who lets in how many"
events = ["ApplicationRegistered"]
key = ["/actor"]
columns = { registrations = { count = true }, last_at = { last = "/at" } }

[[projection]]
name = "roles-by-name"
events = ["RoleCreated", "RoleRenamed"]
key = ["/data/name"]
filter = [{ pointer = "/data/default_key", exists = false }]
columns.times.count = true
)";

class ProjectionRows : public testing::Test {
 protected:
  ProjectionRows() { define(kDefinitions); }

  /// From the next start on.
  void define(const std::string& toml) { std::ofstream(file_) << toml; }
  void start() {
    service_ = std::make_unique<Service>(std::vector<std::string>{"--config", file_});
    admin_ = service_->admin();
  }
  void restart() {
    ASSERT_EQ(service_->stop(), 0);
    service_->start();
    admin_ = service_->admin();
  }
  Reply rows(const std::string& name, const std::string& query = "") {
    return admin_->get("/admin/projections/" + name + "/rows" + query);
  }
  /// Once they can be read: they may be being built.
  Reply rows_when_built(const std::string& name) {
    for (int i = 0; i < 600; ++i) {
      auto reply = rows(name);
      if (reply.status != 503) return reply;
      EXPECT_EQ(reply.codes(), "view_unavailable");
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("the view is not built");
  }
  void make_role(const std::string& name, HttpClient& by) {
    must(by.post("/admin/roles",
                 document("roles", {{"name", name}, {"permissions", {{"people", {{"view", "all"}}}}}})),
         201);
  }
  json work(const std::string& kind) {
    auto made = admin_->post(
        "/admin/projection-jobs",
        document("projection-jobs",
                 {{"kind", kind}, {"projections", {"registrations-per-actor", "roles-by-name"}}}));
    std::string id = must(made, 201)["data"]["id"];
    for (int i = 0; i < 600; ++i) {
      auto now = attributes_of(admin_->get("/admin/projection-jobs/" + id));
      if (now["ended_at"] != nullptr) return now;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    throw std::runtime_error("the job does not end");
  }

  TempDirectory directory_;
  const std::string file_ = (directory_ / "byline.toml").string();
  std::unique_ptr<Service> service_;
  std::unique_ptr<HttpClient> admin_;
};

TEST_F(ProjectionRows, SayWhatTheEventsSayByTheTimeACommandIsAnswered) {
  start();
  EXPECT_THAT(ids_of(rows_when_built("registrations-per-actor")), IsEmpty());
  register_application(*admin_, "Import", "import@example.org", {"intake_worker"});
  register_application(*admin_, "Export", "export@example.org", {"intake_worker"});
  auto reply = rows("registrations-per-actor");
  auto data = must(reply, 200)["data"];
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data[0]["type"], "registrations-per-actor");
  EXPECT_EQ(data[0]["id"].get<std::string>().size(), 36U);
  EXPECT_EQ(data[0]["attributes"]["actor"], service_->founder().admin_id);
  EXPECT_EQ(data[0]["attributes"]["registrations"], 2);
  EXPECT_GT(data[0]["meta"]["position"], 18);
  EXPECT_EQ(reply.header("content-type"), "application/vnd.api+json");
  EXPECT_GE(std::stoll(reply.header("byline-position")), data[0]["meta"]["position"].get<std::int64_t>());

  auto view = attributes_of(admin_->get("/admin/projections/registrations-per-actor"));
  EXPECT_EQ(view["status"], "live");
  EXPECT_EQ(view["description"], "Who lets in how many");
  EXPECT_EQ(view["definition"]["key"], json({"/actor"}));
  EXPECT_EQ(attributes_of(admin_->get("/admin/projections/audit"))["definition"], nullptr);
  EXPECT_THAT(service_->client()->get("/metrics").body,
              HasSubstr("byline_view_live{view=\"roles-by-name\"} 1"));
}

TEST_F(ProjectionRows, AreAListLikeEveryOther) {
  start();
  rows_when_built("roles-by-name");
  for (const char* name : {"Delta", "Alpha", "Charlie", "Bravo", "Echo"}) make_role(name, *admin_);
  EXPECT_THAT(values_of(rows("roles-by-name"), "name"),
              ElementsAre("Alpha", "Bravo", "Charlie", "Delta", "Echo"))
      << "in the order of the keys";
  auto first = rows("roles-by-name", "?page[size]=2");
  EXPECT_THAT(values_of(first, "name"), ElementsAre("Alpha", "Bravo"));
  auto second = admin_->get(first.json()["links"]["next"].get<std::string>());
  EXPECT_THAT(values_of(second, "name"), ElementsAre("Charlie", "Delta"));
  auto back = admin_->get(second.json()["links"]["prev"].get<std::string>());
  EXPECT_EQ(ids_of(back), ids_of(first));
  EXPECT_THAT(values_of(rows("roles-by-name", "?filter[name]=Charlie"), "times"), ElementsAre(1));
  EXPECT_THAT(ids_of(rows("roles-by-name", "?filter[times][gt]=1")), IsEmpty());
  EXPECT_THAT(values_of(rows("roles-by-name", "?sort=-name&page[size]=1"), "name"), ElementsAre("Echo"));
  EXPECT_EQ(rows("roles-by-name", "?page[total]=true").json()["meta"]["page"]["total"], 5);
  auto ids = ids_of(rows("roles-by-name", "?sort=id"));
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  auto narrow = rows("roles-by-name", "?fields[roles-by-name]=times").json()["data"][0]["attributes"];
  EXPECT_EQ(narrow, json({{"times", 1}}));
  EXPECT_EQ(rows("roles-by-name", "?filter[frobs]=1").codes(), "invalid_parameter");
  EXPECT_EQ(rows("roles-by-name", "?page[after]=x").codes(), "invalid_cursor");
  auto cursor = first.json()["links"]["next"].get<std::string>();
  EXPECT_EQ(rows("registrations-per-actor", cursor.substr(cursor.find('?'))).codes(), "invalid_cursor");
}

TEST_F(ProjectionRows, AreThoseOfTheCallersOrganization) {
  start();
  rows_when_built("roles-by-name");
  make_role("Harbor desk", *admin_);
  ASSERT_EQ(service_->stop(), 0);
  auto other = found(service_->data(), "Lakeside Trust", "eve@example.org", {"--additional"});
  service_->start();
  admin_ = service_->admin();
  auto eve = service_->client(other.admin_token);
  rows_when_built("roles-by-name");
  make_role("Lakeside desk", *eve);
  make_role("Harbor desk", *eve);
  EXPECT_THAT(values_of(rows("roles-by-name"), "name"), ElementsAre("Harbor desk"));
  auto theirs = eve->get("/admin/projections/roles-by-name/rows");
  EXPECT_THAT(values_of(theirs, "name"), ElementsAre("Harbor desk", "Lakeside desk"));
  EXPECT_THAT(theirs.body, Not(HasSubstr("\"times\":2")));
  EXPECT_EQ(ids_of(theirs).front(), ids_of(rows("roles-by-name")).front()) << "the id is the key's";
  auto cursor = eve->get("/admin/projections/roles-by-name/rows?page[size]=1")
                    .json()["links"]["next"]
                    .get<std::string>();
  EXPECT_EQ(admin_->get(cursor).codes(), "invalid_cursor");
}

TEST_F(ProjectionRows, AreForWhoMayReadTheAudit) {
  start();
  rows_when_built("roles-by-name");
  auto clerk = register_application(*admin_, "Clerk", "clerk@example.org", {"intake_worker"});
  auto http = service_->client(token_of(*admin_, clerk));
  auto refused = http->get("/admin/projections/roles-by-name/rows");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.codes(), "permission_missing");
  EXPECT_EQ(http->get("/admin/projections/frobs/rows").status, 403) << "nor whether there is one";
  EXPECT_EQ(service_->client()->get("/admin/projections/roles-by-name/rows").status, 401);
  EXPECT_EQ(rows("frobs").status, 404);
  EXPECT_EQ(rows("audit").status, 404) << "a view of Byline's own";
  EXPECT_EQ(admin_->post("/admin/projections/roles-by-name/rows", json::object()).status, 405);
}

TEST_F(ProjectionRows, AreRebuiltAndVerifiedWhileTheServiceRuns) {
  start();
  rows_when_built("roles-by-name");
  register_application(*admin_, "Import", "import@example.org", {"intake_worker"});
  make_role("Desk", *admin_);
  auto before = rows("registrations-per-actor").json()["data"];
  for (const char* kind : {"rebuild", "verification"}) {
    auto done = work(kind);
    EXPECT_EQ(done["state"], "finished") << done;
    ASSERT_EQ(done["results"].size(), 2U);
    for (const auto& result : done["results"]) EXPECT_EQ(result["identical"], true) << result;
  }
  EXPECT_EQ(rows("registrations-per-actor").json()["data"], before);
  ASSERT_EQ(service_->stop(), 0);
  auto verified = run_byline({"verify", "--data", service_->data()});
  EXPECT_EQ(verified.status, 0) << verified.output << verified.errors;
  auto rebuilt = run_byline({"rebuild", "--data", service_->data(), "roles-by-name"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.errors;
  EXPECT_THAT(rebuilt.output, AllOf(HasSubstr("roles-by-name"), HasSubstr("identical to the rows before")));
}

TEST_F(ProjectionRows, AnotherDefinitionIsBuiltAtTheNextStartAndOneThatIsGoneIsDropped) {
  start();
  rows_when_built("registrations-per-actor");
  auto application = register_application(*admin_, "Import", "import@example.org", {"intake_worker"});
  define(R"(
[[projection]]
name = "registrations-per-actor"
events = ["ApplicationRegistered"]
key = ["/subject/id"]
columns.times.count = true
)");
  restart();
  auto now = rows_when_built("registrations-per-actor");
  EXPECT_THAT(values_of(now, "subject_id"), ElementsAre(application.id));
  EXPECT_THAT(now.body, Not(HasSubstr("last_at")));
  EXPECT_EQ(rows("roles-by-name").status, 404);
  EXPECT_THAT(ids_of(admin_->get("/admin/projections?page[size]=50")), Not(Contains("roles-by-name")));
  define("");
  restart();
  EXPECT_EQ(rows("registrations-per-actor").status, 404);
  EXPECT_EQ(ids_of(admin_->get("/admin/projections?page[size]=50")).size(), 13U);
  define(kDefinitions);
  restart();
  EXPECT_THAT(values_of(rows_when_built("registrations-per-actor"), "registrations"), ElementsAre(1));
}

TEST_F(ProjectionRows, SurviveAKill) {
  start();
  rows_when_built("registrations-per-actor");
  for (int i = 0; i < 5; ++i)
    register_application(*admin_, "Import " + std::to_string(i), "i" + std::to_string(i) + "@example.org",
                         {"intake_worker"});
  service_->kill();
  service_->start();
  admin_ = service_->admin();
  EXPECT_THAT(values_of(rows_when_built("registrations-per-actor"), "registrations"), ElementsAre(5));
  for (const auto& result : work("verification")["results"]) EXPECT_EQ(result["identical"], true) << result;
}

TEST_F(ProjectionRows, HoldNothingThatErasingTakesOut) {
  start();
  rows_when_built("registrations-per-actor");
  auto application = register_application(*admin_, "Import", "import@example.org", {"intake_worker"});
  auto before = rows("registrations-per-actor").json()["data"];
  must(admin_->post("/admin/erasures",
                    document("erasures", {{"subject_kind", "application"}, {"subject", application.id}})),
       201);
  EXPECT_EQ(rows("registrations-per-actor").json()["data"], before);
  for (const auto& result : work("verification")["results"]) EXPECT_EQ(result["identical"], true) << result;
}

}  // namespace
}  // namespace byline::test
