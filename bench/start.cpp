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

struct Start {
  double opened = 0, serving = 0;  ///< seconds
};

/// Opens, makes one command durable and, unless the process is to die of it, stops.
Start start(const std::filesystem::path& data, bool stop) {
  Start took;
  Metrics metrics;
  auto opening = std::chrono::steady_clock::now();
  auto passed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - opening).count();
  };
  auto engine = open_engine(data, metrics);
  took.opened = passed();
  auto reader = engine->reader();
  std::string key(reader->scan(View::organizations, {}, {}, Direction::forward)->key());
  auto organization = id_from_bytes<OrganizationId>(key.substr(key.size() - sizeof(OrganizationId)));
  reader.reset();
  std::atomic<bool> done = false;
  ChangeOrganization command;
  command.id = organization;
  command.name = "Bench at " + std::to_string(system_now().micros);
  engine->submit(
      {{kSystemAccount, organization, {}}, std::move(command), {}, {}, {}, [&](const Outcome& outcome) {
         if (!std::holds_alternative<Committed>(outcome)) fail("A command was refused.");
         done.store(true);
       }});
  while (!done.load()) std::this_thread::sleep_for(std::chrono::microseconds(50));
  took.serving = passed();
  if (!stop) ::_exit(0);
  return took;
}

Start start_in_a_child(const std::filesystem::path& data) {
  int ends[2];
  if (::pipe(ends) != 0) fail("There is no pipe.");
  in_a_child([&] {
    auto took = start(data, true);
    if (::write(ends[1], &took, sizeof took) != sizeof took) fail("The pipe is closed.");
  });
  Start took;
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
    after_stop.push_back(start_in_a_child(data).serving);
    in_a_child([&] { start(data, false); });  // dies
    after_kill.push_back(start_in_a_child(data).serving);
    std::filesystem::remove(StateKeeper::file_in(data));
    folded.push_back(start_in_a_child(data).serving);
  }
  Result{.row = "start after a stop, s",
         .ours = after_stop,
         .goal = at_most(1),
         .note = "to a first durable command; " + std::to_string(bytes / 1'000'000) +
                 " MB of write model in a file"}
      .print();
  Result{.row = "start after a kill, s", .ours = after_kill, .goal = at_most(1)}.print();
  Result{.row = "start from the log alone, s", .ours = folded}.print();
}

}  // namespace
}  // namespace byline

int main(int count, char** words) {
  return byline::run_bench(count, words, {.usual = 3, .least = 1}, byline::measure);
}
