#pragma once

#include <memory>
#include <string>

#include "support/http_client.hpp"
#include "support/process.hpp"
#include "support/temp_directory.hpp"

namespace byline::test {

struct Founder {
  std::string organization_id;
  std::string admin_id;
  std::string admin_token;
};

/// Runs `byline init` on the directory; throws when it fails.
Founder found(const std::filesystem::path& data, const std::string& organization = "Harbor County",
              const std::string& email = "ada@example.org", const std::vector<std::string>& more = {});

/// The real `byline serve`, on a port that the system picked, over a directory of its own with one
/// organization.
class Service {
 public:
  /// `options` are further arguments of `serve`; `data` is a directory elsewhere than in a temporary one.
  explicit Service(std::vector<std::string> options = {}, Environment environment = {},
                   std::filesystem::path data = {});
  ~Service();

  /// Starts it again where it was stopped or killed.
  void start();
  /// SIGTERM, and its exit status.
  int stop();
  /// SIGKILL.
  void kill();

  const Founder& founder() const { return founder_; }
  const std::filesystem::path& data() const { return data_; }
  const std::string& base() const { return base_; }
  std::uint16_t port() const { return port_; }
  pid_t pid() const { return process_->pid(); }
  std::string log() const { return read_file(directory_ / "log"); }

  /// A client that signs in with this token.
  std::unique_ptr<HttpClient> client(const std::string& bearer = {}) const;
  std::unique_ptr<HttpClient> admin() const { return client(founder_.admin_token); }

 private:
  TempDirectory directory_;
  std::filesystem::path data_;
  std::vector<std::string> options_;
  Environment environment_;
  Founder founder_;
  std::unique_ptr<Process> process_;
  std::string base_;
  std::uint16_t port_ = 0;
};

// What nearly every test of the API does.

/// The id of the default role with this key (`intake_worker`).
std::string role_id(HttpClient& admin, const std::string& default_key);

/// A document as POST /admin/applications and /admin/users take it.
nlohmann::json account_document(const std::string& type, const std::string& name, const std::string& email,
                                const std::vector<std::string>& roles);
/// A document with attributes only; with an id, as PATCH takes it.
nlohmann::json document(const std::string& type, nlohmann::json attributes, const std::string& id = {});

struct Registered {
  std::string id;
  std::string secret;
};
/// Registers an application with default roles; throws when that fails.
Registered register_application(HttpClient& admin, const std::string& name, const std::string& email,
                                const std::vector<std::string>& role_keys);
/// A bearer token by client credentials; throws when there is none.
std::string token_of(HttpClient& client, const Registered& application);

}  // namespace byline::test
