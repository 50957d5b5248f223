// /openapi.json says of every route what it takes, gives and refuses, and of nothing else.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/beast/http/verb.hpp>
#include <regex>
#include <set>

#include "domain/problem.hpp"
#include "http/resources/routes.hpp"
#include "support/live_service.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

class OpenApiTest : public testing::Test {
 protected:
  static const json& api() {
    static const json document = live_service().client()->get("/openapi.json").json();
    return document;
  }
  static std::string method_of(const http::Route& route) {
    std::string name(boost::beast::http::to_string(route.method));
    for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return name;
  }
  static const json& operation(const http::Route& route) {
    return api().at("paths").at(http::openapi_path(route)).at(method_of(route));
  }
  /// What a `$ref` into the document stands for.
  static const json& resolved(const json& part) {
    if (!part.contains("$ref")) return part;
    return api().at(json::json_pointer(part["$ref"].get<std::string>().substr(1)));
  }
  /// The codes that the description lists for this status.
  static std::set<std::string> codes(const json& one, const std::string& status) {
    std::set<std::string> found;
    if (!one["responses"].contains(status)) return found;
    const auto& schema = resolved(one["responses"][status])["content"]["application/vnd.api+json"]["schema"];
    for (const auto& code : schema["properties"]["errors"]["items"]["properties"]["code"]["enum"])
      found.insert(code);
    return found;
  }
};

TEST_F(OpenApiTest, IsServedAsJson) {
  auto reply = live_service().client()->get("/openapi.json");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(api()["openapi"], "3.1.0");
  EXPECT_EQ(api()["servers"][0]["url"], live_service().base());
}

TEST_F(OpenApiTest, HasEveryRouteAndNoOther) {
  std::set<std::string> routes;
  for (const auto& route : http::routes()) routes.insert(method_of(route) + " " + http::openapi_path(route));
  std::set<std::string> described;
  for (const auto& [path, operations] : api()["paths"].items()) {
    for (const auto& [method, one] : operations.items()) described.insert(method + " " + path);
  }
  EXPECT_EQ(described, routes);
}

TEST_F(OpenApiTest, NamesEveryOperationOnce) {
  std::set<std::string> ids;
  for (const auto& route : http::routes()) {
    EXPECT_EQ(operation(route)["operationId"], route.operation);
    EXPECT_FALSE(operation(route)["summary"].get<std::string>().empty());
    EXPECT_TRUE(ids.emplace(route.operation).second) << route.operation;
  }
}

TEST_F(OpenApiTest, DeclaresEveryParameterOfAPath) {
  static const std::regex kParameter(R"(\{([a-z_]+)\})");
  for (const auto& route : http::routes()) {
    auto path = http::openapi_path(route);
    std::set<std::string> expected;
    for (std::sregex_iterator it(path.begin(), path.end(), kParameter), end; it != end; ++it)
      expected.insert((*it)[1]);
    std::set<std::string> declared;
    for (const auto& parameter : operation(route).value("parameters", json::array())) {
      if (parameter["in"] != "path") continue;
      EXPECT_EQ(parameter["required"], true);
      declared.insert(parameter["name"]);
    }
    EXPECT_EQ(declared, expected) << path;
  }
}

TEST_F(OpenApiTest, DeclaresWhatAShapeTakes) {
  for (const auto& route : http::routes()) {
    std::set<std::string> names;
    for (const auto& parameter : operation(route).value("parameters", json::array()))
      names.insert(parameter["name"]);
    bool lists = route.shape == http::Shape::list;
    bool changes = route.shape == http::Shape::change || route.shape == http::Shape::remove;
    bool writes = route.shape == http::Shape::create || changes;
    for (auto* name : {"page[size]", "page[after]", "page[before]", "sort"})
      EXPECT_EQ(names.contains(name), lists) << route.operation;
    bool is_feed = route.operation == "streamAuditEvents";
    EXPECT_EQ(names.contains("filter"), lists || is_feed) << route.operation;
    if (route.shape == http::Shape::plain) continue;
    EXPECT_EQ(names.contains("If-Match"), changes) << route.operation;
    EXPECT_EQ(names.contains("Idempotency-Key"), writes) << route.operation;
    bool has_body = writes && route.shape != http::Shape::remove;
    if (route.resource) {
      EXPECT_EQ(operation(route).contains("requestBody"), has_body) << route.operation;
    }
  }
}

TEST_F(OpenApiTest, DescribesEveryAttribute) {
  for (const auto& route : http::routes()) {
    if (route.shape != http::Shape::create && route.shape != http::Shape::change) continue;
    const auto& body = operation(route)["requestBody"]["content"]["application/vnd.api+json"]["schema"];
    const auto& attributes = body["properties"]["data"]["properties"]["attributes"];
    for (const auto& attribute : route.resource->attributes) {
      bool writable = attribute.writes == http::Writes::always ||
                      (attribute.writes == http::Writes::at_creation && route.shape == http::Shape::create);
      EXPECT_EQ(attributes["properties"].contains(attribute.name), writable)
          << route.operation << ' ' << attribute.name;
    }
  }
}

