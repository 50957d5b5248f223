#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include "byline/backup.hpp"
#include "byline/service.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "cli/replay_options.hpp"
#include "cli/token.hpp"
#include "engine/temporary_directory.hpp"
#include "events/codec.hpp"
#include "history/filter.hpp"
#include "history/form.hpp"
#include "history/questions.hpp"

namespace byline::cli {
namespace {

using history::Filter;
using history::Names;

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
  if (!options.from.empty()) {
    auto from = history::parse_place(options.from);
    if (!from)
      take(from.error());
    else if (from->position)
      filter.from = *from->position;
    else
      filter.since = from->time;
  }
  if (!options.to.empty()) {
    auto to = history::parse_place(options.to);
    if (!to)
      take(to.error());
    else if (to->position)
      filter.to = *to->position;
    else
      filter.until = Time{to->time->micros + 1};
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

/// Lets pass what passed between two events, so many times faster.
class Pace {
 public:
  explicit Pace(double speed) : speed_(speed) {}
  void keep(Time at) {
    if (speed_ <= 0) return;
    if (first_) {
      auto since =
          std::chrono::duration<double>(static_cast<double>(at.micros - first_->micros) / 1e6 / speed_);
      std::this_thread::sleep_until(began_ +
                                    std::chrono::duration_cast<std::chrono::steady_clock::duration>(since));
    } else {
      first_ = at;
      began_ = std::chrono::steady_clock::now();
    }
  }

 private:
  const double speed_;
  std::chrono::steady_clock::time_point began_;
  std::optional<Time> first_;
};

int replay(ReplayOptions options);

/// The same of a backup, from a copy that goes when it is done.
int replay_backup(ReplayOptions options) {
  const TemporaryDirectory copy;
  auto data = (copy.path() / "data").string();
  auto restored = restore_backup(options.backups, options.backup, data);
  if (!restored) return fail(restored.error());
  options.backups.clear();
  options.data = data;
  return replay(std::move(options));
}

int replay(ReplayOptions options) {
  if (!options.backups.empty()) return replay_backup(std::move(options));
  std::signal(SIGPIPE, SIG_DFL);  // `| head` ends us quietly
  if (options.json) options.form = "json";
  options.place = {options.data, options.key_file, options.url, {}, options.ca_file};
  auto token = token_of(options.token_file);
  if (!token) return fail(token.error());
  options.place.token = *token;
  if (options.asks()) return answer_question(options);
  if (!options.at.empty()) return fail("--at goes with --who-could.");
  if (options.speed > 0 && !options.url.empty())
    return fail("--speed takes --data: a service does not wait for who reads that slowly.");
  if (!options.sink.empty() && options.form != "json" && options.form != "text")
    return fail("--sink sends JSON, and no other form.");
  auto filter = filter_of(options);
  if (!filter) return fail(filter.error());
  bool is_readable = options.form == "text" || options.form == "words";
  auto form = history::form_named(options.form, wants_color(options.color));
  if (options.sink.empty()) std::cout << form->head();
  Names names;
  Progress progress(Progress::Output::meanwhile);
  std::uint64_t last = 0;
  Pace pace(options.speed);
  std::string not_sent;
  bool unknown = false;
  // Names are told from the beginning on, whatever part is printed.
  auto take = [&](std::uint64_t position, std::string_view bytes) {
    if (position > filter->to.value) return false;
    progress.tell(position, last);
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
    if (!filter->matches(*entry)) return true;
    pace.keep(entry->at);
    if (!options.sink.empty()) {
      auto sent = send_json(options.sink, std::string(bytes));
      if (!sent)
        not_sent = "Position " + std::to_string(position) + " was not taken by " + options.sink + ": " +
                   sent.error() + ".";
      return sent.has_value();
    }
    std::cout << form->line(*entry, bytes, names);
    if (options.speed > 0) std::cout.flush();
    return std::cout.good();
  };
  auto read = read_log(options.place, 0, take, [&last](std::uint64_t position) { last = position; });
  std::cout.flush();
  if (!read) return fail(read.error());
  if (!not_sent.empty()) return fail(not_sent);
  return unknown ? 2 : 0;
}

}  // namespace

void add_replay(Program& program) {
  auto* command = program.app.add_subcommand(
      "replay", "Print the history, one line an event, whether or not a service is running");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("--data", options->data, "The data directory")->capture_default_str();
  auto* backups = command->add_option(
      "--backups", options->backups,
      "A folder of backups, in the place of --data: the newest is read, or the one with the number --backup");
  command->add_option("--backup", options->backup, "A backup's number")->needs(backups);
  command->add_option("--url", options->url,
                      "A service's address, in the place of --data: the part of the caller's organization");
  command->add_option("--token-file", options->token_file,
                      "A file with the token of somebody who may read the audit there; else BYLINE_TOKEN");
  command->add_option("--ca-file", options->ca_file, "Whom to trust there (PEM), in place of the system's");
  command->add_option("--key-file", options->key_file,
                      "The file with the key-encryption key, where it is not keys.json in the data "
                      "directory; without the key personal data stays sealed");
  command
      ->add_option("--form", options->form, "text, words (in sentences), json (the log's own), csv or ocsf")
      ->check(CLI::IsMember({"text", "words", "json", "csv", "ocsf"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "The same as --form json");
  command->add_option("--color", options->color, "auto (on a terminal), always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command
      ->add_option("--speed", options->speed,
                   "Let pass what passed between the events, so many times faster: 1 is as it was")
      ->check(CLI::Range(0.001, 1e9));
  command->add_option("--sink", options->sink,
                      "POST each event as JSON to this address instead of printing it");
  auto* questions = command->add_option_group(
      "Questions", "One of them, in the place of the events; answered as text or json");
  questions->add_option("--as-of", options->as_of,
                        "What everything was at a moment or after a position, or one --subject, "
                        "--application, --user, --role or --record");
  questions
      ->add_option("--diff", options->diff,
                   "What became different from one moment or position to another; \"now\" is one too")
      ->expected(2);
  questions->add_option(
      "--who-could", options->who_could,
      "Who could do this, as area:operation or area:operation:collection, and through which role");
  questions->add_option("--explain", options->explain,
                        "The command that wrote the event at this position: who, by which right and role, "
                        "what it changed, what followed");
  questions->add_option("--incident", options->incident,
                        "Everything done with this credential since --from, what it touched, before and "
                        "after, and what else it could have done");
  questions->add_option("--evidence", options->evidence,
                        "This application's whole life in one signed file, for byline verify evidence");
  questions->require_option(0, 1);
  command->add_option("--at", options->at, "The moment or position that --who-could asks about; else now");
  auto* asked = command->add_option_group(
      "Which events", "Everything given must hold; of what may be given again, one of them");
  asked->add_option("--from", options->from, "The first position, or a moment");
  asked->add_option("--to", options->to, "The last position, or a moment");
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
  // Not from the environment: asked for once, not set up.
  for (auto* group : {asked, questions}) {
    for (auto* option : group->get_options()) option->configurable(false);
  }
  command->callback([&program, options] { program.run = [options] { return replay(*options); }; });
}

}  // namespace byline::cli
