#include "support/service.hpp"

#include <signal.h>

#include <chrono>
#include <stdexcept>
#include <thread>

namespace byline::test {
namespace {

/// Waits until the service has written its port.
std::uint16_t port_in(const std::filesystem::path& file, Process& process, const std::filesystem::path& log) {
  using namespace std::chrono_literals;
  for (int i = 0; i < 60'000; ++i) {
    if (std::filesystem::exists(file)) return static_cast<std::uint16_t>(std::stoul(read_file(file)));
    if (process.ended()) throw std::runtime_error("byline serve ended at once: " + read_file(log));
    std::this_thread::sleep_for(1ms);
  }
  throw std::runtime_error("byline serve does not come up");
}

void must_have(const Reply& reply, int status) {
  if (reply.status == status) return;
  throw std::runtime_error("expected " + std::to_string(status) + ", got " + std::to_string(reply.status) +
                           ": " + reply.body);
}

}  // namespace

Founder found(const std::filesystem::path& data, const std::string& organization, const std::string& email,
              const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"init",       "--data",       data.string(), "--organization",
                                        organization, "--admin-name", "Ada Moreno",  "--admin-email",
                                        email,        "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  auto done = run_byline(arguments);
  if (done.status != 0) throw std::runtime_error("byline init failed: " + done.errors);
  auto answer = nlohmann::json::parse(done.output);
  return {answer.at("organization_id"), answer.at("admin_id"), answer.at("admin_token")};
}

Service::Service(std::vector<std::string> options, Environment environment, std::filesystem::path data)
    : data_(data.empty() ? directory_ / "data" : std::move(data)),
      options_(std::move(options)),
      environment_(std::move(environment)),
      founder_(found(data_)) {
  start();
}

Service::~Service() = default;

void Service::start() {
  auto port_file = directory_ / "port";
  std::filesystem::remove(port_file);
  std::vector<std::string> command = {byline_binary(), "serve",       "--data",      data().string(),
                                      "--listen",      "127.0.0.1:0", "--port-file", port_file.string()};
  command.insert(command.end(), options_.begin(), options_.end());
  process_ = std::make_unique<Process>(command, directory_ / "out", directory_ / "log", environment_);
  port_ = port_in(port_file, *process_, directory_ / "log");
  base_ = "http://127.0.0.1:" + std::to_string(port_);
}

int Service::stop() {
  process_->signal(SIGTERM);
  return process_->wait();
}

void Service::kill() {
  process_->signal(SIGKILL);
  process_->wait();
}

std::unique_ptr<HttpClient> Service::client(const std::string& bearer) const {
  auto client = std::make_unique<HttpClient>(base_);
  client->set_bearer(bearer);
  return client;
}

std::string role_id(HttpClient& admin, const std::string& default_key) {
  auto reply = admin.get("/admin/roles?filter[default_key]=" + default_key);
  must_have(reply, 200);
  return reply.json().at("data").at(0).at("id");
}

nlohmann::json account_document(const std::string& type, const std::string& name, const std::string& email,
                                const std::vector<std::string>& roles) {
  auto made = document(type, {{"name", name}, {"email", email}});
  auto& linked = made["data"]["relationships"]["roles"]["data"] = nlohmann::json::array();
  for (const auto& role : roles) linked.push_back({{"type", "roles"}, {"id", role}});
  return made;
}

nlohmann::json document(const std::string& type, nlohmann::json attributes, const std::string& id) {
  nlohmann::json data = {{"type", type}, {"attributes", std::move(attributes)}};
  if (!id.empty()) data["id"] = id;
  return {{"data", std::move(data)}};
}

Registered register_application(HttpClient& admin, const std::string& name, const std::string& email,
                                const std::vector<std::string>& role_keys) {
  std::vector<std::string> roles;
  for (const auto& key : role_keys) roles.push_back(role_id(admin, key));
  auto reply = admin.post("/admin/applications", account_document("applications", name, email, roles));
  must_have(reply, 201);
  auto answer = reply.json();
  return {answer.at("data").at("id"), answer.at("meta").at("client_secret")};
}

std::string token_of(HttpClient& client, const Registered& application) {
  HttpClient anonymous(client.base());
  auto reply = anonymous.post_form("/oauth2/token", {{"grant_type", "client_credentials"},
                                                     {"client_id", application.id},
                                                     {"client_secret", application.secret}});
  must_have(reply, 200);
  return reply.json().at("access_token");
}

}  // namespace byline::test
