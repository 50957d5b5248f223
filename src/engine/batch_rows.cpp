#include "engine/batch_rows.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace byline {

std::optional<std::string> BatchRows::get(std::string_view key) {
  if (auto found = changed_.find(key); found != changed_.end()) return found->second.value;
  std::string value;
  auto status = rocks_.Get({}, family_, rocksdb::Slice(key.data(), key.size()), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) throw std::runtime_error("a view cannot be read: " + status.ToString());
  return value;
}

void BatchRows::put(std::string_view key, std::string value) {
  changed_[std::string(key)].value = std::move(value);
}

void BatchRows::erase(std::string_view key) {
  auto [place, first] = changed_.try_emplace(std::string(key));
  if (place->second.fresh) {
    changed_.erase(place);
  } else {
    place->second.value.reset();
  }
}

void BatchRows::insert(std::string_view key, std::string value) {
  auto [place, first] = changed_.try_emplace(std::string(key));
  place->second.value = std::move(value);
  // Where this batch erased it before, there is something on disk.
  place->second.fresh = place->second.fresh || first;
}

void BatchRows::add(std::string_view key, std::string_view value) { added_.emplace_back(key, value); }

std::vector<std::pair<std::string, std::optional<std::string>>> BatchRows::changes_under(
    std::string_view prefix) const {
  std::vector<std::pair<std::string, std::optional<std::string>>> found;
  for (const auto& [key, change] : changed_) {
    if (key.starts_with(prefix)) found.emplace_back(key, change.value);
  }
  return found;
}

BatchRows::Changes BatchRows::flush() {
  // In their order, in which each is found a place in memory next to the last.
  std::vector<decltype(changed_)::const_pointer> sorted;
  sorted.reserve(changed_.size());
  for (const auto& change : changed_) sorted.push_back(&change);
  std::ranges::sort(sorted, {}, [](const auto* change) -> std::string_view { return change->first; });
  for (const auto* entry : sorted) {
    if (const auto& [key, change] = *entry; change.value) {
      batch_.Put(family_, key, *change.value);
    } else {
      batch_.Delete(family_, key);
    }
  }
  for (const auto& [key, value] : added_) batch_.Put(family_, key, value);
  added_.clear();
  return std::exchange(changed_, {});
}

void BatchRows::discard() {
  changed_.clear();
  added_.clear();
}

}  // namespace byline
