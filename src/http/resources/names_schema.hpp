#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "events/permission.hpp"

namespace byline::http {

// The words of the permission model, as schemas and refusals list them.

template <class Enum, std::size_t N>
nlohmann::json all_names() {
  auto names = nlohmann::json::array();
  for (std::size_t i = 0; i < N; ++i) names.push_back(name_of(static_cast<Enum>(i)));
  return names;
}

inline nlohmann::json names_of_areas() { return all_names<Area, kAreaCount>(); }
inline nlohmann::json names_of_operations() { return all_names<Operation, kOperationCount>(); }
inline nlohmann::json names_of_levels() { return all_names<Level, kLevelCount>(); }

/// `a, b and c`.
inline std::string joined(const nlohmann::json& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i].get<std::string>();
  }
  return text;
}

}  // namespace byline::http
