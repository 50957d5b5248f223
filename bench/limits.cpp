// What the machine takes where there is nothing but the one thing: RocksDB's synced batches and its
// iteration, and an event's JSON being read. One figure each a run; printed as one JSON object. Run by
// scripts/bench limits.
//
//   limits --data FOLDER
//
// The folder is made, and goes at the end.

#include <rocksdb/db.h>
#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace {

using Clock = std::chrono::steady_clock;

/// 445 bytes, as a registration's event was before personal data was sealed.
std::string event_of(std::uint64_t number) {
  auto text = std::to_string(1'000'000'000 + number);
  std::string event = R"({"position":)" + text + R"(,"id":"01890a5d-ac96-774b-bcce-b30)" + text.substr(1) +
                      R"(","type":"ApplicationRegistered","version":1,"at":"2026-03-01T08:15:30.000125Z",)"
                      R"("actor":"01890a5d-ac96-774b-bcce-b302099a8057","subject":{"kind":"application",)"
                      R"("id":"01890a5d-ac96-774b-bcce-b30)" +
                      text.substr(1) + R"("},"data":{"name":"Program )" + text + R"(","email":"program)" +
                      text + R"(@example.org","url":"https://example.org/hook","description":")";
  constexpr std::size_t kBytes = 445;
  constexpr std::string_view kEnd = R"("}})";
  event.append(kBytes - kEnd.size() - event.size(), 'd');
  return event.append(kEnd);
}

void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

/// How often a second, over about a second.
double rate_of(std::uint64_t at_once, const auto& work) {
  auto started = Clock::now();
  std::uint64_t done = 0;
  std::chrono::duration<double> took{};
  while (took.count() < 1) {
    work(done);
    done += at_once;
    took = Clock::now() - started;
  }
  return static_cast<double>(done) / took.count();
}

class Rocks {
 public:
  explicit Rocks(const std::filesystem::path& folder) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kLZ4Compression;
    rocksdb::DB* opened = nullptr;
    check(rocksdb::DB::Open(options, folder.string(), &opened));
    database_.reset(opened);
  }

  /// Registrations a second, each of an event, a row as long and three entries of indexes: so many together
  /// in one write that is synced.
  double batches_of(std::uint64_t size) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    return rate_of(size, [&](std::uint64_t done) {
      rocksdb::WriteBatch batch;
      for (auto i = done; i < done + size; ++i) {
        auto key = std::to_string(size) + "/" + std::to_string(i), event = event_of(i);
        check(batch.Put("event/" + key, event));
        check(batch.Put("row/" + key, event));
        for (const auto* index : {"name/", "email/", "actor/"}) check(batch.Put(index + key, {}));
      }
      check(database_->Write(synced, &batch));
    });
  }

  /// Values a second, from files whose pages are in memory.
  double iteration() {
    constexpr std::uint64_t kValues = 500'000;
    for (std::uint64_t i = 0; i < kValues; ++i)
      check(database_->Put({}, "iterated/" + std::to_string(1'000'000 + i), event_of(i)));
    check(database_->Flush({}));
    check(database_->CompactRange({}, nullptr, nullptr));
    return rate_of(kValues, [&](std::uint64_t) {
      std::unique_ptr<rocksdb::Iterator> each(database_->NewIterator({}));
      std::uint64_t bytes = 0, count = 0;
      for (each->Seek("iterated/"); each->Valid() && each->key().starts_with("iterated/"); each->Next()) {
        bytes += each->value().size();
        ++count;
      }
      check(each->status());
      if (count != kValues || bytes != kValues * event_of(0).size())
        throw std::runtime_error("values are missing");
    });
  }

 private:
  std::unique_ptr<rocksdb::DB> database_;
};

/// Events a second whose name and address were read.
double nlohmann_rate() {
  auto event = event_of(1);
  return rate_of(1000, [&](std::uint64_t) {
    for (int i = 0; i < 1000; ++i) {
      auto read = nlohmann::json::parse(event);
      const auto& data = read.at("data");
      if (data.at("name").get_ref<const std::string&>().empty() ||
          data.at("email").get_ref<const std::string&>().empty())
        throw std::runtime_error("an event was misread");
    }
  });
}
double simdjson_rate() {
  simdjson::padded_string event(event_of(1));
  simdjson::ondemand::parser parser;
  return rate_of(1000, [&](std::uint64_t) {
    for (int i = 0; i < 1000; ++i) {
      auto read = parser.iterate(event);
      auto data = read["data"];
      if (std::string_view(data["name"]).empty() || std::string_view(data["email"]).empty())
        throw std::runtime_error("an event was misread");
    }
  });
}

}  // namespace

int main(int count, char** words) try {
  std::string folder;
  CLI::App app;
  app.add_option("--data", folder, "a folder that is not there yet; it goes at the end")->required();
  CLI11_PARSE(app, count, words);
  nlohmann::json figures;
  {
    Rocks rocks(folder);
    for (auto size : {8, 32, 64, 256})
      figures["batches of " + std::to_string(size)] = rocks.batches_of(static_cast<std::uint64_t>(size));
    figures["iteration"] = rocks.iteration();
  }
  std::filesystem::remove_all(folder);
  figures["nlohmann"] = nlohmann_rate();
  figures["simdjson"] = simdjson_rate();
  std::cout << figures << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
