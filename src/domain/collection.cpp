#include "domain/collection.hpp"

#include <algorithm>
#include <array>

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

constexpr std::size_t kMaxPart = 64;

/// First parts of paths that lead to something else than records.
constexpr std::array<std::string_view, 13> kReserved = {"access", "account", "sign-in", "sign-out", "admin",
                                                        "alerts", "events",  "health",  "log",      "metrics",
                                                        "oauth2", "openapi", "console"};

std::expected<std::string, Problem> parse_part(std::string_view text, const char* field) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  if (text.empty()) return std::unexpected(Problem{Code::required, field});
  if (text.size() > kMaxPart)
    return std::unexpected(Problem{Code::too_long, field, std::to_string(kMaxPart) + " characters"});
  if (!kLetters.contains(text.front()) || text.find_first_not_of(kAllowed) != std::string_view::npos) {
    return std::unexpected(Problem{
        Code::invalid_value, field,
        "it begins with a lower-case letter and goes on with lower-case letters, digits, \"-\" and \"_\""});
  }
  return std::string(text);
}

std::expected<const State::OwnCollection*, Rejection> find_for(const State& state, const Context& context,
                                                               const CollectionId& id) {
  const auto* found = state.find_own_collection(id);
  if (!found || found->organization != context.organization) return refuse(Code::not_found);
  if (!is_current(context, found->version)) return refuse(Code::stale_version);
  return found;
}

/// Every operation needs a permission in some area where records are, and in none twice.
void check_permissions(const RequiredPermissions& permissions, std::vector<Problem>& problems) {
  for (auto operation : {Operation::view, Operation::edit, Operation::create, Operation::remove}) {
    const auto& areas = permissions.of(operation);
    auto field = "permissions/" + std::string(name_of(operation));
    if (areas.empty()) problems.push_back({Code::required, field});
    for (auto area = areas.begin(); area != areas.end(); ++area) {
      auto place = field + "/" + std::to_string(area - areas.begin());
      if (*area < Area::people) {
        problems.push_back({Code::invalid_value, place, "administration is no area of records"});
      } else if (std::find(areas.begin(), area, *area) != area) {
        problems.push_back({Code::duplicate_value, place});
      }
    }
  }
}

/// To ask for less protects less: only who passes the old demand may lift it, or could so let itself in.
void check_lifted(const PermissionMatrix& access, const RequiredPermissions& before,
                  const RequiredPermissions& after, std::vector<Problem>& problems) {
  for (auto operation : {Operation::view, Operation::edit, Operation::create, Operation::remove}) {
    for (Area area : before.of(operation)) {
      bool kept = std::ranges::find(after.of(operation), area) != after.of(operation).end();
      if (kept || access.at(area, operation) == Level::all) continue;
      problems.push_back({Code::role_exceeds_giver, "permissions/" + std::string(name_of(operation)),
                          permission_name(area, operation)});
    }
  }
}

}  // namespace

std::expected<std::string, Problem> parse_service(std::string_view text) {
  auto part = parse_part(text, "service");
  if (part && std::ranges::find(kReserved, *part) != kReserved.end())
    return std::unexpected(Problem{Code::invalid_value, "service", "it leads to something else here"});
  return part;
}
std::expected<std::string, Problem> parse_collection_name(std::string_view text) {
  // The name is the records' type, and these are types that stand beside records.
  if (text == "accounts" || text == "teams")
    return std::unexpected(Problem{Code::invalid_value, "name", "it is the type of something else here"});
  return parse_part(text, "name");
}

Decision decide(const State& state, const Context& context, const CreateCollection& command) {
  auto access = authorize(state, context, Area::admin_roles, Operation::create);
  if (!access) return std::unexpected(access.error());
  const auto* organization = state.find_organization(context.organization);
  if (!organization) return refuse(Code::not_found);
  auto problems = command.problems;
  if (state.find_own_collection(command.id)) problems.push_back({Code::already_exists});
  if (state.find_collection(context.organization, collection_key(command.service, command.name)))
    problems.push_back({Code::collection_taken, "name"});
  if (organization->collections >= kMaxCollections)
    problems.push_back({Code::too_large, {}, std::to_string(kMaxCollections) + " collections"});
  if (problems.empty()) check_permissions(command.permissions, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{
      {{SubjectKind::collection, command.id},
       CollectionCreated{command.service, command.name, command.permissions, command.schema}}};
}

Decision decide(const State& state, const Context& context, const ChangeCollection& command) {
  auto access = authorize(state, context, Area::admin_roles, Operation::edit);
  if (!access) return std::unexpected(access.error());
  auto found = find_for(state, context, command.id);
  if (!found) return std::unexpected(found.error());
  const auto& own = **found;

  auto problems = command.problems;
  if (command.permissions) {
    check_permissions(*command.permissions, problems);
    check_lifted(*access, own.collection.permissions, *command.permissions, problems);
  }
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  std::vector<NewEvent> events;
  Subject subject{SubjectKind::collection, command.id};
  if (command.permissions && *command.permissions != own.collection.permissions)
    events.push_back({subject, CollectionPermissionsChanged{*command.permissions}});
  if (command.schema) {
    auto text = *command.schema ? (*command.schema)->text : std::string();
    if (fingerprint(text) != own.schema)
      events.push_back({subject, CollectionSchemaChanged{*command.schema}});
  }
  return events;
}

Decision decide(const State& state, const Context& context, const DeleteCollection& command) {
  auto access = authorize(state, context, Area::admin_roles, Operation::remove);
  if (!access) return std::unexpected(access.error());
  auto found = find_for(state, context, command.id);
  if (!found) return std::unexpected(found.error());
  if ((*found)->records > 0) return refuse(Code::collection_in_use, {}, std::to_string((*found)->records));
  return std::vector<NewEvent>{{{SubjectKind::collection, command.id}, CollectionDeleted{}}};
}

}  // namespace byline
