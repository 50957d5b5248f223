// Every default role, in every collection, for every operation, over HTTP: against a table written out by
// hand from the description of the roles, and against the same for custom roles of every level.

#include <cctype>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

/// What a role may do in the six collections: a letter for View, Edit, Create, Delete. A small letter is a
/// permission on what is assigned to the caller only; a dash is none.
struct Row {
  const char* role;
  const char* people;
  const char* cases;
  const char* reports;
  const char* providers;
  const char* services;
  const char* notes;
};

// Cases need Engage and People, reports Intake, providers Provider Management, services Engage, notes People.
constexpr Row kTable[] = {
    {"admin", "----", "----", "----", "----", "----", "----"},
    {"application_portal_user", "----", "----", "----", "----", "----", "----"},
    {"provider_portal_user", "----", "----", "----", "----", "----", "----"},
    {"engage_observer", "V---", "V---", "----", "----", "V---", "V---"},
    {"engage_worker", "VEC-", "veC-", "----", "----", "veC-", "VEC-"},
    {"engage_supervisor", "VECD", "VECD", "----", "----", "VECD", "VECD"},
    {"intake_observer", "V---", "----", "V---", "----", "----", "V---"},
    {"intake_worker", "VEC-", "----", "VECD", "----", "----", "VEC-"},
    {"intake_supervisor", "VECD", "----", "VECD", "----", "----", "VECD"},
    {"provider_observer", "V---", "----", "----", "V---", "----", "V---"},
    {"provider_worker", "VEC-", "----", "----", "VEC-", "----", "VEC-"},
    {"provider_supervisor", "VECD", "----", "----", "VECD", "----", "VECD"},
    {"reporting_observer", "----", "----", "----", "----", "----", "----"},
    {"reporting_admin", "----", "----", "----", "----", "----", "----"},
};

struct Place {
  const char* path;
  const char* type;
  const char* Row::* cells;
};
constexpr Place kPlaces[] = {
    {"/people/people", "people", &Row::people},
    {"/cases/cases", "cases", &Row::cases},
    {"/intake/reports", "reports", &Row::reports},
    {"/providers/providers", "providers", &Row::providers},
    {"/services/services", "services", &Row::services},
    {"/attachments/notes", "notes", &Row::notes},
};

class RoleMatrix : public ServiceSuite {
 protected:
  json made(const Place& place, const std::string& assignee) {
    auto body = document(place.type, {{"made", "by the test"}});
    if (!assignee.empty()) {
      body["data"]["relationships"]["assignee"]["data"] = {{"type", "accounts"}, {"id", assignee}};
    }
    return body;
  }
  /// A record that the administrator made.
  std::string record(const Place& place, const std::string& assignee = {}) {
    return must(admin().post(place.path, made(place, assignee)), 201)["data"]["id"];
  }

  /// What becomes of each operation: on a record of the caller's own, or on one that is nobody's.
  void check(Caller& caller, const Place& place, const std::string& cells, bool own) {
    SCOPED_TRACE(std::string(place.path) + (own ? ", assigned to the caller" : ", assigned to nobody"));
    auto id = record(place, own ? caller.account.id : std::string());
    auto one = std::string(place.path) + "/" + id;
    auto permits = [&](std::size_t cell) {
      return cells[cell] != '-' && (own || std::isupper(static_cast<unsigned char>(cells[cell])));
    };
    // What may not be seen is not there, unless nothing of the collection may be seen.
    int hidden = cells[0] == '-' ? 403 : 404;
    auto expected = [&](std::size_t cell, int success) {
      if (!permits(0)) return hidden;
      return permits(cell) ? success : 403;
    };
    EXPECT_EQ(caller.http->get(one).status, expected(0, 200)) << "view";
    auto list = caller.http->get(std::string(place.path) + "?sort=-created_at&page[size]=1");
    EXPECT_EQ(list.status, cells[0] == '-' ? 403 : 200) << "list";
    if (list.status == 200) {
      auto ids = ids_of(list);
      EXPECT_EQ(!ids.empty() && ids.front() == id, permits(0)) << "listed";
    }
    EXPECT_EQ(caller.http->patch(one, document(place.type, {{"made", "anew"}}, id)).status, expected(1, 200))
        << "edit";
    EXPECT_EQ(caller.http->remove(one).status, expected(3, 204)) << "delete";
  }
};

