#include "history/row_names.hpp"

#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline::history {

std::string signing_name(const Reader& reader, const OrganizationId& organization, const AccountId& account) {
  if (account == kSystemAccount) return "System";
  auto row = find_account(reader, organization, account);
  // No account is without a name: as it was before its erasure, it has lost it too.
  if (row && row->name.empty()) return std::string(kErasedAccount);
  return row ? row->name : std::string();
}

std::string RowNames::name_of(const std::string& text) const {
  auto id = parse_uuid(text);
  if (!id) return text;
  if (auto name = signing_name(reader_, organization_, AccountId{*id}); !name.empty()) return name;
  if (auto role = find_role(reader_, organization_, RoleId{*id})) return role->name;
  if (auto team = find_team(reader_, organization_, TeamId{*id})) return team->name;
  return text;
}

std::optional<std::vector<RoleId>> RowNames::roles_before(const LogEntry& entry) const {
  constexpr int kMostSteps = 100;
  auto prefix = audit_subject_prefix(organization_, entry.subject.id_view());
  auto before = reader_.scan(View::audit, prefix, prefix + make_key(entry.position), Direction::backward);
  for (int step = 0; before->valid() && step < kMostSteps; before->next(), ++step) {
    auto position = position_at_end(before->key());
    auto earlier = position < entry.position ? reader_.entry(position) : std::nullopt;
    if (!earlier) continue;
    auto roles = std::visit(
        [](const auto& event) -> std::optional<std::vector<RoleId>> {
          if constexpr (requires { event.roles; }) return event.roles;
          return std::nullopt;
        },
        earlier->event);
    if (roles) return roles;
  }
  return std::nullopt;
}

}  // namespace byline::history
