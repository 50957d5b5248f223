#include "engine/committed_rows.hpp"

namespace byline {

const std::optional<std::string>* CommittedRows::find(View view, std::string_view key) const {
  const auto& changes = changes_[static_cast<std::size_t>(view)];
  auto found = changes.find(key);
  return found == changes.end() ? nullptr : &found->second.value;
}

std::optional<std::string> CommittedReader::get(View view, std::string_view key) const {
  const auto* changed = rows_->find(view, key);
  return changed ? *changed : behind_->get(view, key);
}

}  // namespace byline
