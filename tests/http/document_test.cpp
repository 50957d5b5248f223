#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// What a request's document and its media type may be.
class Documents : public ServiceSuite {
 protected:
  Reply post(const std::string& body, const std::string& type = "application/vnd.api+json") {
    return admin().send("POST", "/people/people", body, {{"Content-Type", type}});
  }
  Reply get(const std::string& accept) { return admin().get("/admin/roles", {{"Accept", accept}}); }
};

const std::string kPerson = R"({"data":{"type":"people","attributes":{"name":"Ann"}}})";

TEST_F(Documents, OtherMediaTypesAreRefused) {
  for (const char* type : {"application/json", "text/plain", "application/x-www-form-urlencoded", "",
                           "application/vnd.api+json; charset=utf-8", "application/vnd.api+jsonx",
                           "application/vnd.api+json;ext=\"https://example.org/none\""}) {
    auto reply = post(kPerson, type);
    EXPECT_EQ(reply.status, 415) << type;
    EXPECT_EQ(reply.codes(), "unsupported_media_type");
    EXPECT_EQ(reply.json()["errors"][0]["source"]["header"], "Content-Type");
  }
  EXPECT_EQ(admin()
                .send("PATCH", "/admin/roles/" + role("intake_worker"), "{}",
                      {{"Content-Type", "application/json"}})
                .status,
            415);
}

TEST_F(Documents, AByteOrderMarkAndANumberBeyondAllBoundsAreNamed) {
  auto marked = post("\xEF\xBB\xBF" + kPerson);
  EXPECT_EQ(marked.status, 400);
  EXPECT_THAT(marked.body, HasSubstr("byte order mark"));
  auto large = post(R"({"data":{"type":"people","attributes":{"n":1e400}}})");
  EXPECT_EQ(large.status, 400);
  EXPECT_THAT(large.body, HasSubstr("A number is too large at byte"));
}

/// JSON:API 1.1 §5.2: what a profile asks for that is not known is passed over.
TEST_F(Documents, CaseDoesNotMatterAndUnknownProfilesAreIgnored) {
  EXPECT_EQ(post(kPerson, "Application/VND.api+JSON").status, 201);
  EXPECT_EQ(post(kPerson, "application/vnd.api+json; profile=\"https://example.org/a https://example.org/b\"")
                .status,
            201);
  EXPECT_EQ(post(kPerson, "application/vnd.api+json;PROFILE=\"https://example.org/a\" ; ext=\"x\"").status,
            415);
}

TEST_F(Documents, AnswersComeToWhoAcceptsThem) {
  for (const char* accept :
       {"application/vnd.api+json", "*/*", "application/json", "text/html, */*;q=0.1",
        "application/vnd.api+json;q=0.5", "application/vnd.api+json;ext=\"x\", application/vnd.api+json",
        "application/vnd.api+json; profile=\"https://example.org/a\""}) {
    EXPECT_EQ(get(accept).status, 200) << accept;
  }
  for (const char* accept :
       {"application/vnd.api+json; charset=utf-8", "application/vnd.api+json;ext=\"x\""}) {
    auto reply = get(accept);
    EXPECT_EQ(reply.status, 406) << accept;
    EXPECT_EQ(reply.codes(), "not_acceptable");
  }
}

TEST_F(Documents, MalformedJsonIsRefusedWithoutItsInsides) {
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("nonsense"), std::string("{\"data\":}"), kPerson + "x",
        kPerson + kPerson, std::string("{'data':1}"), std::string("{\"data\":NaN}"), std::string("[1,]"),
        std::string("\xEF\xBB\xBF") + "{", std::string("{\"data\":\"\\ud800\"}"),
        std::string("{\"a\":\"\xFF\"}"), std::string("{\"a\":\"\x01\"}"),
        std::string("{\"data\":{\"type\":\"people\",\"attributes\":{\"n\":01}}}")}) {
    auto reply = post(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.codes(), "invalid_json") << body;
    EXPECT_THAT(reply.body, Not(HasSubstr("nlohmann"))) << body;
    EXPECT_THAT(reply.body, Not(HasSubstr("exception"))) << body;
  }
}

TEST_F(Documents, AMemberThatStandsTwiceIsRefusedWithItsPlace) {
  auto twice = post(R"({"data":{"type":"people","attributes":{"a":{"b":1,"b":2}}}})");
  EXPECT_EQ(twice.status, 400);
  EXPECT_EQ(twice.places(), "/data/attributes/a/b invalid_json");
  EXPECT_EQ(post(R"({"data":{"type":"people"},"data":{"type":"people"}})").places(), "/data invalid_json");
  EXPECT_EQ(post(R"({"data":{"type":"people","attributes":{"l":[0,{"x/y":1,"x\u002fy":2}]}}})").places(),
            "/data/attributes/l/1/x~1y invalid_json");
}

