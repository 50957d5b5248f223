#include "engine/batch_rows.hpp"

#include <stdexcept>

namespace byline {

std::optional<std::string> BatchRows::get(std::string_view key) {
  std::string owned(key);
  if (auto found = changed_.find(owned); found != changed_.end()) return found->second;
  std::string value;
  auto status = rocks_.Get({}, family_, owned, &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) throw std::runtime_error("a view cannot be read: " + status.ToString());
  return value;
}

void BatchRows::put(std::string_view key, std::string value) {
  changed_.insert_or_assign(std::string(key), std::optional(std::move(value)));
}

void BatchRows::erase(std::string_view key) { changed_.insert_or_assign(std::string(key), std::nullopt); }

void BatchRows::add(std::string_view key, std::string_view value) { batch_.Put(family_, key, value); }

void BatchRows::flush() {
  for (const auto& [key, value] : changed_) {
    if (value) {
      batch_.Put(family_, key, *value);
    } else {
      batch_.Delete(family_, key);
    }
  }
  changed_.clear();
}

}  // namespace byline
