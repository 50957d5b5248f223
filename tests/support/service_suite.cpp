#include "support/service_suite.hpp"

#include <atomic>
#include <stdexcept>

namespace byline::test {

std::unique_ptr<Service> ServiceSuite::service_;

void ServiceSuite::SetUpTestSuite() { service_ = std::make_unique<Service>(); }
void ServiceSuite::TearDownTestSuite() { service_.reset(); }

std::string ServiceSuite::fresh(const std::string& word) {
  static std::atomic<int> count = 0;
  return word + "-" + std::to_string(++count);
}

Registered ServiceSuite::registered(const std::vector<std::string>& role_keys) {
  return register_application(admin(), fresh("Application"), fresh_email(), role_keys);
}

Caller ServiceSuite::sign_in(const Registered& account) {
  return {account, service().client(token_of(admin(), account))};
}

Caller ServiceSuite::caller(const std::vector<std::string>& role_keys) {
  return sign_in(registered(role_keys));
}

Caller ServiceSuite::caller_with(const nlohmann::json& permissions) {
  auto roles = std::vector{custom_role(permissions)};
  auto answer =
      must(admin().post("/admin/applications",
                        account_document("applications", fresh("Application"), fresh_email(), roles)),
           201);
  return sign_in({answer["data"]["id"], answer["meta"]["client_secret"]});
}

std::string ServiceSuite::custom_role(const nlohmann::json& permissions) {
  auto made = document("roles", {{"name", fresh("Role")}, {"permissions", permissions}});
  return must(admin().post("/admin/roles", made), 201)["data"]["id"];
}

std::string ServiceSuite::user(const std::vector<std::string>& role_keys) {
  std::vector<std::string> roles;
  for (const auto& key : role_keys) roles.push_back(role(key));
  auto made = account_document("users", fresh("User"), fresh_email(), roles);
  return must(admin().post("/admin/users", made), 201)["data"]["id"];
}

nlohmann::json ServiceSuite::application_document(const std::string& name, const std::string& email) {
  return account_document("applications", name, email, {role("intake_worker")});
}

nlohmann::json identifiers(const std::string& type, const std::vector<std::string>& ids) {
  auto list = nlohmann::json::array();
  for (const auto& id : ids) list.push_back({{"type", type}, {"id", id}});
  return list;
}

nlohmann::json with_roles(nlohmann::json document, const std::vector<std::string>& roles) {
  document["data"]["relationships"]["roles"]["data"] = identifiers("roles", roles);
  return document;
}

nlohmann::json must(const Reply& reply, int status) {
  if (reply.status == status) return reply.json();
  throw std::runtime_error("expected " + std::to_string(status) + ", got " + std::to_string(reply.status) +
                           ": " + reply.body);
}

std::vector<std::string> ids_of(const Reply& reply) {
  std::vector<std::string> ids;
  auto answer = must(reply, 200);
  for (const auto& resource : answer.at("data")) ids.push_back(resource.at("id"));
  return ids;
}

std::vector<nlohmann::json> values_of(const Reply& reply, const std::string& attribute) {
  std::vector<nlohmann::json> values;
  auto answer = must(reply, 200);
  for (const auto& resource : answer.at("data")) {
    values.push_back(resource.at("attributes").at(attribute));
  }
  return values;
}

nlohmann::json attributes_of(const Reply& reply) { return reply.json().at("data").at("attributes"); }

}  // namespace byline::test
