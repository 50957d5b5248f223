#include "engine/exercised.hpp"

#include "engine/as_of.hpp"
#include "events/about.hpp"

namespace byline {
namespace {

/// A subject's first event creates it.
Operation operation_of(const LogEntry& entry) {
  if (entry.version.value == 1) return Operation::create;
  return ends_subject(entry.event) ? Operation::remove : Operation::edit;
}

std::vector<Permission> of_record(const Reader& reader, AccessHistories& histories, const LogEntry& entry,
                                  const std::string& key) {
  auto collection = find_collection(reader, entry.organization, key);
  if (!collection) return {};
  // What else a new record is given comes with creating it.
  if (entry.position != entry.commit.first) {
    auto first = reader.entry(entry.commit.first);
    if (first && first->subject == entry.subject && std::holds_alternative<RecordCreated>(first->event))
      return {};
  }
  auto operation = operation_of(entry);
  auto needed = Level::assignments;
  if (operation != Operation::create) {
    needed = histories.level_needed_before(entry.subject.as<RecordId>(), entry.actor, entry.commit.first);
  }
  return permissions_needed(*collection, operation, needed);
}

/// Credentials are a part of the account that has them; the first one comes with it.
std::vector<Permission> of_credential(const Reader& reader, const LogEntry& entry) {
  if (entry.position != entry.commit.first) return {};
  auto owner = std::visit(
      []<class T>(const T& fact) {
        if constexpr (requires { fact.account; } && T::kType.subject == SubjectKind::credential) {
          return fact.account;
        } else {
          return AccountId{};
        }
      },
      entry.event);
  auto account = find_account(reader, entry.organization, owner);
  if (!account || owner == entry.actor) return {};
  return {{account->kind == SubjectKind::user ? Area::admin_users : Area::admin_applications, Operation::edit,
           Level::all}};
}

/// An account that is deleted leaves its teams, for which nobody needs a permission of their own.
bool follows_from_deletion(const Reader& reader, const LogEntry& entry) {
  if (!std::holds_alternative<TeamMembersChanged>(entry.event)) return false;
  auto last = reader.entry({entry.commit.first.value + entry.commit.count - 1});
  return last && last->subject != entry.subject;
}

}  // namespace

std::vector<Permission> permissions_exercised(const Reader& reader, AccessHistories& histories,
                                              const LogEntry& entry) {
  if (follows_from_deletion(reader, entry)) return {};
  if (const auto* key = collection_of(entry.event)) return of_record(reader, histories, entry, *key);
  auto operation = operation_of(entry);
  switch (entry.subject.kind) {
    case SubjectKind::user:
    case SubjectKind::team:
      return {{Area::admin_users, operation, Level::all}};
    case SubjectKind::application:
      return {{Area::admin_applications, operation, Level::all}};
    case SubjectKind::role:
    case SubjectKind::collection:
      return {{Area::admin_roles, operation, Level::all}};
    case SubjectKind::organization:
      return {{Area::admin_organization, operation, Level::all}};
    case SubjectKind::credential:
      return of_credential(reader, entry);
    case SubjectKind::record:
    case SubjectKind::credential_use:
    case SubjectKind::signing_key:
    case SubjectKind::token:
    case SubjectKind::sign_in:
    case SubjectKind::access:
    case SubjectKind::projection:
      return {};
  }
  return {};
}

std::vector<Permission> beyond(const std::vector<Permission>& exercised, const PermissionMatrix& access) {
  std::vector<Permission> missing;
  for (const auto& permission : exercised) {
    if (access.at(permission.area, permission.operation) < permission.level) missing.push_back(permission);
  }
  return missing;
}

}  // namespace byline
