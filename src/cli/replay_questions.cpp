#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "byline/evidence.hpp"
#include "cli/program.hpp"
#include "cli/progress.hpp"
#include "cli/replay_options.hpp"
#include "engine/database_reader.hpp"
#include "events/codec.hpp"
#include "history/filter.hpp"
#include "history/form.hpp"
#include "history/questions.hpp"
#include "service/follower.hpp"

namespace byline::cli {
namespace {

using history::Json;

/// Set by a signal: what is folded lies in a temporary directory, which is to be cleared away first.
volatile std::sig_atomic_t interrupted = 0;

/// The log, as questions read it: whole, and open. It must reach to the moments that are asked about.
history::ReadEntries reader_of(const ReplayOptions& options, std::initializer_list<history::Moment> moments) {
  std::uint64_t needed = 0;
  for (const auto& moment : moments) needed = std::max(needed, moment.position.value_or(Position{}).value);
  return [place = options.place,
          needed](const std::function<bool(const LogEntry&)>& each) -> std::expected<void, std::string> {
    Progress progress(Progress::Output::meanwhile);
    std::uint64_t last = 0;
    std::string wrong;
    auto take = [&](std::uint64_t position, std::string_view json) {
      if (!wrong.empty()) return false;
      progress.tell(position, last);
      auto entry = decode(json);
      if (!entry) {
        wrong = "The log cannot be read at position " + std::to_string(position) + ": " +
                entry.error().reason + ".";
        return false;
      }
      if (entry->seal == SealState::locked) {
        wrong =
            "Personal data in the log is sealed, and questions need it: give the key-encryption key with "
            "--key-file.";
        return false;
      }
      if (interrupted != 0) wrong = "It was interrupted.";
      return interrupted == 0 && each(*entry);
    };
    auto read = read_log(place, 0, take, [&](std::uint64_t position) {
      last = position;
      if (needed > last) wrong = history::ends_before(last);
    });
    if (!read) return read;
    if (!wrong.empty()) return std::unexpected(wrong);
    return {};
  };
}

void print(const ReplayOptions& options, const Json& answer) {
  std::cout << (options.form == "json" ? answer.dump() + "\n"
                                       : history::printable_lines(history::outline(answer)) + "\n");
}

std::expected<history::Moment, std::string> moment_of(const std::string& text) {
  if (text.empty() || text == "now") return history::Moment{};
  return history::parse_place(text);
}

/// An option that would make no difference to the question: who gave it means something else.
std::string stray_option(const ReplayOptions& options) {
  struct Given {
    const char* name;
    bool is_given;
    bool is_of_question;
  };
  bool asks_as_of = !options.as_of.empty(), asks_incident = !options.incident.empty();
  const Given all[] = {
      {"--application", !options.applications.empty(), asks_as_of},
      {"--user", !options.users.empty(), asks_as_of},
      {"--role", !options.roles.empty(), asks_as_of},
      {"--record", !options.records.empty(), asks_as_of},
      {"--subject", !options.subjects.empty(), asks_as_of},
      {"--from", !options.from.empty(), asks_incident},
      {"--at", !options.at.empty(), !options.who_could.empty()},
      {"--to", !options.to.empty(), false},
      {"--since", !options.since.empty(), false},
      {"--until", !options.until.empty(), false},
      {"--actor", !options.actors.empty(), false},
      {"--credential", !options.credentials.empty(), false},
      {"--type", !options.types.empty(), false},
      {"--kind", !options.kinds.empty(), false},
      {"--command", !options.command.empty(), false},
      {"--correlation", !options.correlation.empty(), false},
      {"--speed", options.speed > 0, false},
      {"--sink", !options.sink.empty(), false},
  };
  for (const auto& [name, is_given, is_of_question] : all) {
    if (is_given && !is_of_question) return "This question takes no " + std::string(name) + ".";
  }
  if (!options.diff.empty() && options.diff.size() != 2) return "--diff takes two moments.";
  return {};
}

std::expected<std::optional<Id<void>>, std::string> subject_of(const ReplayOptions& options) {
  std::vector<std::string> all;
  for (const auto* list :
       {&options.applications, &options.users, &options.roles, &options.records, &options.subjects})
    all.insert(all.end(), list->begin(), list->end());
  if (all.empty()) return std::nullopt;
  if (all.size() > 1)
    return std::unexpected(std::string("--as-of is asked of one subject, or of everything."));
  auto id = parse_id<Id<void>>(all.front());
  if (!id) return std::unexpected("\"" + all.front() + "\" is no id.");
  return *id;
}

/// Without reading the log from its beginning.
std::expected<bool, std::string> ask_by_index(const ReplayOptions& options, const history::Moment& moment,
                                              const Id<void>& subject, const history::TakeAnswer& take) try {
  auto database = open_follower(options.place.data, options.place.key_file);
  if (!database) return std::unexpected(database.error());
  return history::ask_as_of(DatabaseReader(std::move(*database)), moment, subject, take);
} catch (const std::exception& error) {
  return std::unexpected(std::string(error.what()) + ".");
}

std::expected<void, std::string> ask(const ReplayOptions& options) {
  auto take = [&options](const Json& answer) {
    print(options, answer);
    return std::cout.good();
  };
  if (!options.as_of.empty()) {
    auto moment = moment_of(options.as_of);
    if (!moment) return std::unexpected(moment.error());
    auto subject = subject_of(options);
    if (!subject) return std::unexpected(subject.error());
    if (*subject && options.place.url.empty()) {
      auto answered = ask_by_index(options, *moment, **subject, take);
      if (!answered) return std::unexpected(answered.error());
      if (*answered) return {};
    }
    return history::ask_as_of(reader_of(options, {*moment}), *moment, *subject, take);
  }
  if (!options.diff.empty()) {
    auto from = moment_of(options.diff[0]), to = moment_of(options.diff[1]);
    if (!from) return std::unexpected(from.error());
    if (!to) return std::unexpected(to.error());
    return history::ask_difference(reader_of(options, {*from, *to}), *from, *to, take);
  }
  if (!options.who_could.empty()) {
    auto permission = history::parse_permission(options.who_could);
    if (!permission) return std::unexpected(permission.error());
    auto moment = moment_of(options.at);
    if (!moment) return std::unexpected(moment.error());
    return history::ask_who_could(reader_of(options, {*moment}), *permission, *moment, take);
  }
  if (options.explain) {
    auto answer = history::explain(reader_of(options, {}), {*options.explain});
    if (!answer) return std::unexpected(answer.error());
    print(options, *answer);
    return {};
  }
  auto credential = parse_id<CredentialId>(options.incident);
  if (!credential)
    return std::unexpected("--incident takes a credential's id, and \"" + options.incident + "\" is none.");
  history::Moment from;
  if (!options.from.empty()) {
    auto moment = history::parse_place(options.from);
    if (!moment) return std::unexpected(moment.error());
    from = *moment;
  }
  auto answer = history::tell_incident(reader_of(options, {}), *credential, from);
  if (!answer) return std::unexpected(answer.error());
  print(options, *answer);
  return {};
}

}  // namespace

int answer_question(const ReplayOptions& options) {
  if (auto stray = stray_option(options); !stray.empty()) return fail(stray);
  std::signal(SIGPIPE, SIG_IGN);  // std::cout tells
  for (int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = 1; });
  if (!options.evidence.empty()) {
    if (!options.place.url.empty())
      return fail("Evidence is made where the log is: --evidence takes --data, and no --url.");
    auto evidence = make_evidence(options.place.data, options.place.key_file, options.evidence);
    if (!evidence) return fail(evidence.error());
    std::cout << *evidence << std::flush;
    return 0;
  }
  if (options.form != "text" && options.form != "json")
    return fail("Questions are answered as text or json, not as " + options.form + ".");
  auto asked = ask(options);
  std::cout.flush();
  return asked ? 0 : fail(asked.error());
}

}  // namespace byline::cli