TEST_F(RoleMatrix, EveryDefaultRoleDoesWhatTheTableSaysAndNothingElse) {
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.role);
    auto account = caller({row.role});
    for (const auto& place : kPlaces) {
      const std::string cells = row.*place.cells;
      for (bool own : {false, true}) check(account, place, cells, own);
      EXPECT_EQ(account.http->post(place.path, made(place, {})).status, cells[2] == '-' ? 403 : 201)
          << place.path << " create";
    }
  }
}

TEST_F(RoleMatrix, OnlyAdminAdministers) {
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.role);
    auto account = caller({row.role});
    int expected = row.role == std::string("admin") ? 200 : 403;
    for (const char* path : {"/admin/applications", "/admin/users", "/admin/teams", "/admin/roles",
                             "/admin/collections", "/admin/organizations", "/admin/audit-events",
                             "/admin/access?collection=intake/reports&operation=view"}) {
      EXPECT_EQ(account.http->get(path).status, expected) << path;
    }
  }
}

TEST_F(RoleMatrix, EveryRoleIsInTheTable) {
  std::vector<std::string> keys;
  for (const auto& row : kTable) keys.emplace_back(row.role);
  std::vector<std::string> served;
  const auto roles = must(admin().get("/admin/roles?page[size]=100"), 200)["data"];
  for (const auto& role : roles) {
    auto key = role["attributes"]["default_key"];
    if (key.is_string()) served.push_back(key);
  }
  EXPECT_THAT(keys, testing::UnorderedElementsAreArray(served));
}

/// One permission at one level, the view at All where it is another's turn.
TEST_F(RoleMatrix, EveryLevelOfEveryOperationReachesWhatItSays) {
  const std::pair<const Place*, std::vector<std::string>> places[] = {
      {&kPlaces[0], {"people"}},
      {&kPlaces[1], {"engage", "people"}},
      {&kPlaces[2], {"intake"}},
      {&kPlaces[3], {"provider_management"}},
  };
  for (const auto& [place, areas] : places) {
    for (const char* level : {"none", "assignments", "limited", "all"}) {
      SCOPED_TRACE(std::string(place->path) + " " + level);
      json viewing, editing;
      for (const auto& area : areas) {
        viewing[area]["view"] = level;
        editing[area] = {{"view", "all"}, {"edit", level}, {"create", level}, {"delete", level}};
      }
      auto viewer = caller_with(viewing);
      auto editor = caller_with(editing);
      auto other = registered();
      std::string name = level;
      struct Record {
        const char* what;
        json relationships;
        bool reached;
      };
      auto identifier = [](const std::string& id) { return json{{"type", "accounts"}, {"id", id}}; };
      for (auto* who : {&viewer, &editor}) {
        const std::string self = who->account.id;
        const Record records[] = {
            {"assigned to nobody", json::object(), name == "limited" || name == "all"},
            {"assigned to the caller", {{"assignee", {{"data", identifier(self)}}}}, name != "none"},
            {"listed",
             {{"access_list", {{"data", json::array({identifier(self)})}}}},
             name == "limited" || name == "all"},
            {"another listed",
             {{"access_list", {{"data", json::array({identifier(other.id)})}}}},
             name == "all"},
        };
        for (const auto& [what, relationships, reached] : records) {
          SCOPED_TRACE(what);
          auto body = document(place->type, {{"made", "by the test"}});
          if (!relationships.empty()) body["data"]["relationships"] = relationships;
          auto id = must(admin().post(place->path, body), 201)["data"]["id"].get<std::string>();
          auto one = std::string(place->path) + "/" + id;
          if (who == &viewer) {
            EXPECT_EQ(viewer.http->get(one).status, name == "none" ? 403 : reached ? 200 : 404);
            continue;
          }
          EXPECT_EQ(editor.http->get(one).status, 200);
          auto patched = editor.http->patch(one, document(place->type, {{"made", "anew"}}, id));
          EXPECT_EQ(patched.status, reached ? 200 : 403) << patched.body;
          EXPECT_EQ(editor.http->remove(one).status, reached ? 204 : 403);
        }
      }
      EXPECT_EQ(editor.http->post(place->path, document(place->type, {{"a", 1}})).status,
                name == "none" ? 403 : 201);
    }
  }
}

}  // namespace
}  // namespace byline::test
