#pragma once

#include <map>
#include <optional>
#include <string>

#include "projections/projection.hpp"

namespace byline {

/// The rows of a view, in memory and in the order of their keys.
class MemoryRows final : public Rows {
 public:
  std::optional<std::string> get(std::string_view key) override {
    auto found = rows_.find(std::string(key));
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  void put(std::string_view key, std::string value) override {
    rows_.insert_or_assign(std::string(key), std::move(value));
  }
  void insert(std::string_view key, std::string value) override { put(key, std::move(value)); }
  void erase(std::string_view key) override { rows_.erase(std::string(key)); }
  void add(std::string_view key, std::string_view value) override { put(key, std::string(value)); }

  const std::map<std::string, std::string>& all() const { return rows_; }

 private:
  std::map<std::string, std::string> rows_;
};

}  // namespace byline
