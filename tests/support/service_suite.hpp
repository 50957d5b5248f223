#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/service.hpp"

namespace byline::test {

/// An application with a token, and what it calls the service with.
struct Caller {
  Registered account;
  std::unique_ptr<HttpClient> http;
};

/// Tests that share one service and one organization, a fresh one for each suite. They stay out of each
/// other's way by names and addresses of their own (`fresh`), and restore what all depend on.
class ServiceSuite : public testing::Test {
 public:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

 protected:
  ServiceSuite() : admin_(service().admin()) {}

  static Service& service() { return *service_; }
  HttpClient& admin() { return *admin_; }
  std::unique_ptr<HttpClient> anonymous() const { return service().client(); }

  /// A text that no other test of the run has: `word-7`.
  static std::string fresh(const std::string& word = "thing");
  static std::string fresh_email() { return fresh("account") + "@example.org"; }

  /// A registered application with these default roles.
  Registered registered(const std::vector<std::string>& role_keys = {"intake_worker"});
  /// The same, signed in.
  Caller caller(const std::vector<std::string>& role_keys = {"intake_worker"});
  /// An application that has one custom role, signed in.
  Caller caller_with(const nlohmann::json& permissions);
  Caller sign_in(const Registered& account);
  /// Ids of a custom role and of a user; they throw when there is none.
  std::string custom_role(const nlohmann::json& permissions);
  std::string user(const std::vector<std::string>& role_keys = {"intake_worker"});
  std::string role(const std::string& default_key) { return role_id(admin(), default_key); }
  nlohmann::json application_document(const std::string& name, const std::string& email);

 private:
  static std::unique_ptr<Service> service_;
  std::unique_ptr<HttpClient> admin_;
};

/// `{"type": …, "id": …}` of each, as relationships hold them.
nlohmann::json identifiers(const std::string& type, const std::vector<std::string>& ids);
/// Sets the `roles` relationship of a document.
nlohmann::json with_roles(nlohmann::json document, const std::vector<std::string>& roles);

/// The answer's status and body, checked and read; throws where the status is another.
nlohmann::json must(const Reply& reply, int status);
/// The ids of a list's resources, in order.
std::vector<std::string> ids_of(const Reply& reply);
/// The values of one attribute of a list's resources, in order.
std::vector<nlohmann::json> values_of(const Reply& reply, const std::string& attribute);
nlohmann::json attributes_of(const Reply& reply);

}  // namespace byline::test
