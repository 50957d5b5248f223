#include <csignal>
#include <iostream>

#include "byline/witness.hpp"
#include "cli/listen.hpp"
#include "cli/program.hpp"
#include "cli/stop_signal.hpp"

namespace byline::cli {
namespace {

struct Options {
  WitnessOptions witness;
  std::string state = "witness";
  std::string listen = "127.0.0.1:8081";
  std::string port_file;
};

int run(Options options) {
  StopSignal::hold_back();
  std::signal(SIGPIPE, SIG_IGN);
  if (auto wrong = read_listen(options.listen, options.witness.address, options.witness.port); !wrong.empty())
    return fail(wrong);
  options.witness.directory = options.state;
  StopSignal stop;
  auto service = WitnessService::start(options.witness);
  if (!service) return fail(service.error());
  stop.arm();  // before anybody can know the port
  if (auto wrong = write_port_file(options.port_file, (*service)->port()); !wrong.empty()) return fail(wrong);
  std::cout << "The witness " << options.witness.name << " listens on port " << (*service)->port()
            << ". Its verifier key:\n\n    " << (*service)->verifier_key() << "\n"
            << std::endl;
  stop.wait();
  (*service)->stop();
  (*service)->wait();
  return 0;
}

}  // namespace

void add_witness(Program& program) {
  auto* command = program.app.add_subcommand(
      "witness", "Sign the checkpoints of others' logs, so that nobody is shown a history of his own");
  auto options = std::make_shared<Options>();
  command->add_option("--state", options->state, "Where its key is and what it signed last")
      ->capture_default_str();
  command
      ->add_option("--name", options->witness.name,
                   "Its name, such as witness.example.org; its key goes with it")
      ->required();
  command
      ->add_option("--log", options->witness.logs,
                   "The verifier key of a log to sign for; may be given again")
      ->required()
      ->take_all();
  command->add_option("--listen", options->listen, "Address and port; port 0 lets the system pick one")
      ->capture_default_str();
  command->add_option("--port-file", options->port_file, "Write the port to this file once it listens");
  command->footer(
      "It speaks plain HTTP: what it takes and gives is signed. It speaks C2SP tlog-witness, for logs of any "
      "kind.\n\n"
      "Example:\n  byline witness --name witness.example.org --log 'byline.example.org/log+5b1d…+AfLu…'");
  command->callback([&program, options] { program.run = [options] { return run(*options); }; });
}

}  // namespace byline::cli
