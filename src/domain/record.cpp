#include "domain/record.hpp"

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

/// The caller may do this in the collection, to some of its records at least.
std::expected<Level, Rejection> authorize_in(const State& state, const Context& context,
                                             const Collection& collection, Operation operation) {
  auto access = authenticate(state, context);
  if (!access) return std::unexpected(access.error());
  if (auto missing = missing_permissions(collection, operation, *access); !missing.empty()) {
    return std::unexpected(Rejection{std::move(missing)});
  }
  return level_in(collection, operation, *access);
}

std::expected<const State::Record*, Rejection> find_for(const State& state, const Context& context,
                                                        const Collection& collection, const RecordId& id,
                                                        Operation operation) {
  auto level = authorize_in(state, context, collection, operation);
  if (!level) return std::unexpected(level.error());
  const auto* record = state.find_record(id);
  if (!record || record->organization != context.organization ||
      state.collection_of(*record) != collection.key || !reaches_records(*level)) {
    return refuse(Code::not_found);
  }
  if (!is_current(context, record->version)) return refuse(Code::stale_version);
  return record;
}

}  // namespace

std::vector<Problem> missing_permissions(const Collection& collection, Operation operation,
                                         const PermissionMatrix& access) {
  std::vector<Problem> missing;
  for (Area area : collection.areas) {
    if (access.at(area, operation) != Level::none) continue;
    missing.push_back({Code::permission_missing, {}, permission_name(area, operation)});
  }
  return missing;
}

bool may_change(const State& state, const Context& context, const ChangeRecord& command) {
  return find_for(state, context, *command.collection, command.id, Operation::edit).has_value();
}

Problem record_too_large() {
  return {Code::too_large, "attributes", std::to_string(kMaxRecordBytes) + " bytes"};
}

bool reaches_records(Level level) { return level >= Level::limited; }

Decision decide(const State& state, const Context& context, const CreateRecord& command) {
  auto level = authorize_in(state, context, *command.collection, Operation::create);
  if (!level) return std::unexpected(level.error());
  auto problems = command.problems;
  if (state.find_record(command.id)) problems.push_back({Code::already_exists, {}, {}});
  if (command.attributes.text.size() > kMaxRecordBytes) {
    problems.push_back(record_too_large());
  }
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{{{SubjectKind::record, command.id},
                                RecordCreated{std::string(command.collection->key), command.attributes}}};
}

Decision decide(const State& state, const Context& context, const ChangeRecord& command) {
  auto found = find_for(state, context, *command.collection, command.id, Operation::edit);
  if (!found) return std::unexpected(found.error());
  auto problems = command.problems;
  if (command.resulting_bytes > kMaxRecordBytes) {
    problems.push_back(record_too_large());
  }
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  if (command.attributes == JsonText{}) return std::vector<NewEvent>{};
  return std::vector<NewEvent>{{{SubjectKind::record, command.id},
                                RecordUpdated{std::string(command.collection->key), command.attributes}}};
}

Decision decide(const State& state, const Context& context, const DeleteRecord& command) {
  auto found = find_for(state, context, *command.collection, command.id, Operation::remove);
  if (!found) return std::unexpected(found.error());
  return std::vector<NewEvent>{
      {{SubjectKind::record, command.id}, RecordDeleted{std::string(command.collection->key)}}};
}

}  // namespace byline