TEST_F(Documents, ADocumentHasOneResourceObject) {
  for (const char* body : {"{}", "[]", "1", "null", R"({"meta":{}})"}) {
    EXPECT_EQ(post(body).codes(), "invalid_document") << body;
  }
  for (const char* body : {R"({"data":null})", R"({"data":[]})", R"({"data":[{"type":"people"}]})",
                           R"({"data":{}})", R"({"data":{"type":1}})"}) {
    auto reply = post(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_EQ(reply.places(), "/data invalid_document") << body;
  }
  EXPECT_EQ(post(R"({"data":{"type":"people","attributes":[]}})").places(),
            "/data/attributes invalid_document");
  EXPECT_EQ(post(R"({"data":{"type":"people","attributes":null}})").places(),
            "/data/attributes invalid_document");
  EXPECT_EQ(post(R"({"data":{"type":"people","relationships":1}})").places(),
            "/data/relationships invalid_document");
}

TEST_F(Documents, AnotherTypeIsAConflict) {
  auto reply = admin().post("/people/people", document("reports", {{"a", 1}}));
  EXPECT_EQ(reply.status, 409);
  EXPECT_EQ(reply.places(), "/data/type type_mismatch");
  EXPECT_EQ(admin().post("/admin/users", application_document("x", fresh_email())).status, 409);
  auto id = user();
  EXPECT_EQ(admin().patch("/admin/users/" + id, document("applications", {{"name", "x"}}, id)).status, 409);
}

TEST_F(Documents, IdsAreMadeByTheService) {
  auto sent = application_document("x", fresh_email());
  sent["data"]["id"] = "0198f8a0-0000-7000-8000-000000000000";
  auto reply = admin().post("/admin/applications", sent);
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(reply.places(), "/data/id client_generated_id");
}

TEST_F(Documents, AChangeNamesTheIdOfItsAddress) {
  auto id = user();
  auto without = admin().patch("/admin/users/" + id, document("users", {{"name", "x"}}));
  EXPECT_EQ(without.status, 400);
  EXPECT_EQ(without.places(), "/data invalid_document");
  auto another = admin().patch("/admin/users/" + id, document("users", {{"name", "x"}}, user()));
  EXPECT_EQ(another.status, 409);
  EXPECT_EQ(another.places(), "/data/id id_mismatch");
}

TEST_F(Documents, UnknownMembersAreRefusedWithTheirPlace) {
  auto sent = application_document(fresh(), fresh_email());
  sent["data"]["lid"] = "x";
  sent["data"]["attributes"]["Name"] = "x";
  sent["data"]["attributes"]["a/b~c"] = 1;
  sent["data"]["attributes"]["/name"] = 1;
  sent["data"]["attributes"]["roles"] = json::array();
  sent["data"]["relationships"]["keeper"] = {{"data", nullptr}};
  sent["data"]["relationships"]["email"] = {{"data", nullptr}};
  auto reply = admin().post("/admin/applications", sent);
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.places(),
            "/data/lid unknown_member; "
            "/data/attributes/~1name unknown_member; "
            "/data/attributes/Name unknown_member; "
            "/data/attributes/a~1b~0c unknown_member; "
            "/data/attributes/roles unknown_member; "
            "/data/relationships/email unknown_member; "
            "/data/relationships/keeper unknown_member");
}

TEST_F(Documents, UnknownAreasOfARoleAreToldWithTheirPlaceToo) {
  auto reply = admin().post(
      "/admin/roles", document("roles", {{"name", fresh()}, {"permissions", {{"a/b", json::object()}}}}));
  EXPECT_EQ(reply.places(), "/data/attributes/permissions/a~1b invalid_value");
}

TEST_F(Documents, LinksAndMetaOfTheCallersAreLetPass) {
  auto sent = application_document(fresh(), fresh_email());
  sent["data"]["meta"] = {{"note", "x"}};
  sent["data"]["links"] = {{"self", "/x"}};
  sent["jsonapi"] = {{"version", "1.1"}};
  EXPECT_EQ(admin().post("/admin/applications", sent).status, 201);
}

TEST_F(Documents, WhatOneReadCanBeSentBackButForWhatIsReadOnly) {
  auto id = registered().id;
  auto read = must(admin().get("/admin/applications/" + id), 200);
  for (const char* name : {"client_id", "attention", "created_at", "created_by", "last_updated_at",
                           "last_updated_by", "version"}) {
    read["data"]["attributes"].erase(name);
  }
  EXPECT_EQ(admin().patch("/admin/applications/" + id, read).status, 200);
}

TEST_F(Documents, ErrorsSayNothingOfTheInside) {
  for (const auto& reply :
       {post("{"), admin().get("/admin/applications/%ff"), admin().get("/no/such/place/at/all"),
        admin().send("BREW", "/admin/applications"), admin().get("/admin/applications?filter[name]=%"),
        service().client("secret-token")->get("/admin/roles")}) {
    EXPECT_GE(reply.status, 400);
    EXPECT_LT(reply.status, 502);
    EXPECT_EQ(reply.header("content-type"), "application/vnd.api+json") << reply.body;
    for (const char* inside : {"/work", "/tmp", ".cpp", "std::", "rocksdb", "secret-token"}) {
      EXPECT_THAT(reply.body, Not(HasSubstr(inside)));
    }
  }
}

}  // namespace
}  // namespace byline::test
