#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

#include "byline/evidence.hpp"
#include "byline/verify.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "events/codec.hpp"
#include "history/form.hpp"
#include "history/names.hpp"

namespace byline::cli {
namespace {

constexpr int kFound = 2;  ///< the exit status where something is wrong with what was verified

struct LogOptions {
  VerifyOptions verify;
  std::string data = "data";
  std::string since;
  std::string key_file;
  bool tree_only = false;
  bool no_views = false;
  bool json = false;
};

void print_json(const VerifyReport& report) {
  nlohmann::ordered_json root = {{"entries", report.entries},
                                 {"root", report.root},
                                 {"signed_entries", report.signed_entries},
                                 {"key", report.key},
                                 {"findings", nlohmann::ordered_json::array()}};
  for (const auto& finding : report.findings) {
    nlohmann::ordered_json line;
    if (finding.position > 0) line["position"] = finding.position;
    line["what"] = finding.what;
    root["findings"].push_back(std::move(line));
  }
  if (report.more) root["more"] = true;
  if (!report.opened) root["opened"] = false;
  if (!report.other_views.empty()) root["other_views"] = report.other_views;
  std::cout << root.dump() << '\n';
}

void print_text(const VerifyReport& report, const LogOptions& options) {
  for (const auto& finding : report.findings) {
    if (finding.position > 0) std::cout << "Position " << finding.position << ": ";
    std::cout << finding.what << '\n';
  }
  if (report.more) std::cout << "There is more.\n";
  if (!report.opened)
    std::cout
        << "The key-encryption key is not here (--key-file): personal data was not opened, and the views "
           "were not compared.\n";
  for (const auto& view : report.other_views)
    std::cout << "The view " << view
              << " was not compared: its rows are another release's or definition's, or are being built, "
                 "which the service does.\n";
  if (!report.findings.empty()) return;
  std::cout << "All is well: " << report.entries << " entries, with the root " << report.root << ".\n";
  if (report.signed_entries == 0) {
    std::cout << "No checkpoint was published yet.\n";
    return;
  }
  std::cout << "Signed: the first " << report.signed_entries << ", by " << report.key << "\n";
  if (options.verify.key.empty())
    std::cout
        << "This key is the one that the log itself names. Keep a copy elsewhere, and give it with --key.\n";
}

int verify_data(LogOptions options) {
  auto& verify = options.verify;
  verify.data = options.data;
  verify.since = options.since;
  verify.key_file = options.key_file;
  verify.entries = !options.tree_only;
  verify.views = !options.tree_only && !options.no_views;
  std::optional<Progress> progress(std::in_place, Progress::Output::afterwards);
  verify.progress = [&progress](auto done, auto all) { progress->tell(done, all); };
  auto report = verify_log(verify);
  progress.reset();
  if (!report) return fail(report.error());
  if (options.json) {
    print_json(*report);
  } else {
    print_text(*report, options);
  }
  return report->findings.empty() ? 0 : kFound;
}

std::optional<std::string> read_file(const std::string& file) {
  if (!std::filesystem::is_regular_file(file)) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return in ? std::optional(std::move(text)) : std::nullopt;
}

struct ProofOptions {
  std::string file;
  std::string key;
  std::vector<std::string> witnesses;
  std::string opening;
  bool json = false;
};

int verify_file(const ProofOptions& options) {
  auto text = read_file(options.file);
  if (!text) return fail("The file " + options.file + " cannot be read.");
  auto proven = verify_proof(*text, options.key, options.witnesses, options.opening);
  if (!proven) {
    std::cerr << proven.error() << '\n';
    return kFound;
  }
  if (options.json) {
    std::cout << proven->json << '\n';
    return 0;
  }
  std::cout << "This event stands at position " << proven->position << " of the log " << proven->origin
            << ", which had " << proven->entries << " entries when it was signed:\n\n"
            << proven->json << '\n';
  if (!proven->witnesses.empty()) std::cout << '\n';
  for (const auto& witness : proven->witnesses) std::cout << "Seen by the witness " << witness << '\n';
  return 0;
}

void add_proof(CLI::App& verify, Program& program) {
  auto* command =
      verify.add_subcommand("proof", "Check a proof that an event is in a log; needs no data directory");
  auto options = std::make_shared<ProofOptions>();
  command->add_option("file", options->file, "The proof, from /admin/audit-events/{id}/proof")->required();
  command->add_option("--key", options->key, "The log's verifier key")->required();
  command
      ->add_option("--witness", options->witnesses,
                   "The verifier key of a witness that must have signed too; may be given again")
      ->take_all();
  command->add_option(
      "--opening", options->opening,
      "What the service sent beside the proof, in Byline-Opening: shows the event's personal data");
  command->add_flag("--json", options->json, "Print only the event, as it is in the log");
  command->footer("Exit status: 0 when the proof holds; 2 when it does not; 1 when it cannot be read.");
  command->callback([&program, options] { program.run = [options] { return verify_file(*options); }; });
}

int verify_evidence(const ProofOptions& options) {
  auto text = read_file(options.file);
  if (!text) return fail("The file " + options.file + " cannot be read.");
  auto checked = check_evidence(*text, options.key);
  if (!checked) {
    std::cerr << checked.error() << '\n';
    return kFound;
  }
  if (options.json) {
    for (const auto& [position, json] : checked->events) std::cout << json << '\n';
    return 0;
  }
  std::cout << "Everything holds: " << checked->events.size() << " events of the " << checked->subject
            << " in the log " << checked->origin << ", which had " << checked->entries
            << " entries when it was signed.\n\n";
  auto form = history::words_form(false);
  history::Names names;
  for (const auto& [position, json] : checked->events) {
    auto entry = decode(json);
    if (!entry) {
      std::cout << "       ?  " << entry.error().reason << ": " << history::printable(json) << '\n';
      continue;
    }
    names.learn(*entry);
    std::cout << form->line(*entry, json, names);
  }
  return 0;
}

void add_evidence(CLI::App& verify, Program& program) {
  auto* command = verify.add_subcommand(
      "evidence",
      "Check an application's life as byline replay --evidence wrote it; needs no data directory");
  auto options = std::make_shared<ProofOptions>();
  command->add_option("file", options->file, "The evidence")->required();
  command->add_option("--key", options->key, "The log's verifier key")->required();
  command->add_flag("--json", options->json, "Print the events as JSON, one a line");
  command->footer(
      "Exit status: 0 when everything holds; 2 when something does not; 1 when it cannot be read.");
  command->callback([&program, options] { program.run = [options] { return verify_evidence(*options); }; });
}

void add_key(CLI::App& verify, Program& program) {
  auto* command =
      verify.add_subcommand("key", "Print the verifier key that the log names, to keep a copy elsewhere");
  auto data = std::make_shared<std::string>("data");
  command->add_option("--data", *data, "The data directory; a service may be using it")
      ->capture_default_str();
  command->footer("Example:\n  byline verify key --data ./data > log.vkey");
  command->callback([&program, data] {
    program.run = [data] {
      auto key = checkpoint_key(*data);
      if (!key) return fail(key.error());
      std::cout << *key << '\n';
      return 0;
    };
  });
}

}  // namespace

void add_verify(Program& program) {
  auto* command = program.app.add_subcommand(
      "verify", "Prove that a log is whole and unchanged, and its views what it says");
  auto options = std::make_shared<LogOptions>();
  command->add_option("--data", options->data, "The data directory; a service may be using it")
      ->capture_default_str();
  command->add_option("--key", options->verify.key,
                      "The log's verifier key, where you keep a copy; else the one that the log names");
  command->add_option("--since", options->since,
                      "A file with an older checkpoint, which this log must continue");
  command->add_option(
      "--key-file", options->key_file,
      "The file with the key-encryption key, where it is not keys.json in the data directory");
  command->add_flag("--tree-only", options->tree_only,
                    "Only hash the entries, and look at tree and checkpoints");
  command->add_flag("--no-views", options->no_views, "Leave the views out");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->require_subcommand(0, 1);
  command->footer(
      "Examples:\n  byline verify --data ./data\n  byline verify --data ./data --since checkpoint.txt --key "
      "'byline.example.org/log+5b1d…+AfLu…'\n  byline verify proof event-18.tlog-proof --key '…'\n\n"
      "Exit status: 0 when all is well; 2 when something was found; 1 when the log could not be read to the "
      "end.");
  command->callback([&program, command, options] {
    if (command->get_subcommands().empty()) program.run = [options] { return verify_data(*options); };
  });
  add_proof(*command, program);
  add_evidence(*command, program);
  add_key(*command, program);
}

}  // namespace byline::cli
