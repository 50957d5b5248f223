#pragma once

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace byline {

// What a program measured, as lib/report.mjs shows it: a line of JSON for each row.

/// What a value, or its ratio to what it stands beside, is to be.
inline nlohmann::json at_least(double value) { return {{"atLeast", value}}; }
inline nlohmann::json at_most(double value) { return {{"atMost", value}}; }

/// One value a round, by turns with ours.
struct Beside {
  std::string name;
  std::vector<double> theirs;
  nlohmann::json goal = nullptr;
};

struct Result {
  std::string row;
  std::vector<double> ours;  ///< one value a round
  nlohmann::json goal = nullptr;
  std::vector<Beside> against = {};
  std::string note = {};

  void print() const {
    auto rounds = nlohmann::json::array();
    for (auto value : ours) rounds.push_back({{"rate", value}});
    auto beside = nlohmann::json::array();
    for (const auto& peer : against)
      beside.push_back({{"name", peer.name}, {"theirs", peer.theirs}, {"goal", peer.goal}});
    nlohmann::json line{{"row", row}, {"ours", rounds}, {"goal", goal}, {"against", beside}};
    if (!note.empty()) line["note"] = note;
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
  }
};

/// The least that so large a share of them does not exceed.
inline double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  auto at = values.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(values.size() - 1) * share);
  std::ranges::nth_element(values, at);
  return *at;
}

}  // namespace byline
