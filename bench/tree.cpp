// What it costs the writer to keep the log's tree: registrations through the engine, with it and without it
// by turns, each into a log of its own. Run by scripts/bench tree.
//
//   tree --data FOLDER [--events 100000] [--rounds 3]
//
// The service knows no log without a tree: this program's linker puts itself between the writer and the tree
// (`--wrap` in CMakeLists.txt).

#include "bench/filled_log.hpp"
#include "log/tree_edge.hpp"

#define BYLINE_TREE_EDGE_ADD \
  "_ZN6byline8TreeEdge3addESt17basic_string_viewIcSt11char_traitsIcEERKSt8functionIFvRKNS_4TileES4_EE"

namespace byline {
namespace {

std::atomic<bool> keeps_tree = true;
std::atomic<std::uint64_t> hashed = 0;

}  // namespace

void add_really(TreeEdge* edge, std::string_view entry,
                const TreeEdge::Store& store) asm("__real_" BYLINE_TREE_EDGE_ADD);
void add_perhaps(TreeEdge* edge, std::string_view entry,
                 const TreeEdge::Store& store) asm("__wrap_" BYLINE_TREE_EDGE_ADD);

void add_perhaps(TreeEdge* edge, std::string_view entry, const TreeEdge::Store& store) {
  if (!keeps_tree) return;
  ++hashed;
  add_really(edge, entry, store);
}

namespace {

double registrations_a_second(const std::filesystem::path& data, std::uint64_t count, bool with_tree) {
  keeps_tree = with_tree;
  hashed = 0;
  double took = 0;
  {
    Filling filling(data);
    took = seconds_of([&] {
      for (std::uint64_t i = 0; i < count; ++i) filling.register_application(i);
      filling.finish();
    });
  }
  std::filesystem::remove_all(data);
  if ((hashed > 2 * count) != with_tree) fail("The tree was kept where it was to be left, or the other way.");
  return static_cast<double>(count) / took;
}

void measure(const std::filesystem::path& data, std::uint64_t registrations, int rounds) {
  std::vector<double> with, without;
  registrations_a_second(data / "warm", registrations / 10, true);
  for (int round = 0; round < rounds; ++round) {
    auto measured = [&](bool with_tree) {
      return registrations_a_second(data / std::to_string(round), registrations, with_tree);
    };
    // Neither is always the first.
    if (round % 2 == 0) with.push_back(measured(true));
    without.push_back(measured(false));
    if (round % 2 != 0) with.push_back(measured(true));
  }
  Result{.row = "register, in the engine",
         .ours = with,
         .against = {{"without the tree", without, at_least(0.9)}}}
      .print();
}

}  // namespace
}  // namespace byline

int main(int count, char** words) {
  CLI::App app;
  std::string data;
  std::uint64_t events = 100'000;
  int rounds = 3;
  app.add_option("--data", data, "a folder that is not there yet; it goes at the end")->required();
  app.add_option("--events", events, "two of each registration")->capture_default_str();
  app.add_option("--rounds", rounds)->check(CLI::Range(1, 100));
  CLI11_PARSE(app, count, words);
  byline::prepare();
  std::filesystem::create_directories(data);
  byline::measure(data, events / 2, rounds);
  std::filesystem::remove_all(data);
  return 0;
}
