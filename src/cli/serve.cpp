#include <sys/resource.h>

#include <csignal>
#include <iostream>

#include "byline/service.hpp"
#include "cli/listen.hpp"
#include "cli/program.hpp"
#include "cli/stop_signal.hpp"
#include "telemetry/log_line.hpp"

namespace byline::cli {
namespace {

struct ServeOptions {
  ServiceOptions service;
  Founding founding;
  std::string data = "data";
  std::string listen = "127.0.0.1:8080";
  std::string port_file;
  std::string log_format = "text";
  std::string log_level = "info";
  bool behind_proxy = false;
};

/// Connections must leave enough file descriptors for the database. Raises the soft limit as far as it goes,
/// and takes fewer connections where that is not far enough.
void fit_to_descriptors(unsigned& max_connections) {
  constexpr rlim_t kForTheRest = 512;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= max_connections + kForTheRest) return;
  auto rest = limit.rlim_cur > 2 * kForTheRest ? limit.rlim_cur - kForTheRest : limit.rlim_cur / 2;
  max_connections = static_cast<unsigned>(rest);
  log_line(spdlog::level::warn, "fewer connections than asked for: the process may open too few files",
           {{"max_connections", std::int64_t{max_connections}},
            {"open_files", static_cast<std::int64_t>(limit.rlim_cur)}});
}

/// The organization that was named, in data that holds none; says how to sign in. The token is printed
/// before anything else can go wrong, since it is shown only once.
std::expected<void, std::string> found(const ServeOptions& options) {
  if (options.founding.organization.empty()) {
    return std::unexpected(
        "The data directory " + options.data +
        " holds no organization yet. Found one with byline init, or name it to byline serve: "
        "--organization, --admin-name and --admin-email.");
  }
  auto founding = options.founding;
  founding.key_file = options.service.key_file;
  auto founded = found_organization(options.service.data, founding);
  if (!founded) return std::unexpected(founded.error());
  std::cout << "Founded the organization \"" << options.founding.organization << "\" with the administrator "
            << options.founding.administrator_name << " <" << options.founding.administrator_email << ">.\n"
            << "Sign in with this token; it is shown only now:\n\n    " << founded->administrator_token
            << "\n"
            << std::endl;
  return {};
}

/// Founds first where nothing is founded yet. The data is opened once: after a kill that takes the longest.
std::expected<std::unique_ptr<Service>, std::string> start(const ServeOptions& options, StopSignal& stop) {
  auto service = Service::start(options.service);
  if (service || is_initialized(options.service.data) != false) return service;
  {
    auto held = stop.hold();  // an administrator's token that was made is also shown
    if (auto founded = found(options); !founded) return std::unexpected(founded.error());
  }
  return Service::start(options.service);
}

/// What an operator would be sorry for later: secrets and passwords for everybody on the way to read, and an
/// address in tokens and links that nobody can use.
void warn_of_addresses(const ServiceOptions& service) {
  bool is_local = service.address.starts_with("127.") || service.address == "::1";
  if (!is_local && service.tls_certificate.empty() && service.proxies == 0) {
    log_line(
        spdlog::level::warn,
        "listening beyond this machine without TLS: tokens and passwords can be read on the way, and "
        "browsers "
        "keep no session; give --tls-certificate and --tls-key, or --behind-proxy where a proxy ends TLS",
        {{"address", service.address}});
  }
  bool is_any = service.address == "0.0.0.0" || service.address == "::";
  if (service.base_url.empty() && (is_any || service.proxies > 0)) {
    log_line(spdlog::level::warn,
             "callers see another address than the one listened on: tokens and links bear a wrong one until "
             "--base-url names it",
             {{"address", service.address}});
  }
}

int serve(ServeOptions options) {
  StopSignal::hold_back();
  std::signal(SIGPIPE, SIG_IGN);
  if (!start_logging(options.log_format == "json" ? LogFormat::json : LogFormat::text, options.log_level)) {
    return fail("There is no log level \"" + options.log_level +
                "\": use debug, info, warning, error or off.");
  }
  if (auto wrong = read_listen(options.listen, options.service.address, options.service.port); !wrong.empty())
    return fail(wrong);
  options.service.data = options.data;
  if (options.behind_proxy && options.service.proxies == 0) options.service.proxies = 1;
  if (auto checked = Service::check(options.service); !checked) return fail(checked.error());
  options.service.needs_organization = true;
  StopSignal stop;
  fit_to_descriptors(options.service.max_connections);
  auto service = start(options, stop);
  if (!service) return fail(service.error());
  stop.arm();  // before anybody can know the port
  warn_of_addresses(options.service);
  if (auto wrong = write_port_file(options.port_file, (*service)->port()); !wrong.empty()) return fail(wrong);
  log_line(spdlog::level::info, "listening",
           {{"address", options.service.address}, {"port", std::int64_t{(*service)->port()}}});
  std::cout << "Byline listens on " << (*service)->base_url() << " (port " << (*service)->port() << ")"
            << std::endl;

  int signal = stop.wait();
  log_line(spdlog::level::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
  (*service)->stop();
  (*service)->wait();
  log_line(spdlog::level::info, "stopped", {});
  return 0;
}

}  // namespace

void add_serve(Program& program) {
  auto* command = program.app.add_subcommand("serve", "Serve the API over a data directory");
  auto options = std::make_shared<ServeOptions>();
  auto& service = options->service;
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  add_founding_options(*command, options->founding);
  for (const char* name : {"--organization", "--admin-name", "--admin-email", "--plan"}) {
    command->get_option(name)->group(
        "Founded at first start, while the data directory holds no organization");
  }
  command->add_option("--listen", options->listen, "Address and port; port 0 lets the system pick one")
      ->capture_default_str();
  command->add_option("--port-file", options->port_file, "Write the port to this file once it listens");
  command->add_option("--base-url", service.base_url,
                      "The service's address as its callers see it: it stands in tokens and in links");
  command->add_option(
      "--key-file", service.key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory; "
      "BYLINE_KEY_ENCRYPTION_KEY goes before it");
  command->add_option(
      "--token-algorithm", service.token_algorithm,
      "What tokens are signed with: ES256, EdDSA or RS256; where it is not given, as before, and "
      "ES256 at first");
  command
      ->add_option("--key-rotation-days", service.key_rotation_days,
                   "Days after which the key that signs tokens is replaced; 0: never by itself")
      ->capture_default_str();
  command
      ->add_option("--rate-limit", service.rate_limit,
                   "Requests a second of an application that has no limit of its own; 0: no limit")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}))
      ->capture_default_str();
  command->add_flag("--allow-private-addresses", service.allow_private_addresses,
                    "Fetch applications' key sets from loopback and private networks too");
  command->add_option("--outgoing-ca-file", service.outgoing_ca_file,
                      "Certificates to trust when fetching, in place of the system's");
  command
      ->add_option(
          "--tls-certificate", service.tls_certificate,
          "Serve HTTPS with this certificate (PEM, with those that lead to its authority); the files "
          "are read anew when they change")
      ->check(CLI::ExistingFile);
  command->add_option("--tls-key", service.tls_key, "The certificate's key (PEM)")->check(CLI::ExistingFile);
  command->add_flag("--mutual-tls", service.mutual_tls,
                    "Ask clients for certificates, by which applications may prove themselves (RFC 8705)");
  command
      ->add_option("--tls-client-ca", service.tls_client_ca,
                   "Authorities (PEM) whose certificates' names are believed")
      ->check(CLI::ExistingFile);
  command->add_flag("--behind-proxy", options->behind_proxy,
                    "A proxy stands before the service: the client's address is the last in X-Forwarded-For");
  command
      ->add_option("--proxies", service.proxies,
                   "How many do, where it is more than one; each adds an address to that header")
      ->needs("--behind-proxy")
      ->check(CLI::Range(1U, 16U));
  command->add_option(
      "--log-origin", service.log_origin,
      "The log's name in its checkpoints, such as byline.example.org/log; another name than before "
      "gets a key of its own");
  command
      ->add_option("--checkpoint-seconds", service.checkpoint_seconds,
                   "Seconds between checkpoints of the log while there is news; 0: only when somebody asks")
      ->check(CLI::Range(0U, 86'400U))
      ->capture_default_str();
  command->add_option("--verify-views", service.verify_views_at,
                      "Each day at this time (HH:MM, UTC), hold every view against the log");
  command
      ->add_option(
          "--witness", service.witnesses,
          "A witness to sign checkpoints: its verifier key, a space, its address; may be given again")
      ->take_all();
  command
      ->add_option("--session-idle-minutes", service.session_idle_minutes,
                   "Minutes without a request, after which a user's session is over")
      ->check(CLI::Range(1U, 7U * 24 * 60))
      ->capture_default_str();
  command
      ->add_option("--session-hours", service.session_hours,
                   "Hours after which a session is over in any case")
      ->check(CLI::Range(1U, 31U * 24))
      ->capture_default_str();
  command->add_option(
      "--oidc-issuer", service.oidc_issuer,
      "Let users sign in with this OpenID Connect provider, by their verified e-mail address");
  command->add_option("--oidc-client-id", service.oidc_client_id,
                      "The client ID by which the provider knows the service");
  command
      ->add_option("--oidc-client-secret-file", service.oidc_client_secret_file,
                   "A file whose first line is the secret that goes with it")
      ->check(CLI::ExistingFile);
  command->add_option("--io-threads", service.io_threads, "Threads that speak HTTP; 0: one a processor")
      ->capture_default_str();
  command
      ->add_option("--max-connections", service.max_connections, "Connections held at a time; more get 503")
      ->capture_default_str();
  command->add_option("--max-body-bytes", service.max_body_bytes, "Bytes of a request's body; more get 413")
      ->capture_default_str();
  command->add_option("--drain-seconds", service.drain_seconds, "How long a stop waits for requests")
      ->capture_default_str();
  command->add_option("--log-format", options->log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--log-level", options->log_level, "debug, info, warning, error or off")
      ->capture_default_str();
  command->footer(
      "Examples:\n  byline serve --data ./data\n  byline serve --data ./data --listen 127.0.0.1:0 "
      "--port-file ./port --log-format json");
  command->callback([&program, options] {
    options->service.projections = program.projections;
    program.run = [options] { return serve(*options); };
  });
}

}  // namespace byline::cli
