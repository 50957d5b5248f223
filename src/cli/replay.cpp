#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "byline/service.hpp"
#include "cli/program.hpp"
#include "events/codec.hpp"
#include "history/filter.hpp"
#include "history/form.hpp"

namespace byline::cli {
namespace {

using history::Filter;
using history::Names;

struct ReplayOptions {
  std::string data = "data";
  std::uint64_t from = 1;
  std::uint64_t to = UINT64_MAX;
  std::string since, until;
  std::vector<std::string> applications, users, roles, records, subjects, actors, credentials;
  std::vector<std::string> types, kinds;
  std::string command, correlation;
  std::string form = "text";
  std::string color = "auto";
  bool json = false;
};

int fail(const std::string& sentence) {
  std::cerr << sentence << '\n';
  return 1;
}

/// What is wrong, as a sentence; empty where nothing is.
std::string add_ids(const std::vector<std::string>& texts, const char* option,
                    std::vector<Filter::RawId>& ids) {
  for (const auto& text : texts) {
    auto id = parse_uuid(text);
    if (!id) return std::string(option) + " takes an id, and \"" + text + "\" is none.";
    ids.push_back(*id);
  }
  return {};
}

std::string add_moment(const std::string& text, std::optional<Time>& moment) {
  if (text.empty()) return {};
  auto parsed = history::parse_moment(text);
  if (!parsed) return parsed.error();
  moment = *parsed;
  return {};
}

std::expected<Filter, std::string> filter_of(const ReplayOptions& options) {
  Filter filter;
  filter.from = {options.from};
  filter.to = {options.to};
  filter.types = options.types;
  filter.correlation = options.correlation;
  std::string wrong;
  auto take = [&wrong](std::string found) {
    if (wrong.empty()) wrong = std::move(found);
  };
  take(add_ids(options.applications, "--application", filter.subjects));
  take(add_ids(options.users, "--user", filter.subjects));
  take(add_ids(options.roles, "--role", filter.subjects));
  take(add_ids(options.records, "--record", filter.subjects));
  take(add_ids(options.subjects, "--subject", filter.subjects));
  take(add_ids(options.actors, "--actor", filter.actors));
  take(add_ids(options.credentials, "--credential", filter.credentials));
  if (!options.command.empty()) {
    filter.command = parse_uuid(options.command);
    if (!filter.command) take("--command takes an id, and \"" + options.command + "\" is none.");
  }
  for (const auto& text : options.kinds) {
    auto kind = subject_kind_named(text);
    if (!kind) take("There is no kind of subject \"" + text + "\": see docs/log-format.md.");
    filter.kinds.push_back(kind.value_or(SubjectKind::organization));
  }
  take(add_moment(options.since, filter.since));
  take(add_moment(options.until, filter.until));
  if (!wrong.empty()) return std::unexpected(wrong);
  return filter;
}

bool wants_color(const std::string& option) {
  if (option != "auto") return option == "always";
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && !std::getenv("NO_COLOR") && terminal &&
         std::string_view(terminal) != "dumb";
}

/// A line on a terminal while nothing is printed; nothing in a pipe, nor where the history itself is on the
/// terminal.
class Progress {
 public:
  void tell(std::uint64_t position) {
    constexpr std::uint64_t kEvery = 100'000;
    if (!shown_ || position % kEvery != 0) return;
    std::cerr << "\r" << position << " entries read" << std::flush;
    written_ = true;
  }
  ~Progress() {
    if (written_) std::cerr << "\r\033[K" << std::flush;
  }

 private:
  const bool shown_ = ::isatty(STDERR_FILENO) != 0 && ::isatty(STDOUT_FILENO) == 0;
  bool written_ = false;
};

int replay(ReplayOptions options) {
  std::signal(SIGPIPE, SIG_DFL);  // `| head` ends us quietly
  auto filter = filter_of(options);
  if (!filter) return fail(filter.error());
  if (options.json) options.form = "json";
  bool is_readable = options.form == "text" || options.form == "words";
  auto form = history::form_named(options.form, wants_color(options.color));
  std::cout << form->head();
  Names names;
  Progress progress;
  bool unknown = false;
  // Names are told from the beginning on, whatever part is printed.
  auto read = read_log(options.data, 0, [&](std::uint64_t position, std::string_view bytes) {
    if (position > filter->to.value) return false;
    progress.tell(position);
    auto entry = decode(bytes);
    if (!entry) {
      // Of another release, or damaged: shown as it is, whatever is asked for, since nobody can tell.
      unknown = true;
      if (position < filter->from.value) return true;
      if (options.form == "json") {
        std::cout << bytes << '\n';
      } else {
        std::cout << (is_readable ? "       ?  " : "# ") << entry.error().reason << ": "
                  << history::printable(std::string(bytes)) << '\n';
      }
      return std::cout.good();
    }
    names.learn(*entry);
    if (filter->matches(*entry)) std::cout << form->line(*entry, bytes, names);
    return std::cout.good();
  });
  std::cout.flush();
  if (!read) return fail(read.error());
  return unknown ? 2 : 0;
}

}  // namespace

void add_replay(Program& program) {
  auto* command = program.app.add_subcommand(
      "replay", "Print the history, one line an event, whether or not a service is running");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  command
      ->add_option("--form", options->form, "text, words (in sentences), json (the log's own), csv or ocsf")
      ->check(CLI::IsMember({"text", "words", "json", "csv", "ocsf"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --form json");
  command->add_option("--color", options->color, "auto (on a terminal), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  auto* asked = command->add_option_group(
      "Which events", "Everything given must hold; of what may be given again, one of them");
  asked->add_option("--from", options->from, "The first position")->capture_default_str();
  asked->add_option("--to", options->to, "The last position");
  asked->add_option("--since", options->since,
                    "Not before this moment: 2026-11-25 or 2026-11-25T09:30Z, in UTC");
  asked->add_option("--until", options->until, "Before this moment");
  auto list = [&](const char* name, std::vector<std::string>& values, const char* description) {
    asked->add_option(name, values, description)->take_all()->allow_extra_args(false);
  };
  list("--application", options->applications, "To this application, or to its credentials; an id");
  list("--user", options->users, "To this user, or to its credentials");
  list("--role", options->roles, "To this role");
  list("--record", options->records, "To this record");
  list("--subject", options->subjects, "To whatever has this id");
  list("--actor", options->actors, "By this account");
  list("--credential", options->credentials, "By who proved itself with this credential, or to it");
  list("--type", options->types, "Of this type, such as ApplicationRegistered");
  list("--kind", options->kinds, "To a subject of this kind, such as application");
  asked->add_option("--command", options->command, "Of this command");
  asked->add_option("--correlation", options->correlation,
                    "Of requests with this trace-id (W3C Trace Context)");
  command->footer(
      "Examples:\n  byline replay --data ./data\n  byline replay --since 2026-11-25 --actor 01a20e90-…\n  "
      "byline "
      "replay --type ApplicationRegistered --type ApplicationDeleted --form csv\n  byline replay --json | jq "
      ".type\n\n"
      "Exit status: 0; 1 when the log cannot be read; 2 when it has events that this release does not know.");
  command->callback([&program, options] { program.run = [options] { return replay(*options); }; });
}

}  // namespace byline::cli
