#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

/// What the attributes of an application may be.
class Validation : public ServiceSuite {
 protected:
  /// Registers an application that is right but for these attributes.
  Reply with(const json& attributes) {
    auto sent = application_document(fresh("Application"), fresh_email());
    for (const auto& [name, value] : attributes.items()) sent["data"]["attributes"][name] = value;
    return admin().post("/admin/applications", sent);
  }
  /// Expects the attribute refused, on registration and on change alike.
  void expect_refused(const std::string& name, const json& value, const std::string& code) {
    auto expected = "/data/attributes/" + name + " " + code;
    auto made = with({{name, value}});
    EXPECT_EQ(made.status, 422) << value;
    EXPECT_EQ(made.places(), expected) << value;
    static const std::string id = registered().id;
    auto changed = admin().patch("/admin/applications/" + id, document("applications", {{name, value}}, id));
    EXPECT_EQ(changed.places(), expected) << value;
  }
  void expect_kept(const std::string& name, const json& value) {
    auto made = with({{name, value}});
    ASSERT_EQ(made.status, 201) << value << made.body;
    EXPECT_EQ(attributes_of(made)[name], value);
  }
  Reply with_role_data(const json& data) {
    auto sent = application_document(fresh("Application"), fresh_email());
    sent["data"]["relationships"]["roles"]["data"] = data;
    return admin().post("/admin/applications", sent);
  }
};

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_F(Validation, ANameHasOneTo200CharactersWhateverTheirBytes) {
  expect_kept("name", "X");
  expect_kept("name", repeated("a", 200));
  expect_kept("name", repeated("é", 200));
  expect_kept("name", repeated("😀", 200));
  expect_refused("name", repeated("a", 201), "too_long");
  expect_refused("name", repeated("😀", 201), "too_long");
  for (const char* empty : {"", " ", "\u3000\u00A0 ", "\u200B", "\u200D\u200B"})
    expect_refused("name", empty, "required");
}

TEST_F(Validation, ANameIsTrimmedAndOtherwiseKept) {
  EXPECT_EQ(attributes_of(with({{"name", "  Nightly  intake \u3000"}}))["name"], "Nightly  intake");
  EXPECT_EQ(attributes_of(with({{"name", repeated("a", 200) + "   "}}))["name"], repeated("a", 200));
  for (const char* name : {"O'Brien & Söhne <GmbH>", "مكتب الاستقبال", "受付システム",
                           "👩‍👩‍👧 family", "a\"b\\c/d"}) {
    expect_kept("name", name);
  }
  // The same text in two Unicode forms is one name: NFC.
  EXPECT_EQ(attributes_of(with({{"name", "Zoe\u0308"}}))["name"], "Zoë");
}

TEST_F(Validation, ANameHasNoControlOrBidiOverrideCharacters) {
  for (const char* name : {"a\nb", "a\tb", "a\u0001b", "a\u007Fb", "a\u0085b", "a\u2028b", "a\u202Eb",
                           "a\u202Ab", "a\u2066b", "a\u200Fb", "a\u061Cb", "a\uFFFFb"}) {
    expect_refused("name", name, "forbidden_character");
  }
  expect_refused("name", std::string("a\0b", 3), "forbidden_character");
}

TEST_F(Validation, AnEmailIsAnAddress) {
  for (const char* email : {"plain",
                            "@example.org",
                            "a@",
                            "a b@example.org",
                            "a@b",
                            "a@example..org",
                            "a@.org",
                            "a@example.org.",
                            "a..b@example.org",
                            ".a@example.org",
                            "a.@example.org",
                            "a@-x.org",
                            "a@exa mple.org",
                            "a@[127.0.0.1]",
                            "a@1.2.3.4",
                            "a\n@example.org",
                            "\"a\"@example.org",
                            "a,b@example.org",
                            "Ada <a@example.org>",
                            "a@example.org,b@example.org",
                            "a@ex_ample.org",
                            "a\u202E@example.org",
                            "a@b@example.org"}) {
    expect_refused("email", email, "invalid_email");
  }
  for (const char* empty : {"", "   "}) expect_refused("email", empty, "required");
  expect_refused("email", repeated("a", 65) + "@example.org", "too_long");
  expect_refused("email", "a@" + repeated("a.", 130) + "org", "too_long");
}

TEST_F(Validation, UncommonAddressesAreKeptAsTheyWereWritten) {
  for (const char* email :
       {"First.Last+Intake@Example.ORG", "o'brien@example.org", "用户@例子.广告", "zoë@exämple.de",
        "a!#$%&'*+-/=?^_`{|}~@example.org", "x@xn--bcher-kva.example"}) {
    expect_kept("email", email);
  }
  expect_kept("email", repeated("b", 64) + "@example.org");
}

