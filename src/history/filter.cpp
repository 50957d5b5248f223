#include "history/filter.hpp"

#include <algorithm>

#include "events/about.hpp"

namespace byline::history {
namespace {

bool has(const auto& list, const auto& value) {
  return list.empty() || std::ranges::find(list, value) != list.end();
}

bool is_about(const LogEntry& entry, const std::vector<Filter::RawId>& subjects) {
  if (has(subjects, entry.subject.id)) return true;
  auto holder = account_of(entry.event);
  return holder && has(subjects, holder->bytes);
}

bool is_by_or_of(const LogEntry& entry, const std::vector<Filter::RawId>& credentials) {
  if (credentials.empty()) return true;
  if (entry.credential && has(credentials, entry.credential->bytes)) return true;
  bool about_one =
      entry.subject.kind == SubjectKind::credential || entry.subject.kind == SubjectKind::credential_use;
  return about_one && has(credentials, entry.subject.id);
}

}  // namespace

bool Filter::matches(const LogEntry& entry) const {
  return entry.position >= from && entry.position <= to && (!since || entry.at >= *since) &&
         (!until || entry.at < *until) && is_about(entry, subjects) && has(kinds, entry.subject.kind) &&
         has(actors, entry.actor.bytes) && is_by_or_of(entry, credentials) &&
         has(types, type_name(entry.event)) && (!command || entry.command.bytes == *command) &&
         (correlation.empty() || entry.correlation == correlation);
}

std::expected<Time, std::string> parse_moment(std::string_view text) {
  std::string whole(text);
  constexpr std::string_view kMidnight = "T00:00:00Z";
  if (whole.size() == 10) whole += kMidnight;
  // Minutes without seconds.
  if (whole.size() == 17 && whole.back() == 'Z') whole.insert(16, ":00");
  if (auto time = parse_time(whole)) return *time;
  return std::unexpected("\"" + std::string(text) +
                         "\" is no moment: write 2026-11-25, 2026-11-25T09:30Z or 2026-11-25T09:30:00.5Z.");
}

}  // namespace byline::history
