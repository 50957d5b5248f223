#include "byline/service.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <mutex>
#include <thread>

#include "domain/text.hpp"
#include "engine/engine.hpp"
#include "http/api.hpp"
#include "http/fetch.hpp"
#include "http/resources/routes.hpp"
#include "http/server/server.hpp"
#include "projections/definition.hpp"
#include "service/await_views.hpp"
#include "service/checkpoint_key.hpp"
#include "service/keys.hpp"
#include "service/nightly_check.hpp"
#include "service/signing_keys.hpp"

namespace byline {

/// In the order in which they are made; taken down in the other.
struct Service::Parts {
  Metrics metrics;
  std::unique_ptr<Engine> engine;
  std::optional<http::Services> services;
  std::unique_ptr<http::Api> api;
  std::unique_ptr<http::Server> server;
  std::optional<KeyRotation> rotation;
  std::optional<NightlyCheck> check;
  std::thread runner;
  std::mutex joining;
};

namespace {

http::Server::Options server_options(const ServiceOptions& options) {
  http::Server::Options server;
  server.address = options.address;
  server.port = options.port;
  server.io_threads = options.io_threads;
  server.max_connections = options.max_connections;
  server.body_limit = options.max_body_bytes;
  server.drain_timeout = std::chrono::seconds(options.drain_seconds);
  server.proxies = options.proxies;
  if (!options.tls_certificate.empty()) {
    server.tls =
        http::TlsOptions{options.tls_certificate, options.tls_key, options.mutual_tls, options.tls_client_ca};
  }
  return server;
}

std::string url_of(const std::string& address, std::uint16_t port, bool tls) {
  bool ipv6 = address.find(':') != std::string::npos;
  return (tls ? "https://" : "http://") + (ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// Why callers could not use it; empty where they can, or where none is given.
std::string check_base_url(const std::string& url) {
  auto parsed = parse_url(url);
  if (!parsed) return "The base URL " + url + " cannot be used: " + parsed.error().detail + ".";
  bool plain = url.empty() || (url.back() != '/' && url.find_first_of("?#") == std::string::npos);
  return plain
             ? ""
             : "The base URL " + url + " cannot be used: it must end without a slash, a query or a fragment.";
}

/// What cannot be meant; empty where there is nothing.
std::string check_options(const ServiceOptions& options) {
  if (auto wrong = check_base_url(options.base_url); !wrong.empty()) return wrong;
  if (!options.verify_views_at.empty() && !TimeOfDay::parse(options.verify_views_at))
    return "The time " + options.verify_views_at +
           " for verifying views cannot be read: give it as HH:MM, in UTC.";
  if (options.tls_certificate.empty() != options.tls_key.empty())
    return "A TLS certificate and its key are given together: --tls-certificate and --tls-key.";
  if (options.tls_certificate.empty() && (options.mutual_tls || !options.tls_client_ca.empty()))
    return "--mutual-tls needs --tls-certificate and --tls-key: clients can come with certificates only "
           "where the "
           "service has one.";
  if (!options.tls_client_ca.empty() && !options.mutual_tls)
    return "--tls-client-ca needs --mutual-tls: authorities are of use only where clients are asked for "
           "certificates.";
  bool some = !options.oidc_issuer.empty() || !options.oidc_client_id.empty() ||
              !options.oidc_client_secret_file.empty();
  bool all = !options.oidc_issuer.empty() && !options.oidc_client_id.empty() &&
             !options.oidc_client_secret_file.empty();
  if (some && !all)
    return "An OpenID Connect provider needs an issuer, a client ID and a file with the client's secret.";
  if (some && !options.oidc_issuer.starts_with("https://"))
    return "The issuer " + options.oidc_issuer + " cannot be used: it must begin with https://.";
  return {};
}

std::expected<std::vector<ProjectionDefinition>, std::string> read_definitions(
    const ServiceOptions& options) {
  return parse_definitions(options.projections.empty() ? "[]" : options.projections);
}

/// `VERIFIER_KEY URL`
std::expected<transparency::WitnessPeer, std::string> read_witness(const std::string& text) {
  auto space = text.find(' ');
  auto key = security::NoteVerifier::parse(text.substr(0, space));
  auto url = space == std::string::npos ? std::string() : text.substr(space + 1);
  bool is_url = url.starts_with("https://") || url.starts_with("http://");
  if (!key || key->type() != security::NoteKeyType::cosignature || !is_url) {
    return std::unexpected(
        "The witness \"" + text +
        "\" cannot be asked: give the verifier key that it prints, a space, and its address.");
  }
  if (url.back() == '/') url.pop_back();
  return transparency::WitnessPeer{std::move(*key), std::move(url)};
}

/// As clients see the log's address, without scheme: what C2SP tlog-tiles wants for a name.
std::string default_origin(const std::string& base_url) {
  return base_url.substr(base_url.find("://") + 3) + "/log";
}

std::expected<std::unique_ptr<transparency::Publisher>, std::string> make_publisher(
    const ServiceOptions& options, Engine& engine, const http::Services& services) {
  auto key = ensure_checkpoint_key(engine, services.keys.seal_key, options.log_origin,
                                   default_origin(services.base_url));
  if (!key) return std::unexpected(key.error());
  transparency::Publisher::Options publishing;
  publishing.interval = std::chrono::seconds(options.checkpoint_seconds);
  publishing.begins_anew = key->is_new;
  for (const auto& text : options.witnesses) {
    auto witness = read_witness(text);
    if (!witness) return std::unexpected(witness.error());
    publishing.witnesses.push_back(std::move(*witness));
  }
  // The operator names the witnesses, which may well stand in the same network.
  http::FetchRules rules{.allow_private_addresses = true,
                         .ca_file = options.outgoing_ca_file.string(),
                         .timeout = std::chrono::seconds(3)};
  publishing.post = [rules](
                        const std::string& url,
                        const std::string& body) -> std::expected<transparency::WitnessReply, std::string> {
    auto answer = http::post_text(url, body, rules);
    if (!answer) return std::unexpected(answer.error());
    return transparency::WitnessReply{answer->status, std::move(answer->body)};
  };
  return std::make_unique<transparency::Publisher>(engine, std::move(key->signer), std::move(publishing));
}

std::expected<std::string, std::string> read_secret_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string secret;
  std::getline(in, secret);
  if (!in || secret.empty())
    return std::unexpected("The file " + file.string() + " cannot be read, or its first line is empty.");
  return secret;
}

}  // namespace

std::expected<void, std::string> Service::check(const ServiceOptions& options) {
  if (auto wrong = check_options(options); !wrong.empty()) return std::unexpected(wrong);
  if (auto read = read_definitions(options); !read) return std::unexpected(read.error());
  return {};
}

std::expected<std::unique_ptr<Service>, std::string> Service::start(const ServiceOptions& options) {
  if (sodium_init() < 0) return std::unexpected("The cryptographic library cannot be used on this machine.");
  auto parts = std::make_unique<Parts>();
  if (auto checked = check(options); !checked) return std::unexpected(checked.error());
  auto views = std::make_shared<const ViewSet>(read_definitions(options).value());
  auto none = [&options] {
    return std::unexpected("The data directory " + options.data.string() + " holds no organization yet.");
  };
  if (options.needs_organization && !Database::exists(options.data)) return none();
  auto keys = keys_of({.data = options.data, .file = options.key_file});
  if (!keys) return std::unexpected(keys.error());
  auto engine = Engine::open(
      {.directory = options.data, .key_encryption_key = keys->seal_key, .views = std::move(views)},
      parts->metrics);
  if (!engine) return std::unexpected(engine.error());
  if (options.needs_organization && !(*engine)->had_organizations()) return none();
  parts->engine = std::move(*engine);
  parts->metrics.set_storage_figures([raw = parts->engine.get()] { return raw->storage_figures(); });
  parts->metrics.set_view_figures([raw = parts->engine.get()] {
    Metrics::Figures figures;
    for (const auto& status : raw->view_statuses())
      figures.emplace_back(raw->views().name_of(status.view), status.live ? 1 : 0);
    return figures;
  });

  // Without these nothing can be signed; everything else can wait.
  constexpr View kNeeded[] = {View::signing_keys, View::checkpoint_keys};
  if (auto there = await_views(*parts->engine, kNeeded); !there) return std::unexpected(there.error());
  auto algorithm = signature_algorithm_named(options.token_algorithm);
  if (!algorithm && !options.token_algorithm.empty()) {
    return std::unexpected("There is no algorithm \"" + options.token_algorithm +
                           "\" for tokens: use ES256, EdDSA or RS256.");
  }
  if (auto ensured = ensure_signing_key(*parts->engine, *keys, algorithm); !ensured)
    return std::unexpected(ensured.error());
  security::SecretDigester digester(keys->digest_key);
  http::FetchRules rules{.allow_private_addresses = options.allow_private_addresses,
                         .ca_file = options.outgoing_ca_file.string()};
  parts->services.emplace(*parts->engine, parts->metrics, std::move(*keys), digester, rules);
  parts->api = std::make_unique<http::Api>(*parts->services, http::routes());
  parts->server = std::make_unique<http::Server>(server_options(options), *parts->api);
  if (auto listening = parts->server->listen(); !listening) return std::unexpected(listening.error());

  // Only now is the port known, which the issuer of tokens bears in its name. Nobody is served yet.
  auto& services = *parts->services;
  services.base_url = options.base_url.empty()
                          ? url_of(options.address, parts->server->port(), !options.tls_certificate.empty())
                          : options.base_url;
  services.rate_limit = options.rate_limit;
  services.mutual_tls = options.mutual_tls;
  constexpr std::int64_t kMinute = 60LL * 1'000'000;
  services.session_idle = std::max(1U, options.session_idle_minutes) * kMinute;
  services.session_length = std::max(1U, options.session_hours) * 60 * kMinute;
  if (!options.oidc_issuer.empty()) {
    auto secret = read_secret_file(options.oidc_client_secret_file);
    if (!secret) return std::unexpected(secret.error());
    // The operator names the provider, which may well stand in the same network.
    http::FetchRules to_provider{.allow_private_addresses = true,
                                 .ca_file = options.outgoing_ca_file.string()};
    services.oidc.emplace(http::OidcOptions{options.oidc_issuer, options.oidc_client_id, *secret},
                          to_provider, services.provider_pool);
  }
  services.tokens.emplace(*parts->engine, services.keys.seal_key, services.base_url);
  services.openapi = http::openapi_document(services.base_url);
  auto publisher = make_publisher(options, *parts->engine, services);
  if (!publisher) return std::unexpected(publisher.error());
  services.publisher = std::move(*publisher);
  parts->engine->listen([raw = &services.news] { raw->arrived(); });
  parts->rotation.emplace(*parts->engine, services.keys.seal_key, options.key_rotation_days);
  if (auto at = TimeOfDay::parse(options.verify_views_at)) parts->check.emplace(*parts->engine, *at);
  parts->runner = std::thread([server = parts->server.get()] { server->run(); });
  return std::unique_ptr<Service>(new Service(std::move(parts)));
}

Service::Service(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Service::~Service() {
  stop();
  wait();
}

std::uint16_t Service::port() const { return parts_->server->port(); }
const std::string& Service::base_url() const { return parts_->services->base_url; }
void Service::stop() { parts_->server->stop(); }

void Service::wait() {
  std::lock_guard guard(parts_->joining);
  if (parts_->runner.joinable()) parts_->runner.join();
  parts_->rotation.reset();
  parts_->check.reset();
  if (parts_->services->publisher) parts_->services->publisher->stop();
  parts_->services->pool.stop();
  parts_->services->publishing_pool.stop();
  parts_->services->provider_pool.stop();
  parts_->services->password_pool.stop();
  // Requests are over; what they handed to the writer is finished before the disk is closed.
  parts_->engine->stop();
}

}  // namespace byline