TEST_F(OpenApiTest, ListsTheRefusalsOfEveryRoute) {
  using http::Shape;
  for (const auto& route : http::routes()) {
    const auto& one = operation(route);
    EXPECT_TRUE(one["responses"].contains("400")) << route.operation;
    EXPECT_TRUE(one["responses"].contains("503")) << route.operation;
    if (!route.resource) continue;
    bool changes = route.shape == Shape::change || route.shape == Shape::remove;
    bool writes_body = route.shape == Shape::create || route.shape == Shape::change;
    EXPECT_TRUE(codes(one, "401").contains("token_expired")) << route.operation;
    EXPECT_TRUE(codes(one, "403").contains("permission_missing")) << route.operation;
    EXPECT_EQ(codes(one, "406").contains("not_acceptable"), true) << route.operation;
    EXPECT_EQ(codes(one, "412").contains("stale_version"), changes) << route.operation;
    EXPECT_EQ(codes(one, "415").contains("unsupported_media_type"), writes_body) << route.operation;
    EXPECT_EQ(codes(one, "422").contains("idempotency_key_reused"), changes || writes_body)
        << route.operation;
    if (changes || route.shape == Shape::read) {
      EXPECT_TRUE(codes(one, "404").contains("not_found")) << route.operation;
    }
    for (const auto& [status, response] : one["responses"].items()) {
      if (status < "400") continue;
      const auto& example = resolved(response)["content"]["application/vnd.api+json"]["example"]["errors"][0];
      EXPECT_EQ(example["status"], status) << route.operation;
      for (auto* member : {"code", "title", "detail"})
        EXPECT_FALSE(example[member].get<std::string>().empty())
            << route.operation << ' ' << status << ' ' << member;
    }
  }
}

TEST_F(OpenApiTest, KnowsEveryReasonOfTheDomain) {
  std::set<std::string> listed;
  for (const auto& route : http::routes()) {
    if (!route.resource) continue;
    for (const auto& [status, response] : operation(route)["responses"].items()) {
      if (status >= "400") listed.merge(codes(operation(route), status));
    }
  }
  for (int i = 0; i <= static_cast<int>(Code::not_found); ++i) {
    std::string name(code_name(static_cast<Code>(i)));
    EXPECT_TRUE(listed.contains(name)) << name;
  }
}

TEST_F(OpenApiTest, AnswersThatAreGivenAreDescribed) {
  auto admin = live_service().admin();
  auto anonymous = live_service().client();
  struct Given {
    Reply reply;
    std::string path;
    std::string method;
  };
  const std::string one = "/admin/users/" + live_service().founder().admin_id;
  for (const auto& [reply, path, method] : {
           Given{anonymous->get("/admin/users"), "/admin/users", "get"},
           Given{admin->get("/admin/users?x=1"), "/admin/users", "get"},
           Given{admin->get("/admin/users?page[after]=x"), "/admin/users", "get"},
           Given{admin->get("/admin/users/x"), "/admin/users/{id}", "get"},
           Given{admin->post("/admin/users", document("roles", {})), "/admin/users", "post"},
           Given{admin->post("/admin/users", document("users", {})), "/admin/users", "post"},
           Given{admin->post("/admin/users", document("users", {}, "x")), "/admin/users", "post"},
           Given{admin->send("POST", "/admin/users", "{}"), "/admin/users", "post"},
           Given{admin->remove(one), "/admin/users/{id}", "delete"},
           Given{admin->remove(one, {{"If-Match", "\"999\""}}), "/admin/users/{id}", "delete"},
           Given{admin->post("/cats/cats", document("cats", {})), "/{service}/{collection}", "post"},
       }) {
    ASSERT_GE(reply.status, 400) << reply.body;
    auto known = codes(api()["paths"][path][method], std::to_string(reply.status));
    auto body = reply.json();
    for (const auto& error : body["errors"])
      EXPECT_TRUE(known.contains(error["code"])) << method << ' ' << path << ' ' << reply.body;
  }
}

TEST_F(OpenApiTest, TellsWhoMayCallWhat) {
  for (const auto& route : http::routes()) {
    const auto& security = operation(route)["security"];
    bool bearer = std::ranges::any_of(security, [](const json& way) { return way.contains("bearer"); });
    EXPECT_EQ(bearer, route.entry == http::Entry::bearer) << route.operation;
  }
}

}  // namespace
}  // namespace byline::test
