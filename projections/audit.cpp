#include "projections/audit.hpp"

#include "projections/key.hpp"

namespace byline {

std::string audit_prefix(const OrganizationId& organization) { return make_key('O', organization); }
std::string audit_actor_prefix(const OrganizationId& organization, const AccountId& actor) {
  return make_key('A', organization, actor);
}
std::string audit_subject_prefix(const OrganizationId& organization, std::string_view subject_id) {
  return make_key('S', organization, subject_id);
}

void AuditProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (entry.position == entry.commit.first) {
    auto count = std::to_string(entry.commit.count);
    rows.add(make_key('O', entry.organization, entry.position), count);
    rows.add(make_key('A', entry.organization, entry.actor, entry.position), count);
  }
  rows.add(make_key('S', entry.organization, entry.subject.id_view(), entry.position), "1");
}

}  // namespace byline
