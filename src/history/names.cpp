#include "history/names.hpp"

namespace byline::history {

std::string Names::of(const std::string& id) const {
  if (id == to_string(kSystemAccount)) return "System";
  auto found = names_.find(id);
  return found == names_.end() ? id : found->second;
}

void Names::learn(const LogEntry& entry) {
  // Of a credential, `name` is not its own.
  if (entry.subject.kind == SubjectKind::credential) return;
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { event.name; }) names_[to_string(Id<void>{entry.subject.id})] = event.name;
      },
      entry.event);
}

}  // namespace byline::history
