// Where the client is, behind proxies and without.

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

using nlohmann::json;

/// The address that a session of this client would be begun from.
std::string seen_from(Service& service, const Headers& headers) {
  auto admin = service.admin();
  auto application = admin->get("/account", headers);
  EXPECT_EQ(application.status, 200);
  auto list = admin->get("/admin/users/" + service.founder().admin_id + "/credentials");
  return list.json()["data"][0]["attributes"]["last_used_from"];
}

TEST(BehindProxy, TheHeaderIsNobodysWordWithoutAProxy) {
  Service service;
  EXPECT_EQ(seen_from(service, {{"X-Forwarded-For", "192.0.2.7"}}), "127.0.0.1");
}

TEST(BehindProxy, TheLastAddressIsTheProxys) {
  for (const auto& [header, address] :
       std::vector<std::pair<std::string, std::string>>{{"192.0.2.7", "192.0.2.7"},
                                                        {"10.0.0.1, 192.0.2.7", "192.0.2.7"},
                                                        {"unknown,2001:db8::7 ", "2001:db8::7"},
                                                        {"192.0.2.7, unknown", "127.0.0.1"},
                                                        {"", "127.0.0.1"},
                                                        {",", "127.0.0.1"}}) {
    Service service({"--behind-proxy"});
    EXPECT_EQ(seen_from(service, {{"X-Forwarded-For", header}}), address) << header;
  }
}

TEST(BehindProxy, OfTwoProxiesTheOuterOneSaysIt) {
  Service service({"--behind-proxy", "--proxies", "2"});
  EXPECT_EQ(seen_from(service, {{"X-Forwarded-For", "203.0.113.1, 192.0.2.7, 10.0.0.1"}}), "192.0.2.7");
}

TEST(Addresses, WhatWouldBeRegrettedIsWarnedOf) {
  constexpr const char* kPlain = "without TLS";
  constexpr const char* kBase = "--base-url";
  auto told = [](const std::vector<std::string>& options, const char* what) {
    Service service(options);
    return service.log().find(what) != std::string::npos;
  };
  EXPECT_TRUE(told({"--listen", "0.0.0.0:0"}, kPlain));
  EXPECT_TRUE(told({"--listen", "0.0.0.0:0"}, kBase));
  EXPECT_FALSE(told({"--listen", "0.0.0.0:0", "--behind-proxy"}, kPlain));
  EXPECT_TRUE(told({"--listen", "0.0.0.0:0", "--behind-proxy"}, kBase));
  EXPECT_FALSE(told({"--behind-proxy", "--base-url", "https://byline.example.org"}, kBase));
  EXPECT_FALSE(told({}, kPlain) || told({}, kBase));
}

}  // namespace
}  // namespace byline::test