TEST_F(Validation, AnAddressIsComparedWithoutCaseSubaddressesApartAndDomainsInOneForm) {
  auto taken = [this](const std::string& email) { return with({{"email", email}}).codes() == "email_taken"; };
  must(with({{"email", "Me+Intake@Example.org"}}), 201);
  EXPECT_TRUE(taken("me+intake@example.ORG"));
  EXPECT_FALSE(taken("me@example.org"));
  EXPECT_FALSE(taken("me+other@example.org"));
  EXPECT_FALSE(taken("m.e+intake@example.org"));

  must(with({{"email", "info@Bücher.example"}}), 201);
  EXPECT_TRUE(taken("info@xn--bcher-kva.example"));
  EXPECT_TRUE(taken("INFO@BÜCHER.EXAMPLE"));
  EXPECT_TRUE(taken("info@bu\u0308cher.example"));
  EXPECT_FALSE(taken("info@bucher.example"));

  must(with({{"email", "jos\u00E9@example.org"}}), 201);
  EXPECT_TRUE(taken("jose\u0301@example.org"));
  EXPECT_TRUE(taken("JOS\u00C9@example.org"));
  EXPECT_FALSE(taken("jose@example.org"));
}

TEST_F(Validation, AUrlIsHttpWithAHostAndAtMost2048Long) {
  for (const char* url : {"https://example.org", "http://localhost:8080/a?b=c#d", "HTTPS://EXAMPLE.ORG/",
                          "http://[2001:db8::1]/x", "https://xn--bcher-kva.example/%C3%BC"}) {
    expect_kept("url", url);
  }
  for (const char* url : {"example.org", "ftp://example.org", "javascript:alert(1)", "data:text/html,x",
                          "mailto:a@b.org", "//example.org", "/path", "http://", "https:///path",
                          "http:example.org", "https://exa mple.org", "https://user:secret@example.org",
                          "https://example.org/<script>", "https://example.org/\n", " https://example.org",
                          "http://example.org:port/", "http://example.org:65536/", "http://example.org:0"}) {
    expect_refused("url", url, "invalid_url");
  }
  std::string base = "https://example.org/";
  expect_kept("url", base + repeated("a", 2048 - static_cast<int>(base.size())));
  expect_refused("url", base + repeated("a", 2049 - static_cast<int>(base.size())), "too_long");
}

TEST_F(Validation, ADescriptionHasAtMost4000CharactersInLines) {
  expect_kept("description", repeated("é", 4000));
  expect_kept("description", "First line\nsecond\tcolumn\r\nthird");
  expect_refused("description", repeated("a", 4001), "too_long");
  expect_refused("description", "a\u202Eb", "forbidden_character");
  expect_refused("description", "a\u001Bb", "forbidden_character");
}

TEST_F(Validation, ValuesAreOfTheirType) {
  for (const json& value : {json(1), json(true), json::array({"a"}), json::object({{"a", 1}})}) {
    for (const char* name : {"name", "email", "url", "description", "status"}) {
      expect_refused(name, value, "invalid_type");
    }
  }
  for (const char* name : {"name", "email", "status"}) expect_refused(name, nullptr, "required");
  expect_refused("status", "paused", "invalid_value");
  EXPECT_EQ(with({{"status", "deactivated"}}).places(), "/data/attributes/status invalid_value");
  EXPECT_EQ(with({{"status", "active"}}).status, 201);
}

TEST_F(Validation, AtLeastOneRoleEachKnownAndOnce) {
  EXPECT_EQ(with_role_data(json::array()).places(), "/data/relationships/roles/data required");
  auto worker = identifiers("roles", {role("intake_worker")})[0];
  EXPECT_EQ(with_role_data({worker, worker}).places(), "/data/relationships/roles/data/1 duplicate_value");
  auto unknown = identifiers("roles", {"0198f8a0-0000-7000-8000-000000000000"})[0];
  EXPECT_EQ(with_role_data({worker, unknown}).places(), "/data/relationships/roles/data/1 unknown_role");
  auto garbled = identifiers("roles", {"intake_worker"})[0];
  EXPECT_EQ(with_role_data({garbled, worker}).places(), "/data/relationships/roles/data/0 invalid_id");
  for (const json& wrong :
       {json("x"), json::object({{"type", "users"}, {"id", worker["id"]}}),
        json::object({{"id", worker["id"]}}), json::object({{"type", "roles"}}), json(nullptr)}) {
    EXPECT_EQ(with_role_data(json::array({worker, wrong})).places(),
              "/data/relationships/roles/data/1 invalid_value")
        << wrong;
  }
  for (const json& wrong : {worker, json(nullptr), json("x")}) {
    EXPECT_EQ(with_role_data(wrong).places(), "/data/relationships/roles/data invalid_type") << wrong;
  }
}

