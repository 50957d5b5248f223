#include "engine/past_reader.hpp"

#include "projections/audit.hpp"
#include "projections/key.hpp"
#include "projections/memory_rows.hpp"
#include "projections/view_set.hpp"

namespace byline {

std::optional<std::string> PastReader::get(View view, std::string_view key) const {
  constexpr std::size_t kIdBytes = sizeof(Id<void>);
  if (key.size() < kIdBytes || view == View::audit || view == View::credentials)
    throw std::logic_error("this row is not made by its own subject's events alone");
  const auto& projection = (*ViewSet::built_in())[view];
  auto prefix = audit_subject_prefix(organization_, key.substr(key.size() - kIdBytes));
  MemoryRows rows;
  for (auto row = now_.scan(View::audit, prefix, {}, Direction::forward); row->valid(); row->next()) {
    auto one = entry(position_at_end(row->key()));
    if (!one) break;
    projection.apply(*one, rows);
  }
  return rows.get(key);
}

std::unique_ptr<RowCursor> PastReader::scan(View view, std::string_view prefix, std::string_view start,
                                            Direction direction) const {
  if (view != View::audit) throw std::logic_error("the past has no rows to walk through");
  return now_.scan(view, prefix, start, direction);
}

std::optional<LogEntry> PastReader::entry(Position position) const {
  auto found = now_.entry(position);
  return found && covers_(*found) ? found : std::nullopt;
}

}  // namespace byline
