// How an address is read, and what is said where there is nothing, or not with this method, or not in this
// form.

#include <gtest/gtest.h>

#include "support/live_service.hpp"

namespace byline::test {
namespace {

class AddressesTest : public testing::Test {
 protected:
  Reply get(const std::string& target) { return exchange(service_.port(), get_request(target, bearer_)); }
  Reply request(const std::string& method, const std::string& target) {
    return exchange(service_.port(),
                    method + " " + target + " HTTP/1.1\r\nHost: byline\r\n" + bearer_ + "\r\n");
  }

  Service& service_ = live_service();
  std::string bearer_ = "Authorization: Bearer " + service_.founder().admin_token + "\r\n";
};

TEST_F(AddressesTest, EscapedAndPlainLettersAreTheSame) {
  for (auto* path : {"/admin/users", "/%61dmin/%75sers", "/admin/user%73", "/admin/users?"}) {
    EXPECT_EQ(get(path).status, 200) << path;
  }
  EXPECT_EQ(get("/admin/users?page%5Bsize%5D=1").json()["data"].size(), 1U);
}

TEST_F(AddressesTest, AnEscapedSlashSeparatesNothing) {
  for (auto* path : {"/admin%2Fusers", "/admin/users%2F", "/health%2flive", "%2Fhealth/live"}) {
    EXPECT_NE(get(path).status, 200) << path;
  }
}

TEST_F(AddressesTest, DotsLeadNowhere) {
  for (auto* path : {"/admin/../metrics", "/health/./live", "/admin/users/..", "/admin/users/../users",
                     "/%2e%2e/metrics", "/../../etc/passwd", "/admin/%2e%2e/%2e%2e/etc/passwd"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(AddressesTest, ASlashMoreIsAnotherAddress) {
  for (auto* path : {"/health/live/", "//health/live", "/admin//users", "/admin/users/", "/"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(AddressesTest, WhatCannotBeDecodedIsRefused) {
  for (auto* path : {"/admin/%", "/admin/%4", "/admin/%zz", "/admin/%00", "/admin/%ff", "/admin/%c0%af",
                     "/admin/%ed%a0%80", "/admin/a%00b", "/health/live%"}) {
    auto reply = get(path);
    EXPECT_EQ(reply.status, 400) << path;
    EXPECT_EQ(reply.codes(), "invalid_path") << path;
  }
  for (auto* query : {"?a=%", "?%zz=1", "?a=%00", "?a=%ff"}) {
    auto reply = get(std::string("/admin/users") + query);
    EXPECT_EQ(reply.status, 400) << query;
    EXPECT_EQ(reply.codes(), "invalid_parameter") << query;
  }
}

TEST_F(AddressesTest, ProxiesMaySendTheWholeAddress) {
  for (auto* target : {"http://byline/health/live", "HTTP://127.0.0.1:8080/health/live",
                       "https://byline/health/live", "http://somebody:else@byline/health/live?"}) {
    EXPECT_EQ(get(target).status, 200) << target;
  }
  EXPECT_EQ(get("http://byline").status, 404);
  EXPECT_EQ(get("http://byline?/health/live").status, 404);
}

TEST_F(AddressesTest, WhatIsNoPathIsRefused) {
  for (auto* target : {"*", "byline:80", "health/live", "ftp://byline/health/live"}) {
    auto reply = get(target);
    EXPECT_EQ(reply.status, 400) << target;
    EXPECT_EQ(reply.codes(), "invalid_path") << target;
  }
}

TEST_F(AddressesTest, NothingIs404) {
  for (auto* path :
       {"/nowhere", "/admin", "/admin/users/a/b/c", "/oauth2", "/people/cats", "/people/people/x"}) {
    auto reply = get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_EQ(reply.codes(), "not_found") << path;
    EXPECT_EQ(reply.header("content-type"), "application/vnd.api+json") << path;
  }
}

TEST_F(AddressesTest, AnotherMethodIsToldWhichOnesThereAre) {
  struct Case {
    const char* method;
    const char* path;
    const char* allowed;
  };
  for (auto [method, path, allowed] :
       {Case{"PUT", "/admin/applications", "GET, HEAD, POST"},
        Case{"DELETE", "/admin/audit-events", "GET, HEAD"},
        Case{"POST", "/admin/users/x", "GET, HEAD, PATCH, DELETE"}, Case{"GET", "/oauth2/token", "POST"},
        Case{"POST", "/health/live", "GET, HEAD"}, Case{"PUT", "/people/people", "GET, HEAD, POST"},
        Case{"OPTIONS", "/metrics", "GET, HEAD"}, Case{"BREW", "/metrics", "GET, HEAD"},
        Case{"get", "/metrics", "GET, HEAD"}}) {
    auto reply = request(method, path);
    EXPECT_EQ(reply.status, 405) << method << ' ' << path;
    EXPECT_EQ(reply.codes(), "method_not_allowed") << method << ' ' << path;
    EXPECT_EQ(reply.header("allow"), allowed) << method << ' ' << path;
  }
}

TEST_F(AddressesTest, OtherFormsThanWeWriteAreNotAcceptable) {
  auto with_accept = [&](const std::string& accept) {
    return exchange(service_.port(), get_request("/admin/users", bearer_ + "Accept: " + accept + "\r\n"));
  };
  for (auto* accept : {"application/vnd.api+json", "*/*", "application/vnd.api+json;q=0.3, text/html",
                       "application/vnd.api+json; ext=\"x\", application/vnd.api+json"}) {
    EXPECT_EQ(with_accept(accept).status, 200) << accept;
  }
  for (auto* accept : {"application/vnd.api+json; ext=\"x\"", "application/vnd.api+json;charset=utf-8"}) {
    auto reply = with_accept(accept);
    EXPECT_EQ(reply.status, 406) << accept;
    EXPECT_EQ(reply.codes(), "not_acceptable");
    EXPECT_EQ(reply.json()["errors"][0]["source"]["header"], "Accept");
  }
}

}  // namespace
}  // namespace byline::test
