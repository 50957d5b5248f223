#include "history/names.hpp"

#include <utility>

namespace byline::history {

std::string Names::name_of(const std::string& id) const {
  if (id == to_string(kSystemAccount)) return "System";
  auto found = names_.find(id);
  return found == names_.end() ? id : found->second;
}

std::optional<std::vector<RoleId>> Names::roles_before(const LogEntry&) const { return roles_before_last_; }

void Names::learn(const LogEntry& entry) {
  roles_before_last_.reset();
  // Of a credential, `name` and `roles` are not its own.
  if (entry.subject.kind == SubjectKind::credential) return;
  auto id = to_string(Id<void>{entry.subject.id});
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { event.name; }) {
          if (entry.seal == SealState::open) names_[id] = event.name;
          if (entry.seal == SealState::erased) names_[id] = kErasedAccount;
        }
        if constexpr (requires { event.roles; }) {
          auto [known, fresh] = roles_.try_emplace(id);
          auto before = std::exchange(known->second, event.roles);
          if (!fresh) roles_before_last_ = std::move(before);
        }
      },
      entry.event);
}

}  // namespace byline::history
