#include "domain/erasure.hpp"

#include <algorithm>

#include "domain/application.hpp"
#include "domain/record.hpp"
#include "domain/rules.hpp"
#include "domain/user.hpp"

namespace byline {
namespace {

/// To delete one takes a permission that reaches it; to erase one, a permission that reaches all.
std::expected<void, Rejection> permit_erasure(const State& state, const Context& context,
                                              const EraseSubject& command) {
  if (command.kind != SubjectKind::record) {
    auto area = command.kind == SubjectKind::user ? Area::admin_users : Area::admin_applications;
    auto access = authorize(state, context, area, Operation::remove);
    if (!access) return std::unexpected(access.error());
    return {};
  }
  auto access = authenticate(state, context);
  if (!access) return std::unexpected(access.error());
  if (context.actor == kSystemAccount) return {};
  const auto* collection = state.find_collection(context.organization, command.target.collection);
  if (!collection) {
    // The collection is gone, with what it asked for: then it is for who may take everything away.
    bool may = access->at(Area::admin_organization, Operation::remove) == Level::all;
    if (!may || !command.target.is_known) return refuse(Code::not_found);
    return {};
  }
  return permit(*collection, Operation::remove, *access, Level::all);
}

Decision decide_deletion(const State& state, const Context& context, const EraseSubject& command) {
  AccountId account{command.id.bytes};
  switch (command.kind) {
    case SubjectKind::user:
      return decide(state, context, DeleteUser{account, command.target.held});
    case SubjectKind::application: {
      DeleteApplication deletion;
      deletion.id = account;
      return decide(state, context, deletion);
    }
    default:
      return decide(state, context, DeleteRecord{RecordId{command.id.bytes}, command.target.collection});
  }
}

Event erased(const EraseSubject& command) {
  switch (command.kind) {
    case SubjectKind::user:
      return UserErased{};
    case SubjectKind::application:
      return ApplicationErased{};
    default:
      return RecordErased{command.target.collection};
  }
}

}  // namespace

Decision decide(const State& state, const Context& context, const EraseSubject& command) {
  if (!command.problems.empty()) return std::unexpected(Rejection{command.problems});
  if (auto permitted = permit_erasure(state, context, command); !permitted)
    return std::unexpected(permitted.error());
  const auto& target = command.target;
  if (!target.is_known) return refuse(Code::not_found);
  std::vector<NewEvent> events;
  if (target.is_erased) return events;
  if (!target.is_over) {
    auto deletion = decide_deletion(state, context, command);
    if (!deletion) return deletion;
    events = std::move(*deletion);
  }
  for (const auto& id : target.credentials) {
    Subject credential{SubjectKind::credential, id};
    // Of what guards a sign-in nothing is left when it ends.
    bool went = std::ranges::any_of(target.held, [&](const HeldCredential& held) {
      return held.id == id && is_of_sign_in(held.kind) && command.kind == SubjectKind::user;
    });
    if (!went) events.push_back({credential, CredentialErased{AccountId{command.id.bytes}}});
  }
  events.push_back({command.subject(), erased(command)});
  return events;
}

}  // namespace byline
