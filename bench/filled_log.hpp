#pragma once

#include <sodium.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "engine/clock.hpp"
#include "engine/engine.hpp"
#include "engine/ids.hpp"

namespace byline {

inline double seconds_of(const auto& work) {
  auto started = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
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

/// Registrations through the engine, each two events; how long one took the writer, in microseconds.
inline double fill(const std::filesystem::path& data, std::uint64_t events) {
  Metrics metrics;
  auto engine = Engine::open({.directory = data, .key_encryption_key = bench_key()}, metrics);
  if (!engine) fail(engine.error());
  FoundOrganization founding;
  founding.id = new_id<OrganizationId>(system_now());
  founding.name = "Bench";
  founding.administrator = new_id<AccountId>(system_now());
  founding.administrator_name = "Bench";
  founding.administrator_email = parse_email("bench@example.org").value();
  founding.credential = new_id<CredentialId>(system_now());
  for (auto& role : founding.roles) role = new_id<RoleId>(system_now());
  std::atomic<std::uint64_t> done = 0, refused = 0;
  std::uint64_t sent = 0;
  auto submit = [&](Command command) {
    (*engine)->submit(
        {{kSystemAccount, founding.id, {}}, std::move(command), {}, {}, {}, [&](const Outcome& outcome) {
           if (!std::holds_alternative<Committed>(outcome)) refused.fetch_add(1);
           done.fetch_add(1);
         }});
    ++sent;
  };
  submit(founding);
  while (done.load() < sent) std::this_thread::yield();
  auto registrations = events / 2;
  auto took = seconds_of([&] {
    for (std::uint64_t i = 0; i < registrations; ++i) {
      RegisterApplication command;
      command.name = "Program " + std::to_string(i);
      command.email = parse_email("program" + std::to_string(i) + "@example.org").value();
      command.roles = {founding.roles[4]};
      command.credentials = {
          {CredentialId{}, MadeSecret{CredentialKind::client_secret, std::string(64, 'a'), "wxyz"}}};
      while (sent - done.load() > 2048) std::this_thread::sleep_for(std::chrono::microseconds(200));
      submit(std::move(command));
    }
    while (done.load() < sent) std::this_thread::yield();
  });
  if (refused.load() > 0) fail("Registrations were refused.");
  return took * 1e6 / static_cast<double>(registrations);
}

struct Rounds {
  int usual, least;
};
/// The program of a bench over a filled log: reads the options, makes the data where it is not there, and
/// measures.
inline int run_bench(int count, char** words, Rounds allowed,
                     void (*measure)(const std::filesystem::path& data, int rounds)) {
  CLI::App app;
  std::string data;
  std::uint64_t events = 2'000'000;
  int rounds = allowed.usual;
  app.add_option("--data", data)->required();
  app.add_option("--events", events);
  app.add_option("--rounds", rounds)->check(CLI::Range(allowed.least, 100));
  CLI11_PARSE(app, count, words);
  if (sodium_init() < 0) return 1;
  if (!std::filesystem::exists(data)) {
    auto micros = fill(data, events);
    std::printf("registration, through the engine: %.1f µs each, %.0f a second\n", micros, 1e6 / micros);
  }
  measure(data, rounds);
  return 0;
}

}  // namespace byline
