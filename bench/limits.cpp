// What the machine takes where there is nothing but the one thing: RocksDB's synced batches and its
// iteration, and an event's JSON being read. One figure each a run; printed as one JSON object. Run by
// scripts/bench limits.
//
//   limits --data FOLDER
//
// The folder is made, and goes at the end.

#include <simdjson.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "bench/raw_values.hpp"

namespace {

using Clock = std::chrono::steady_clock;

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

/// Registrations a second, each of an event, a row as long and three entries of indexes: so many together in
/// one write that is synced.
double batches_of(rocksdb::DB& database, std::uint64_t size) {
  rocksdb::WriteOptions synced;
  synced.sync = true;
  return rate_of(size, [&](std::uint64_t done) {
    rocksdb::WriteBatch batch;
    for (auto i = done; i < done + size; ++i) {
      auto key = std::to_string(size) + "/" + std::to_string(i), event = byline::raw_event(i);
      byline::check(batch.Put("event/" + key, event));
      byline::check(batch.Put("row/" + key, event));
      for (const auto* index : {"name/", "email/", "actor/"}) byline::check(batch.Put(index + key, {}));
    }
    byline::check(database.Write(synced, &batch));
  });
}

/// Events a second whose name and address were read.
double nlohmann_rate() {
  auto event = byline::raw_event(1);
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
  simdjson::padded_string event(byline::raw_event(1));
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
    byline::RawValues values(folder);
    figures["iteration"] = rate_of(values.kCount, [&](std::uint64_t) { values.iterate(); });
    for (std::uint64_t size : {8, 32, 64, 256})
      figures["batches of " + std::to_string(size)] = batches_of(values.database(), size);
  }
  figures["nlohmann"] = nlohmann_rate();
  figures["simdjson"] = simdjson_rate();
  std::cout << figures << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
