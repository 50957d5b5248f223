#pragma once

#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bench/result.hpp"
#include "engine/clock.hpp"
#include "engine/engine.hpp"
#include "engine/ids.hpp"
#include "engine/view_jobs.hpp"

namespace byline {

inline double seconds_of(const auto& work) {
  auto started = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

inline security::Key bench_key() {
  security::Key key;
  key.fill(7);
  return key;
}

[[noreturn]] inline void fail(const std::string& sentence) {
  std::fprintf(stderr, "%s\n", sentence.c_str());
  std::exit(1);
}

inline std::unique_ptr<Engine> open_engine(const std::filesystem::path& data, Metrics& metrics) {
  auto opened = Engine::open({.directory = data, .key_encryption_key = bench_key()}, metrics);
  if (!opened) fail(opened.error());
  return std::move(*opened);
}

/// The id that the key of the first row of a view ends with.
template <class Id>
Id first_of(Engine& engine, View view) {
  std::string key(engine.reader()->scan(view, {}, {}, Direction::forward)->key());
  return id_from_bytes<Id>(key.substr(key.size() - sizeof(Id)));
}

/// The organization of a filled log.
inline OrganizationId organization_of(Engine& engine) {
  return first_of<OrganizationId>(engine, View::organizations);
}

/// Hands a command over; `done` once it is durable.
inline void send(Engine& engine, const OrganizationId& organization, Command command,
                 std::function<void()> done) {
  engine.submit({{kSystemAccount, organization, {}},
                 std::move(command),
                 {},
                 {},
                 {},
                 [done = std::move(done)](const Outcome& outcome) {
                   if (!std::holds_alternative<Committed>(outcome)) fail("A command was refused.");
                   done();
                 }});
}

inline RegisterApplication registration(const AccountId& id, std::uint64_t number, const RoleId& role) {
  RegisterApplication command;
  command.id = id;
  command.name = "Program " + std::to_string(number);
  command.email = parse_email("program" + std::to_string(number) + "@example.org").value();
  command.roles = {role};
  command.credentials = {{new_id<CredentialId>(system_now()),
                          MadeSecret{CredentialKind::client_secret, std::string(64, 'a'), "wxyz"}}};
  return command;
}

/// One command that changes something, until it is durable and its caller, who sleeps meanwhile, is told so.
inline void make_durable(Engine& engine, const OrganizationId& organization) {
  ChangeOrganization command;
  command.id = organization;
  command.name = "Bench at " + std::to_string(system_now().micros);
  auto done = std::make_shared<std::promise<void>>();
  send(engine, organization, std::move(command), [done] { done->set_value(); });
  done->get_future().wait();
}

/// Until fewer commands are on their way than the engine's queue takes.
inline void wait_for_room(std::uint64_t sent, const std::atomic<std::uint64_t>& done) {
  while (sent - done.load() > 2048) std::this_thread::sleep_for(std::chrono::microseconds(200));
}

/// So many registrations, up to 2,048 at a time, until all are durable. The log has as many applications as
/// positions at most, whose numbers those of these come after.
inline void register_many(Engine& engine, const OrganizationId& organization, std::uint64_t count) {
  auto role = first_of<RoleId>(engine, View::roles);
  auto before = engine.tail().value;
  std::atomic<std::uint64_t> done = 0;
  for (std::uint64_t sent = 0; sent < count; ++sent) {
    wait_for_room(sent, done);
    send(engine, organization, registration(new_id<AccountId>(system_now()), before + sent, role),
         [&done] { done.fetch_add(1); });
  }
  while (done.load() < count) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

/// Makes a log through the engine: registrations, two events each, and changes of the applications, four
/// events each.
class Filling {
 public:
  explicit Filling(const std::filesystem::path& data) {
    engine_ = open_engine(data, metrics_);
    founding_.id = new_id<OrganizationId>(system_now());
    founding_.name = "Bench";
    founding_.administrator = new_id<AccountId>(system_now());
    founding_.administrator_name = "Bench";
    founding_.administrator_email = parse_email("bench@example.org").value();
    founding_.credential = new_id<CredentialId>(system_now());
    for (auto& role : founding_.roles) role = new_id<RoleId>(system_now());
    submit(founding_);
    finish();
  }
  ~Filling() { finish(); }

  void register_application(std::uint64_t number) {
    submit(registration(id_of(number), number, founding_.roles[4]));
  }
  void change_application(std::uint64_t number, std::uint64_t round) {
    ChangeApplication command;
    auto suffix = std::to_string(number) + ", " + std::to_string(round);
    command.id = id_of(number);
    command.name = "Program " + suffix;
    command.url = "https://example.org/" + std::to_string(round);
    command.description = "Does what it does " + suffix;
    command.settings.tags = {"round-" + std::to_string(round)};
    submit(std::move(command));
  }
  /// Waits until all is durable.
  void finish() {
    while (done_.load() < sent_) std::this_thread::yield();
  }
  std::uint64_t tail() const { return engine_->tail().value; }

 private:
  AccountId id_of(std::uint64_t number) {
    while (ids_.size() <= number) ids_.push_back(new_id<AccountId>(system_now()));
    return ids_[number];
  }
  void submit(Command command) {
    wait_for_room(sent_, done_);
    send(*engine_, founding_.id, std::move(command), [this] { done_.fetch_add(1); });
    ++sent_;
  }

  Metrics metrics_;
  FoundOrganization founding_;
  std::vector<AccountId> ids_;
  std::atomic<std::uint64_t> done_ = 0;
  std::uint64_t sent_ = 0;
  std::unique_ptr<Engine> engine_;  ///< the first to go
};

inline void fill(const std::filesystem::path& data, std::uint64_t events, std::uint64_t applications) {
  Filling filling(data);
  auto took = seconds_of([&] {
    for (std::uint64_t i = 0; i < applications; ++i) filling.register_application(i);
    filling.finish();
  });
  std::fprintf(stderr, "a log is made: %.0f registrations a second, through the engine\n",
               static_cast<double>(applications) / took);
  constexpr std::uint64_t kEventsAChange = 4;
  auto changes = events > filling.tail() ? (events - filling.tail()) / kEventsAChange : 0;
  for (std::uint64_t i = 0; i < changes; ++i) filling.change_application(i % applications, i / applications);
}

/// In a process of its own, so that nothing is warm but the files. Before anything has opened a database:
/// RocksDB's threads do not come along.
template <class Work>
void in_a_child(Work&& work) {
  std::fflush(stdout);
  auto child = ::fork();
  if (child == 0) {
    work();
    std::fflush(stdout);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) std::exit(1);
}

/// What a program of a bench does first: the rows go to the standard output, what else there is to say does
/// not.
inline void prepare() {
  if (sodium_init() < 0) fail("libsodium cannot be initialized.");
  spdlog::set_default_logger(spdlog::stderr_logger_mt("bench"));
  spdlog::set_level(spdlog::level::warn);
}

/// The program of a bench over a filled log: reads the options, makes the data where it is not there, and
/// measures. Applications are registered, two events each, and then changed.
inline int run_bench(int count, char** words,
                     void (*measure)(const std::filesystem::path& data, int rounds)) {
  CLI::App app;
  std::string data;
  std::uint64_t events = 2'000'000, events_each = 10;
  int rounds = 3;
  app.add_option("--data", data)->required();
  app.add_option("--events", events);
  app.add_option("--events-each", events_each, "how many events there are of each application")
      ->capture_default_str()
      ->check(CLI::Range(2, 1000));
  app.add_option("--rounds", rounds)->check(CLI::Range(1, 100));
  CLI11_PARSE(app, count, words);
  prepare();
  if (!std::filesystem::exists(data)) {
    auto partial = data + ".partial";  // one that was broken off is begun anew
    std::filesystem::remove_all(partial);
    in_a_child([&] { fill(partial, events, events / events_each); });
    std::filesystem::rename(partial, data);
  }
  in_a_child([&] {  // data of an earlier release has its views built anew at the first start
    Metrics metrics;
    open_engine(data, metrics)->view_jobs().wait_until_idle(std::chrono::hours(1));
  });
  measure(data, rounds);
  return 0;
}

}  // namespace byline
