#include "engine/visible_records.hpp"

#include "projections/records.hpp"

namespace byline {

IdCursor::IdCursor(const Reader& reader, View view, const std::vector<std::string>& prefixes,
                   std::string_view start, Direction direction)
    : direction_(direction) {
  for (const auto& prefix : prefixes) {
    auto from = start.empty() ? std::string() : prefix + std::string(start);
    indexes_.push_back({prefix.size(), reader.scan(view, prefix, from, direction)});
  }
  pass(start);
  choose();
}

void IdCursor::next() {
  pass(std::string(id()));
  choose();
}

void IdCursor::pass(std::string_view id) {
  for (auto& index : indexes_) {
    if (index.cursor->valid() && index.id() == id) index.cursor->next();
  }
}

void IdCursor::choose() {
  current_ = nullptr;
  for (auto& index : indexes_) {
    if (!index.cursor->valid()) continue;
    bool first = !current_ || (direction_ == Direction::forward ? index.id() < current_->id()
                                                                : index.id() > current_->id());
    if (first) current_ = &index;
  }
}

IdCursor records_within_reach(const Reader& reader, const Principal& principal, const Collection& collection,
                              Level level, std::string_view start, Direction direction) {
  const auto& home = principal.organization;
  if (level == Level::all)
    return {reader, View::records, {record_prefix(home, collection.key)}, start, direction};
  std::vector<std::string> prefixes;
  if (level >= Level::assignments)
    prefixes.push_back(assigned_records_prefix(home, principal.account, collection.key));
  if (level >= Level::limited) {
    prefixes.push_back(open_records_prefix(home, collection.key));
    prefixes.push_back(granted_records_prefix(home, principal.account.view(), collection.key));
    for (const auto& team : principal.teams)
      prefixes.push_back(granted_records_prefix(home, team.view(), collection.key));
  }
  return {reader, View::access, prefixes, start, direction};
}

}  // namespace byline
