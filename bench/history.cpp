// What reading a long log costs, beside what the machine takes for its parts: rounds by turns, the median and
// the spread of each row. Run by scripts/bench history.
//
//   history --data FOLDER [--events 2000000] [--rounds 3]
//
// The data is made at the first run and used again.

#include <openssl/sha.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <thread>

#include "bench/filled_log.hpp"
#include "domain/state.hpp"
#include "engine/database_reader.hpp"
#include "events/codec.hpp"
#include "history/questions.hpp"
#include "log/tree_edge.hpp"
#include "transparency/hashed_log.hpp"

namespace byline {
namespace {

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

struct Row {
  const char* name;
  const char* goal;
  std::vector<double> values;  ///< events a second
};

void measure(const std::filesystem::path& data, int rounds) {
  auto opened = Database::open(data, Database::Mode::read_only, bench_key());
  if (!opened) fail(opened.error());
  std::shared_ptr<Database> database = std::move(*opened);
  auto tail = database->log().tail();
  auto count = static_cast<double>(tail.value);
  Row iterate{"RocksDB iterates them", "limit", {}}, sha{"SHA-256 of them, one core", "limit", {}};
  Row fold{"decode and fold, sealed fields left closed", ">= 1,000,000 on one core", {}};
  Row open{"the same with sealed fields opened", "", {}};
  Row tree{"the tree verified, all cores", ">= 1,000,000", {}};
  volatile std::uint64_t sink = 0;
  auto each = [&](auto&& take) {
    for (auto cursor = database->log().read({}); cursor->next();) take(cursor->bytes());
  };
  auto fold_with = [&](const FieldOpener* opener) {
    State state;
    each([&](std::string_view bytes) { state.evolve(decode(bytes, opener).value()); });
    sink = state.tail().value;
  };
  for (int round = 0; round < rounds; ++round) {
    iterate.values.push_back(
        count / seconds_of([&] { each([&](std::string_view bytes) { sink = sink + bytes.size(); }); }));
    sha.values.push_back(count / seconds_of([&] {
                           unsigned char hash[SHA256_DIGEST_LENGTH];
                           each([&](std::string_view bytes) {
                             ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                      hash);
                             sink = sink + hash[0];
                           });
                         }));
    fold.values.push_back(count / seconds_of([&] { fold_with(nullptr); }));
    open.values.push_back(count / seconds_of([&] {
                            auto keys = database->subject_keys();
                            fold_with(&keys);
                          }));
    tree.values.push_back(count / seconds_of([&] {
                            transparency::HashedLog hashed(database->log(), tail, [](auto, auto) {}, {});
                            sink = root_of(hashed, tail.value)[0];
                          }));
  }
  std::printf("%.0f events\n\n%-44s %12s  %-17s %s\n", count, "row", "events/s", "min–max", "goal");
  for (const auto* row : {&iterate, &sha, &fold, &open, &tree}) {
    auto [least, most] = std::ranges::minmax(row->values);
    std::printf("%-44s %12.0f  %.2f–%.2f M  %s\n", row->name, median(row->values), least / 1e6, most / 1e6,
                row->goal);
  }

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
  std::ranges::sort(questions);
  std::printf("\none subject as of a moment: p50 %.0f µs, p99 %.0f µs, most %.0f µs   goal < 5000 µs\n",
              questions[questions.size() / 2], questions[questions.size() * 99 / 100], questions.back());

  TreeEdge edge;
  rocksdb::WriteBatch writes;
  auto store = [&](const Tile& tile, std::string_view bytes) {
    sink = sink + tile.index;
    writes.Put("tile", rocksdb::Slice(bytes.data(), bytes.size()));
  };
  auto keeping = seconds_of([&] { each([&](std::string_view bytes) { edge.add(bytes, store); }); }) -
                 count / median(iterate.values);
  std::printf("the tree kept by the writer: %.2f µs an event\n", keeping * 1e6 / count);
}

}  // namespace
}  // namespace byline

int main(int count, char** words) {
  return byline::run_bench(count, words, {.usual = 3, .least = 1}, byline::measure);
}
