#include "byline/witness.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <optional>
#include <thread>

#include "engine/clock.hpp"
#include "engine/directory_lock.hpp"
#include "http/server/server.hpp"
#include "security/deployment_keys.hpp"
#include "transparency/witness.hpp"

namespace byline {
namespace {

using http::Awaitable;
using http::Request;
using http::Response;
using transparency::Witness;

Response reply(Witness::Answer answer) {
  Response response;
  response.status = answer.status;
  response.content_type = std::move(answer.content_type);
  response.body = std::move(answer.body);
  return response;
}

/// `POST /add-checkpoint`, and `GET /` for who wants to know its key.
class WitnessHandler final : public http::Handler {
 public:
  explicit WitnessHandler(Witness& witness) : witness_(witness) {}

  Awaitable<Response> handle(const Request& request) override {
    using boost::beast::http::verb;
    bool reads = request.method == verb::get || request.method == verb::head;
    if (request.path == "/" && reads) co_return reply({200, witness_.key().text() + "\n"});
    if (request.path != "/add-checkpoint") co_return reply({404, "There is nothing at this address.\n"});
    if (request.method != verb::post) {
      auto response = reply({405, "Checkpoints are added by POST.\n"});
      response.headers.emplace_back("Allow", "POST");
      co_return response;
    }
    try {
      co_return reply(witness_.add_checkpoint(request.body, system_now().micros / 1'000'000));
    } catch (const std::exception& error) {
      spdlog::error("a checkpoint cannot be signed: {}", error.what());
    }
    co_return reply({500, "The witness cannot sign now; its operator knows more.\n"});
  }

  Response refuse(unsigned status, std::string_view, std::string_view detail, std::string_view) override {
    return reply({status, std::string(detail) + "\n"});
  }

 private:
  Witness& witness_;
};

}  // namespace

struct WitnessService::Parts {
  std::optional<DirectoryLock> lock;
  std::optional<Witness> witness;
  std::optional<WitnessHandler> handler;
  std::optional<http::Server> server;
  std::thread runner;
  std::mutex joining;
};

std::expected<std::unique_ptr<WitnessService>, std::string> WitnessService::start(
    const WitnessOptions& options) {
  if (sodium_init() < 0) return std::unexpected("The cryptographic library cannot be used on this machine.");
  if (!security::is_note_key_name(options.name)) {
    return std::unexpected(
        "The witness cannot be called \"" + options.name +
        "\": its name is not empty and has no spaces, no plus sign and at most 255 bytes.");
  }
  std::vector<security::NoteVerifier> logs;
  for (const auto& text : options.logs) {
    auto log = security::NoteVerifier::parse(text);
    if (!log) return std::unexpected("\"" + text + "\" is no verifier key of a log.");
    logs.push_back(std::move(*log));
  }
  if (logs.empty()) return std::unexpected("A witness needs the verifier key of at least one log.");
  auto parts = std::make_unique<Parts>();
  auto lock = DirectoryLock::acquire(options.directory);
  if (!lock) return std::unexpected(lock.error());
  parts->lock.emplace(std::move(*lock));
  auto keys = security::load_or_create_keys(options.directory / "keys.json");
  if (!keys) return std::unexpected(keys.error());
  security::NoteSigner signer(options.name, security::NoteKeyType::cosignature,
                              security::derive_key(keys->seal_key, "witness", options.name));
  parts->witness.emplace(options.directory, std::move(signer), std::move(logs));
  parts->handler.emplace(*parts->witness);
  http::Server::Options server;
  server.address = options.address;
  server.port = options.port;
  server.io_threads = 1;
  server.body_limit = 1 << 20;
  parts->server.emplace(server, *parts->handler);
  if (auto listening = parts->server->listen(); !listening) return std::unexpected(listening.error());
  parts->runner = std::thread([raw = &*parts->server] { raw->run(); });
  return std::unique_ptr<WitnessService>(new WitnessService(std::move(parts)));
}

WitnessService::WitnessService(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

WitnessService::~WitnessService() {
  stop();
  wait();
}

std::uint16_t WitnessService::port() const { return parts_->server->port(); }
std::string WitnessService::verifier_key() const { return parts_->witness->key().text(); }
void WitnessService::stop() { parts_->server->stop(); }

void WitnessService::wait() {
  std::lock_guard guard(parts_->joining);
  if (parts_->runner.joinable()) parts_->runner.join();
}

}  // namespace byline
