#include "domain/record.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

std::expected<const State::Record*, Rejection> find_for(const State& state, const Context& context,
                                                        const std::string& collection_key, const RecordId& id,
                                                        Operation operation) {
  auto access = authenticate(state, context);
  if (!access) return std::unexpected(access.error());
  const auto* collection = state.find_collection(context.organization, collection_key);
  if (!collection) return refuse(Code::not_found);
  const auto* record = state.find_record(id);
  if (record &&
      (record->organization != context.organization || state.collection_of(*record) != collection_key))
    record = nullptr;
  std::optional<Level> needed;
  if (record) needed = level_needed(state.access_of(*record), context.actor, state.teams_of(context.actor));
  if (auto permitted = permit(*collection, operation, *access, needed); !permitted)
    return std::unexpected(permitted.error());
  if (!is_current(context, record->version)) return refuse(Code::stale_version);
  return record;
}

void check_assignee(const State& state, const Context& context, const std::optional<AccountId>& assignee,
                    std::vector<Problem>& problems) {
  // A nil id was not readable as one, which is a problem already.
  if (assignee && !assignee->is_nil() && !is_known_account(state, context, *assignee))
    problems.push_back({Code::unknown_account, "assignee"});
}

/// The list as it is kept. Who is on it already may have been deleted since.
AccessList check_access_list(const State& state, const Context& context, const std::vector<Grantee>& grantees,
                             const AccessList& before, std::vector<Problem>& problems) {
  AccessList list;
  if (grantees.size() > kMaxAccessList) {
    problems.push_back(
        {Code::too_large, "access_list", std::to_string(kMaxAccessList) + " accounts and teams"});
    return list;
  }
  auto add = [&](const auto& id, auto& ids, const auto& held, bool known, Code unknown, std::size_t place) {
    if (id.is_nil()) return;  // was not readable as an id, which is a problem already
    auto field = "access_list/" + std::to_string(place);
    if (!known && !std::ranges::binary_search(held, id)) {
      problems.push_back({unknown, std::move(field)});
    } else if (std::ranges::find(ids, id) != ids.end()) {
      problems.push_back({Code::duplicate_value, std::move(field)});
    } else {
      ids.push_back(id);
    }
  };
  for (std::size_t i = 0; i < grantees.size(); ++i) {
    if (const auto* account = std::get_if<AccountId>(&grantees[i])) {
      add(*account, list.accounts, before.accounts, is_known_account(state, context, *account),
          Code::unknown_account, i);
    } else {
      auto id = std::get<TeamId>(grantees[i]);
      const auto* team = state.find_team(id);
      bool known = team && team->organization == context.organization;
      add(id, list.teams, before.teams, known, Code::unknown_team, i);
    }
  }
  std::ranges::sort(list.accounts);
  std::ranges::sort(list.teams);
  return list;
}

}  // namespace

bool may_change(const State& state, const Context& context, const ChangeRecord& command) {
  return find_for(state, context, command.collection, command.id, Operation::edit).has_value();
}

Problem record_too_large() {
  return {Code::too_large, "attributes", std::to_string(kMaxRecordBytes) + " bytes"};
}

Decision decide(const State& state, const Context& context, const CreateRecord& command) {
  auto access = authenticate(state, context);
  if (!access) return std::unexpected(access.error());
  const auto* collection = state.find_collection(context.organization, command.collection);
  if (!collection) return refuse(Code::not_found);
  if (auto permitted = permit_in(*collection, Operation::create, *access); !permitted)
    return std::unexpected(permitted.error());
  auto problems = command.problems;
  if (state.find_record(command.id)) problems.push_back({Code::already_exists});
  if (command.attributes.text.size() > kMaxRecordBytes) problems.push_back(record_too_large());
  check_assignee(state, context, command.assignee, problems);
  auto list = check_access_list(state, context, command.access_list, {}, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  Subject subject{SubjectKind::record, command.id};
  std::vector<NewEvent> events = {{subject, RecordCreated{command.collection, command.attributes}}};
  if (command.assignee) events.push_back({subject, RecordAssigned{command.collection, command.assignee}});
  if (!list.empty()) {
    events.push_back({subject, RecordAccessListChanged{command.collection, std::move(list.accounts),
                                                       std::move(list.teams)}});
  }
  return events;
}

Decision decide(const State& state, const Context& context, const ChangeRecord& command) {
  auto found = find_for(state, context, command.collection, command.id, Operation::edit);
  if (!found) return std::unexpected(found.error());
  auto before = state.access_of(**found);
  auto problems = command.problems;
  if (command.resulting_bytes > kMaxRecordBytes) problems.push_back(record_too_large());
  auto assignee = command.assignee ? command.assignee->value_or(AccountId{}) : before.assignee;
  if (assignee != before.assignee) check_assignee(state, context, assignee, problems);
  auto list = before.list;
  if (command.access_list)
    list = check_access_list(state, context, *command.access_list, before.list, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  Subject subject{SubjectKind::record, command.id};
  if (command.attributes != JsonText{})
    events.push_back({subject, RecordUpdated{command.collection, command.attributes}});
  if (assignee != before.assignee) {
    RecordAssigned assigned{command.collection, {}};
    if (!assignee.is_nil()) assigned.assignee = assignee;
    events.push_back({subject, std::move(assigned)});
  }
  if (list != before.list) {
    events.push_back({subject, RecordAccessListChanged{command.collection, std::move(list.accounts),
                                                       std::move(list.teams)}});
  }
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteRecord& command) {
  auto found = find_for(state, context, command.collection, command.id, Operation::remove);
  if (!found) return std::unexpected(found.error());
  return std::vector<NewEvent>{{{SubjectKind::record, command.id}, RecordDeleted{command.collection}}};
}

}  // namespace byline
