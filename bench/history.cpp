// What reading a long log costs, beside what the machine takes for its parts: rounds by turns, the median and
// the spread of each row. Run by scripts/bench history.
//
//   history --data FOLDER [--events 2000000] [--rounds 3]
//
// The data is made at the first run and used again.

#include <malloc.h>
#include <openssl/sha.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>
#include <random>
#include <thread>

#include "bench/filled_log.hpp"
#include "bench/raw_values.hpp"
#include "domain/state.hpp"
#include "engine/database_reader.hpp"
#include "events/codec.hpp"
#include "history/questions.hpp"
#include "log/tree_edge.hpp"
#include "transparency/hashed_log.hpp"

namespace byline {
namespace {

/// Where there are fewer, what the write model takes in any case weighs more than they do.
constexpr double kManyApplications = 100'000;

/// Some of the applications, from all over the log.
std::vector<Id<void>> some_applications(const Database& database, std::size_t count) {
  std::mt19937_64 random(1);
  std::vector<Id<void>> found;
  auto tail = database.log().tail().value;
  while (found.size() < count) {
    std::string bytes;
    database.log().read_one({100 + random() % (tail - 100)}, bytes);
    auto entry = decode(bytes);
    if (entry && entry->subject.kind == SubjectKind::application)
      found.push_back(Id<void>{entry->subject.id});
  }
  return found;
}

std::size_t allocated() {
  auto now = ::mallinfo2();
  return now.uordblks + now.hblkhd;
}

void measure(const std::filesystem::path& data, int rounds) {
  auto opened = Database::open(data, Database::Mode::read_only, bench_key());
  if (!opened) fail(opened.error());
  std::shared_ptr<Database> database = std::move(*opened);
  auto tail = database->log().tail();
  auto count = static_cast<double>(tail.value);
  std::vector<double> iterated, raw, sha, folded, opened_too, tree;
  volatile std::uint64_t sink = 0;
  auto each = [&](auto&& take) {
    for (auto cursor = database->log().read({}); cursor->next();) take(cursor->bytes());
  };
  auto rate = [count](auto&& work) { return count / seconds_of(work); };
  double applications = 0, model = 0;
  auto fold_with = [&](const FieldOpener* opener) {
    auto state = std::make_unique<State>();
    applications = 0;
    each([&](std::string_view bytes) {
      auto entry = decode(bytes, opener).value();
      if (std::holds_alternative<ApplicationRegistered>(entry.event)) ++applications;
      state->evolve(entry);
    });
    sink = state->tail().value;
    auto with = allocated();
    state.reset();
    model = static_cast<double>(with - allocated()) / applications;
  };
  RawValues values(data.string() + ".values");
  values.iterate();
  each([&](std::string_view bytes) { sink = sink + bytes.size(); });
  auto kept = root_of(database->tree().at(tail.value), tail.value);
  for (int round = 0; round < rounds; ++round) {
    iterated.push_back(rate([&] { each([&](std::string_view bytes) { sink = sink + bytes.size(); }); }));
    sha.push_back(rate([&] {
      unsigned char hash[SHA256_DIGEST_LENGTH];
      each([&](std::string_view bytes) {
        ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), hash);
        sink = sink + hash[0];
      });
    }));
    folded.push_back(rate([&] { fold_with(nullptr); }));
    opened_too.push_back(rate([&] {
      auto keys = database->subject_keys();
      fold_with(&keys);
    }));
    tree.push_back(rate([&] {
      transparency::HashedLog hashed(database->log(), tail, [](auto, auto) {}, {});
      if (root_of(hashed, tail.value) != kept) fail("The log's tree is another than that of its entries.");
    }));
    raw.push_back(static_cast<double>(RawValues::kCount) / seconds_of([&] { values.iterate(); }));
  }
  Result{.row = "decode and fold, events/s",
         .ours = folded,
         .goal = at_least(1e6),
         .against = {{"RocksDB iterates 445 B", raw, at_least(1e6 / kGoalsIteration)},
                     {"the log is iterated", iterated}}}
      .print();
  Result{
      .row = "with sealed fields opened", .ours = opened_too, .against = {{"the log is iterated", iterated}}}
      .print();
  Result{.row = "tree verified, events/s",
         .ours = tree,
         .goal = at_least(1e6),
         .against = {{"SHA-256, one core", sha}}}
      .print();
  Result{.row = "write model, bytes/application",
         .ours = {model},
         .goal = applications < kManyApplications ? nlohmann::json() : at_most(300),
         .note = std::to_string(static_cast<std::uint64_t>(applications)) + " applications, " +
                 std::to_string(tail.value) + " events"}
      .print();

  std::vector<double> questions;
  DatabaseReader reader(database);
  auto middle = history::Moment{Position{tail.value / 2}, {}};
  for (const auto& id : some_applications(*database, 2000)) {
    questions.push_back(1e6 * seconds_of([&] {
                          auto asked = history::ask_as_of(reader, middle, id,
                                                          [](const history::Json&) { return true; });
                          sink = sink + asked.has_value();
                        }));
  }
  Result{.row = "one subject at a moment, µs",
         .ours = {quantile(questions, 0.5)},
         .goal = at_most(5000),
         .note = "p99 " + std::to_string(std::lround(quantile(questions, 0.99))) + " µs, most " +
                 std::to_string(std::lround(quantile(questions, 1))) + " µs"}
      .print();

  TreeEdge edge;
  rocksdb::WriteBatch writes;
  auto store = [&](const Tile& tile, std::string_view bytes) {
    sink = sink + tile.index;
    writes.Put("tile", rocksdb::Slice(bytes.data(), bytes.size()));
  };
  auto keeping = seconds_of([&] { each([&](std::string_view bytes) { edge.add(bytes, store); }); }) -
                 count / quantile(iterated, 0.5);
  Result{.row = "tree kept, µs/event", .ours = {keeping * 1e6 / count}}.print();
}

}  // namespace
}  // namespace byline

int main(int count, char** words) { return byline::run_bench(count, words, byline::measure); }
