// What building every view anew costs, and what commands cost meanwhile. Run by scripts/bench rebuild.
//
//   rebuild --data FOLDER [--events 2000000] [--rounds 3]
//
// The data is made at the first run and used again.

#include <sys/resource.h>

#include <fstream>

#include "bench/filled_log.hpp"
#include "engine/view_jobs.hpp"

namespace byline {
namespace {

using std::chrono::steady_clock;

double resident_megabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

/// Commands one after the other, each a durable write, until told to stop: how long each took, in
/// milliseconds.
std::vector<double> commands_until(Engine& engine, const OrganizationId& organization,
                                   const std::function<bool()>& enough) {
  std::vector<double> took;
  for (int i = 0; !enough(); ++i) {
    std::atomic<bool> done = false;
    ChangeOrganization command;
    command.id = organization;
    command.name = "Bench " + std::to_string(i);
    auto started = steady_clock::now();
    engine.submit(
        {{kSystemAccount, organization, {}}, std::move(command), {}, {}, {}, [&](const Outcome& outcome) {
           if (!std::holds_alternative<Committed>(outcome)) fail("A command was refused.");
           done.store(true);
         }});
    while (!done.load()) std::this_thread::sleep_for(std::chrono::microseconds(20));
    took.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - started).count());
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  std::ranges::sort(took);
  return took;
}

/// How many bytes of table files each event takes: in the log, in the views, and in what lies beside them.
void print_bytes(const std::filesystem::path& data) {
  auto database = Database::open(data, Database::Mode::read_only, bench_key());
  if (!database) fail(database.error());
  std::vector<rocksdb::LiveFileMetaData> files;
  (*database)->rocks().GetLiveFilesMetaData(&files);
  double log = 0, views = 0, rest = 0;
  for (const auto& file : files) {
    auto& sum = file.column_family_name == "log"               ? log
                : file.column_family_name.starts_with("view.") ? views
                                                               : rest;
    sum += static_cast<double>(file.size);
  }
  auto events = static_cast<double>((*database)->log().tail().value);
  std::printf("%-46s log %.0f, views %.0f, tree and keys %.0f\n", "bytes on disk an event", log / events,
              views / events, rest / events);
}

void measure(const std::filesystem::path& data, int rounds) {
  Metrics metrics;
  std::unique_ptr<Engine> engine;
  auto opening = seconds_of([&] {
    auto opened = Engine::open({.directory = data, .key_encryption_key = bench_key()}, metrics);
    if (!opened) fail(opened.error());
    engine = std::move(*opened);
  });
  // Data of an earlier release has its views built anew at the first start.
  engine->view_jobs().wait_until_idle(std::chrono::hours(1));
  auto tail = engine->tail();
  auto reader = engine->reader();
  std::string key(reader->scan(View::organizations, {}, {}, Direction::forward)->key());
  auto organization = id_from_bytes<OrganizationId>(key.substr(key.size() - sizeof(OrganizationId)));
  reader.reset();
  auto all = engine->views().views();

  auto before = commands_until(
      *engine, organization,
      [until = steady_clock::now() + std::chrono::seconds(10)] { return steady_clock::now() > until; });
  auto resident = resident_megabytes();
  std::vector<double> rates, compared_rates;
  std::vector<double> meanwhile;
  double most_resident = 0;
  for (int round = 0; round < rounds; ++round) {
    auto id = new_id<RebuildId>(system_now());
    if (!engine->view_jobs().start(id, ViewJobKind::rebuild, all)) fail("The rebuild does not start.");
    auto is_over = [&] {
      most_resident = std::max(most_resident, resident_megabytes());
      return engine->view_jobs().find(id)->is_over();
    };
    // By turns alone, which is what the rates are of, and beside commands.
    if (round % 2 == 0) {
      while (!is_over()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
      auto job = engine->view_jobs().find(id).value();
      auto rate_until = [&](const std::optional<Time>& moment) {
        return static_cast<double>(tail.value) * 1e6 /
               static_cast<double>(moment.value().micros - job.started_at.micros);
      };
      rates.push_back(rate_until(job.in_place_at));
      compared_rates.push_back(rate_until(job.ended_at));
    } else {
      auto took = commands_until(*engine, organization, is_over);
      meanwhile.insert(meanwhile.end(), took.begin(), took.end());
    }
    auto job = engine->view_jobs().find(id).value();
    if (job.state != ViewJobState::finished) fail(job.reason);
    for (const auto& result : job.results) {
      if (!result.compared || !result.compared->identical) fail("A view came out different.");
    }
  }
  std::ranges::sort(meanwhile);
  auto at = [](const std::vector<double>& values, double share) {
    return values.empty() ? 0
                          : values[static_cast<std::size_t>(static_cast<double>(values.size() - 1) * share)];
  };
  std::printf("%llu events; opened in %.1f s\n\n", static_cast<unsigned long long>(tail.value), opening);
  auto [least, most] = std::ranges::minmax(rates);
  std::printf("%-46s %12.0f  %.2f–%.2f M   goal >= 400,000\n", "all views rebuilt and read, events/s",
              median(rates), least / 1e6, most / 1e6);
  std::printf("%-46s %12.0f\n", "and compared with those before", median(compared_rates));
  std::printf("%-46s %9.0f MB  before: %.0f MB\n", "memory, most of it meanwhile", most_resident, resident);
  std::printf("%-46s p50 %.2f ms, p99 %.2f ms\n", "a command before", at(before, 0.5), at(before, 0.99));
  std::printf("%-46s p50 %.2f ms, p99 %.2f ms   goal: p99 at most twice that before\n",
              "a command during a rebuild", at(meanwhile, 0.5), at(meanwhile, 0.99));
  engine.reset();
  print_bytes(data);
}

}  // namespace
}  // namespace byline

int main(int count, char** words) {
  return byline::run_bench(count, words, {.usual = 4, .least = 2}, byline::measure);
}