TEST_F(Validation, AnAccountHasAtMostFiftyRoles) {
  EXPECT_EQ(with_role_data(identifiers("roles", std::vector(51, role("intake_worker")))).places(),
            "/data/relationships/roles/data too_large");
}

TEST_F(Validation, WhatIsRequiredIsMissedByName) {
  auto empty = admin().post("/admin/applications", document("applications", json::object()));
  EXPECT_EQ(empty.status, 422);
  EXPECT_EQ(empty.places(),
            "/data/attributes/name required; /data/attributes/email required; "
            "/data/relationships/roles/data required");
  EXPECT_EQ(admin().post("/admin/applications", json{{"data", {{"type", "applications"}}}}).places(),
            empty.places());
  auto users = admin().post("/admin/users", json{{"data", {{"type", "users"}}}});
  EXPECT_EQ(users.places(), empty.places());
}

TEST_F(Validation, AllProblemsOfARequestAreToldAtOnce) {
  auto sent =
      account_document("applications", "a\nb", "ada@example.org", {"0198f8a0-0000-7000-8000-000000000000"});
  sent["data"]["attributes"]["url"] = "ftp://example.org";
  sent["data"]["attributes"]["description"] = 7;
  sent["data"]["attributes"]["shoe_size"] = 43;
  sent["data"]["attributes"]["version"] = 9;
  auto reply = admin().post("/admin/applications", sent);
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.places(),
            "/data/attributes/shoe_size unknown_member; "
            "/data/attributes/version read_only; "
            "/data/attributes/name forbidden_character; "
            "/data/attributes/url invalid_url; "
            "/data/attributes/description invalid_type; "
            "/data/attributes/email email_taken; "
            "/data/relationships/roles/data/0 unknown_role");
  auto body = reply.json();
  for (const auto& error : body["errors"]) {
    EXPECT_FALSE(error["detail"].get<std::string>().empty());
    EXPECT_FALSE(error["title"].get<std::string>().empty());
    EXPECT_TRUE(error["status"].is_string());
  }
}

TEST_F(Validation, ReadOnlyAttributesAreRefusedOneByOne) {
  for (const char* name :
       {"client_id", "created_at", "created_by", "last_updated_at", "last_updated_by", "version"}) {
    expect_refused(name, "x", "read_only");
  }
}

TEST_F(Validation, ARefusedRequestLeavesNothingBehind) {
  auto email = fresh_email();
  auto sent = application_document("a\nb", email);
  EXPECT_EQ(admin().post("/admin/applications", sent).status, 422);
  sent["data"]["attributes"]["name"] = "Right";
  EXPECT_EQ(admin().post("/admin/applications", sent).status, 201);
}

TEST_F(Validation, AConfusableNameIsAWarningAndNotARefusal) {
  auto first = must(with({{"name", "Payroll bridge"}}), 201);
  EXPECT_FALSE(first["meta"].contains("warnings"));
  for (const char* name :
       {"Payroll bridge", "PAYROLL BRIDGE", "Pаyroll bridge" /* Cyrillic а */, "Ρayroll bridge"}) {
    auto reply = with({{"name", name}});
    ASSERT_EQ(reply.status, 201) << name;
    auto warnings = reply.json()["meta"]["warnings"];
    ASSERT_EQ(warnings.size(), 1U) << name;
    EXPECT_EQ(warnings[0]["code"], "confusable_name");
    EXPECT_EQ(warnings[0]["pointer"], "/data/attributes/name");
    EXPECT_TRUE(reply.json()["meta"].contains("client_secret"));
  }
  EXPECT_FALSE(must(with({{"name", "Payroll fridge"}}), 201)["meta"].contains("warnings"));
}

TEST_F(Validation, ARenamingWarnsTooAndOnesOwnNameDoesNot) {
  must(with({{"name", "Census feed"}}), 201);
  auto id = registered().id;
  auto rename = [&](const std::string& name) {
    return must(admin().patch("/admin/applications/" + id, document("applications", {{"name", name}}, id)),
                200);
  };
  EXPECT_EQ(rename("Census fееd")["meta"]["warnings"].size(), 1U);
  auto alone = rename("Census of its own");
  EXPECT_FALSE(alone.contains("meta"));
  EXPECT_FALSE(rename("census of its own").contains("meta"));
}

}  // namespace
}  // namespace byline::test
