// What building every view anew costs, and what commands cost meanwhile. Run by scripts/bench rebuild.
//
//   rebuild --data FOLDER [--events 2000000] [--rounds 3]
//
// The data is made at the first run and used again.

#include <cmath>
#include <fstream>

#include "bench/filled_log.hpp"
#include "bench/raw_values.hpp"
#include "engine/crew.hpp"

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

/// Commands that are due every so often, each a durable write, until told to stop: how long each took from
/// when it was due, in microseconds, so that what waits behind a stall is seen to wait.
std::vector<double> commands_until(Engine& engine, const OrganizationId& organization,
                                   const std::function<bool()>& enough) {
  constexpr std::chrono::milliseconds kApart(3);
  std::vector<double> took;
  for (auto due = steady_clock::now(); !enough(); due += kApart) {
    std::this_thread::sleep_until(due);
    make_durable(engine, organization);
    took.push_back(std::chrono::duration<double, std::micro>(steady_clock::now() - due).count());
  }
  return took;
}

/// For so long, in microseconds, the slowest in a hundred.
double p99_of_commands(Engine& engine, const OrganizationId& organization, std::chrono::seconds time) {
  auto until = steady_clock::now() + time;
  return quantile(commands_until(engine, organization, [until] { return steady_clock::now() > until; }),
                  0.99);
}

/// What keeps every processor busy and gives way as a rebuild does, but touches neither memory nor disk.
class BusyLoops {
 public:
  BusyLoops() {
    for (unsigned i = 0; i < std::thread::hardware_concurrency(); ++i)
      loops_.emplace_back([](const std::stop_token& over) {
        give_way();
        while (!over.stop_requested()) continue;
      });
  }

 private:
  std::vector<std::jthread> loops_;
};

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
  Result{.row = "disk, bytes/event of the log", .ours = {log / events}}.print();
  Result{.row = "disk, bytes/event of the views", .ours = {views / events}}.print();
  Result{.row = "disk, bytes/event of the rest", .ours = {rest / events}, .note = "tree and keys"}.print();
}

void measure(const std::filesystem::path& data, int rounds) {
  Metrics metrics;
  auto engine = open_engine(data, metrics);
  auto tail = engine->tail();
  auto organization = organization_of(*engine);
  auto all = engine->views().views();
  RawValues values(data.string() + ".values");
  values.iterate();

  auto resident = resident_megabytes();
  std::vector<double> rates, compared_rates, iterated, before, beside_loops, meanwhile;
  double most_resident = 0;
  auto rebuild = [&](const std::function<void(const std::function<bool()>& is_over)>& meanwhile_do) {
    auto id = new_id<RebuildId>(system_now());
    if (!engine->view_jobs().start(id, ViewJobKind::rebuild, all)) fail("The rebuild does not start.");
    meanwhile_do([&, id] {
      most_resident = std::max(most_resident, resident_megabytes());
      return engine->view_jobs().find(id)->is_over();
    });
    auto job = engine->view_jobs().find(id).value();
    if (job.state != ViewJobState::finished) fail(job.reason);
    for (const auto& result : job.results) {
      if (!result.compared || !result.compared->identical) fail("A view came out different.");
    }
    return job;
  };
  for (int round = 0; round < rounds; ++round) {
    // Alone, which is what the rates are of.
    auto job = rebuild([](const std::function<bool()>& is_over) {
      while (!is_over()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    auto rate_until = [&](const std::optional<Time>& moment) {
      return static_cast<double>(tail.value) * 1e6 /
             static_cast<double>(moment.value().micros - job.started_at.micros);
    };
    rates.push_back(rate_until(job.in_place_at));
    compared_rates.push_back(rate_until(job.ended_at));
    iterated.push_back(static_cast<double>(RawValues::kCount) / seconds_of([&] { values.iterate(); }));
    // And beside commands.
    constexpr std::chrono::seconds kTime(5);
    before.push_back(p99_of_commands(*engine, organization, kTime));
    {
      BusyLoops loops;
      beside_loops.push_back(p99_of_commands(*engine, organization, kTime));
    }
    rebuild([&](const std::function<bool()>& is_over) {
      meanwhile.push_back(quantile(commands_until(*engine, organization, is_over), 0.99));
    });
  }
  Result{.row = "all views rebuilt, events/s",
         .ours = rates,
         .goal = at_least(400'000),
         .against = {{"RocksDB iterates 445 B", iterated, at_least(400'000 / kGoalsIteration)}}}
      .print();
  Result{.row = "and compared, events/s", .ours = compared_rates}.print();
  Result{
      .row = "memory in a rebuild, MB",
      .ours = {most_resident},
      .note = std::to_string(std::lround(resident)) + " MB before, " + std::to_string(tail.value) + " events"}
      .print();
  Result{.row = "command p99 in a rebuild, µs",
         .ours = meanwhile,
         .against = {{"without", before, at_most(2)}, {"beside loops that give way", beside_loops}}}
      .print();
  engine.reset();
  print_bytes(data);
}

}  // namespace
}  // namespace byline

int main(int count, char** words) { return byline::run_bench(count, words, byline::measure); }
