#include <csignal>
#include <fstream>
#include <iostream>
#include <thread>

#include "byline/service.hpp"
#include "cli/options.hpp"
#include "engine/log_line.hpp"

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
};

/// `127.0.0.1:8080`, `[::1]:0`.
bool read_listen(const std::string& text, ServiceOptions& service) {
  auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  service.address = text.substr(0, colon);
  if (service.address.front() == '[' && service.address.back() == ']') {
    service.address = service.address.substr(1, service.address.size() - 2);
  }
  auto digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos)
    return false;
  auto port = std::stoul(digits);
  service.port = static_cast<std::uint16_t>(port);
  return port <= 65535;
}

/// Written beside and moved in place, so that who waits for the file never reads half of it.
bool write_port_file(const std::string& file, std::uint16_t port) {
  if (file.empty()) return true;
  auto beside = file + ".new";
  std::ofstream out(beside);
  out << port << '\n';
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(beside, file, error);
  return out && !error;
}

/// The signals that stop the service, held back from every thread and waited for by one.
sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int fail(const std::string& sentence) {
  std::cerr << sentence << std::endl;
  return 1;
}

/// On first start, where an organization was named: founds it and says how to sign in. The token is printed
/// before anything else can go wrong, since it is shown only once.
std::expected<void, std::string> found_at_first_start(const ServeOptions& options) {
  auto initialized = is_initialized(options.service.data);
  if (!initialized) return std::unexpected(initialized.error());
  if (*initialized) return {};
  if (options.founding.organization.empty()) {
    return std::unexpected(
        "The data directory " + options.data +
        " holds no organization yet. Found one with byline init, or name it to byline serve: "
        "--organization, --admin-name and --admin-email.");
  }
  auto founded = found_organization(options.service.data, options.founding);
  if (!founded) return std::unexpected(founded.error());
  std::cout << "Founded the organization \"" << options.founding.organization << "\" with the administrator "
            << options.founding.administrator_name << " <" << options.founding.administrator_email << ">.\n"
            << "Sign in with this token; it is shown only now:\n\n    " << founded->administrator_token
            << "\n"
            << std::endl;
  return {};
}

int serve(ServeOptions options) {
  // Before any thread is there, the logger's own included: one that does not hold them back would end the
  // process at once where they are to stop it in order.
  auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (!start_logging(options.log_format == "json" ? LogFormat::json : LogFormat::text, options.log_level)) {
    return fail("There is no log level \"" + options.log_level +
                "\": use debug, info, warning, error or off.");
  }
  if (!read_listen(options.listen, options.service)) {
    return fail("--listen takes an address and a port, such as 127.0.0.1:8080 or [::1]:0.");
  }
  options.service.data = options.data;
  if (auto founded = found_at_first_start(options); !founded) return fail(founded.error());
  auto service = Service::start(options.service);
  if (!service) return fail(service.error());
  if (!write_port_file(options.port_file, (*service)->port())) {
    return fail("The port file " + options.port_file + " cannot be written.");
  }
  log_line(spdlog::level::info, "listening",
           {{"address", options.service.address}, {"port", std::int64_t{(*service)->port()}}});
  std::cout << "Byline listens on " << (*service)->base_url() << " (port " << (*service)->port() << ")"
            << std::endl;

  int signal = 0;
  sigwait(&signals, &signal);
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
                      "The service's address as its callers see it, when it stands behind a proxy");
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
  command->callback([&program, options] { program.run = [options] { return serve(*options); }; });
}

}  // namespace byline::cli
