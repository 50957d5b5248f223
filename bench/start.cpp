// How long it takes from opening a data directory to a first durable command, by how the service ended
// before. Run by scripts/bench start.
//
//   start --data FOLDER [--events 10000000] [--rounds 3]
//
// The data is made at the first run and used again: a tenth as many applications as events.

#include <unistd.h>

#include "bench/filled_log.hpp"
#include "engine/state_keeper.hpp"

namespace byline {
namespace {

/// What RocksDB's own log has of them is read again by the start that comes after.
constexpr std::uint64_t kBeforeTheKill = 100'000;

/// Opens, makes one command durable and stops, or makes many more and dies: the seconds until the first was
/// durable.
double start(const std::filesystem::path& data, bool stop) {
  Metrics metrics;
  std::unique_ptr<Engine> engine;
  auto took = seconds_of([&] {
    engine = open_engine(data, metrics);
    make_durable(*engine, organization_of(*engine));
  });
  if (stop) return took;
  register_many(*engine, organization_of(*engine), kBeforeTheKill);
  ::_exit(0);
}

double start_in_a_child(const std::filesystem::path& data) {
  int ends[2];
  if (::pipe(ends) != 0) fail("There is no pipe.");
  in_a_child([&] {
    auto took = start(data, true);
    if (::write(ends[1], &took, sizeof took) != sizeof took) fail("The pipe is closed.");
  });
  double took = 0;
  if (::read(ends[0], &took, sizeof took) != sizeof took) fail("A start says nothing.");
  ::close(ends[0]);
  ::close(ends[1]);
  return took;
}

void measure(const std::filesystem::path& data, int rounds) {
  start_in_a_child(data);  // and a clean stop
  std::vector<double> after_stop, after_kill, folded;
  std::uint64_t bytes = std::filesystem::file_size(StateKeeper::file_in(data));
  for (int round = 0; round < rounds; ++round) {
    after_stop.push_back(start_in_a_child(data));
    in_a_child([&] { start(data, false); });  // dies
    after_kill.push_back(start_in_a_child(data));
    std::filesystem::remove(StateKeeper::file_in(data));
    folded.push_back(start_in_a_child(data));
  }
  Result{.row = "start after a stop, s",
         .ours = after_stop,
         .goal = at_most(1),
         .note = "to a first durable command; " + std::to_string(bytes / 1'000'000) +
                 " MB of write model in a file"}
      .print();
  Result{.row = "start after a kill, s",
         .ours = after_kill,
         .goal = at_most(1),
         .note = std::to_string(kBeforeTheKill) + " registrations after the start before"}
      .print();
  Result{.row = "start from the log alone, s", .ours = folded}.print();
}

}  // namespace
}  // namespace byline

int main(int count, char** words) { return byline::run_bench(count, words, byline::measure); }
