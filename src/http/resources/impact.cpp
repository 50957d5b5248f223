#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <map>

#include "domain/default_roles.hpp"
#include "domain/role.hpp"
#include "engine/clock.hpp"
#include "engine/exercised.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/reply.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/role_resource.hpp"
#include "http/stretch.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr Day kDefaultImpactDays = 30;
constexpr Day kMaxDays = 366;
constexpr std::size_t kMaxAccounts = 1000;   ///< told one by one; more are only counted
constexpr std::size_t kMaxEntries = 50'000;  ///< of the log, read for one request
constexpr std::size_t kMaxEventsShown = 10;

/// The document that PATCH takes for an account, with nothing in it but the roles.
constexpr RelationshipSpec kProposedRoles[] = {{"roles", {"roles"}, true, Writes::always, true}};
const ResourceSpec kProposedAccount{"accounts", "An account's proposed roles", {}, kProposedRoles};

std::expected<Day, Response> read_days(const Call& call) {
  Day days = kDefaultImpactDays;
  for (const auto& [name, value] : call.query) {
    if (name != "days")
      return std::unexpected(
          reply_error({400, "unknown_parameter", "There is no such query parameter here.", {}, name, {}}));
    auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), days);
    if (error != std::errc{} || end != value.data() + value.size() || days < 1 || days > kMaxDays)
      return std::unexpected(reply_error({400, "invalid_parameter", "Give 1 to 366 days.", {}, "days", {}}));
  }
  return days;
}

/// What changes for one account.
struct Affected {
  AccountId id;
  AccountRow row;
  PermissionMatrix before;
  PermissionMatrix after;
};

void write_difference(JsonWriter& json, const PermissionMatrix& lower, const PermissionMatrix& higher,
                      bool gains) {
  json.begin_array();
  for_each_permission(higher, [&](Area area, Operation operation, Level level) {
    auto other = lower.at(area, operation);
    if (other >= level) return;
    json.begin_object();
    json.member("area", name_of(area));
    json.member("operation", name_of(operation));
    json.member("from", name_of(gains ? other : level));
    json.member("to", name_of(gains ? level : other));
    json.end_object();
  });
  json.end_array();
}

/// Uses, reads too, of what the account would no longer have: from the counts.
void write_refused_uses(JsonWriter& json, const std::vector<PermissionUse>& uses,
                        const PermissionMatrix& after) {
  struct Refused {
    std::uint64_t count = 0;
    Day last = 0;
  };
  std::map<std::tuple<Area, Operation, Level>, Refused> refused;
  for (const auto& use : uses) {
    const auto& [area, operation, level] = use.permission;
    if (after.at(area, operation) >= level) continue;
    auto& entry = refused[{area, operation, level}];
    entry.count += use.count;
    entry.last = std::max(entry.last, use.day);
  }
  json.begin_array();
  for (const auto& [cell, entry] : refused) {
    json.begin_object();
    json.member("area", name_of(std::get<Area>(cell)));
    json.member("operation", name_of(std::get<Operation>(cell)));
    json.member("level", name_of(std::get<Level>(cell)));
    json.member("uses", entry.count);
    json.member("last_used_on", std::string_view(format_day(entry.last)));
    json.end_object();
  }
  json.end_array();
}

/// What the account did, as the log has it, and would not be let do again.
class RefusedEvents {
 public:
  RefusedEvents(const Reader& reader, AccessHistories& histories, const OrganizationId& organization,
                const Affected& account, Time since)
      : reader_(reader), histories_(histories), account_(account), since_(since) {
    cursor_ = reader.scan(View::audit, audit_actor_prefix(organization, account.id), {}, Direction::backward);
  }

  /// Looks at one commit; false when there is nothing more to look at.
  bool step() {
    if (!cursor_->valid()) return false;
    auto first = position_at_end(cursor_->key());
    for (auto position = first;; ++position.value) {
      auto entry = reader_.entry(position);
      if (!entry || entry->at < since_) {
        complete_ = true;
        return false;
      }
      ++seen_;
      take(*entry);
      if (position.value + 1 == first.value + entry->commit.count) break;
    }
    cursor_->next();
    return true;
  }

  std::size_t seen() const { return seen_; }

  void write(JsonWriter& json) const {
    json.begin_object();
    json.member("count", static_cast<std::int64_t>(count_));
    json.member("complete", complete_ || !cursor_->valid());
    json.key("latest");
    json.begin_array();
    for (const auto& entry : latest_) {
      json.begin_object();
      json.member("position", entry.position.value);
      json.member("event_type", type_name(entry.event));
      json.member("at", std::string_view(to_string(entry.at)));
      json.end_object();
    }
    json.end_array();
    json.end_object();
  }

 private:
  void take(const LogEntry& entry) {
    auto exercised = permissions_exercised(reader_, histories_, entry);
    if (beyond(exercised, account_.after).empty()) return;
    ++count_;
    if (latest_.size() < kMaxEventsShown) latest_.push_back(entry);
  }

  const Reader& reader_;
  AccessHistories& histories_;
  const Affected& account_;
  const Time since_;
  std::unique_ptr<RowCursor> cursor_;
  bool complete_ = false;
  std::size_t seen_ = 0;
  std::size_t count_ = 0;
  std::vector<LogEntry> latest_;
};

Awaitable<Response> reply_impact(Call& call, const Reader& reader, const std::string& id,
                                 std::vector<Affected> accounts, std::size_t others, Day days) {
  auto executor = co_await boost::asio::this_coro::executor;
  Stretch stretch;
  auto today = day_of(system_now());
  AccessHistories histories(reader, call.organization());
  std::size_t seen = 0;
  Response response;
  response.content_type = kJsonApi;
  JsonWriter json(response.body);
  json.begin_object();
  json.key("data");
  json.begin_object();
  json.member("type", "impacts");
  json.member("id", std::string_view(id));
  json.key("attributes");
  json.begin_object();
  json.member("days", static_cast<std::int64_t>(days));
  json.member("accounts_affected", static_cast<std::int64_t>(accounts.size() + others));
  json.key("accounts");
  json.begin_array();
  for (const auto& account : accounts) {
    json.begin_object();
    json.member("id", std::string_view(to_string(account.id)));
    json.member("name", std::string_view(account.row.name));
    json.member("kind", name_of(account.row.kind));
    json.member("status", name_of(account.row.status));
    json.key("gains");
    write_difference(json, account.before, account.after, true);
    json.key("loses");
    write_difference(json, account.after, account.before, false);
    json.key("refused");
    auto uses = call.services.engine.uses_of(call.organization(), account.id, today - days);
    write_refused_uses(json, uses.value_or(std::vector<PermissionUse>()), account.after);
    RefusedEvents events(reader, histories, call.organization(), account,
                         Time{(today - days) * 24LL * 60 * 60 * 1'000'000});
    while (seen + events.seen() + histories.entries_read() < kMaxEntries && events.step()) {
      if (stretch.is_over()) co_await stretch.rest(executor);
    }
    seen += events.seen();
    json.key("refused_events");
    events.write(json);
    json.end_object();
    if (stretch.is_over()) co_await stretch.rest(executor);
  }
  json.end_array();
  json.end_object();
  json.end_object();
  json.end_object();
  co_return response;
}

/// The roles by id, read once for a request.
class Roles {
 public:
  Roles(const Reader& reader, const OrganizationId& organization)
      : reader_(reader), organization_(organization) {}
  PermissionMatrix permissions_of(const RoleId& id) {
    auto [found, fresh] = known_.try_emplace(id);
    if (fresh) {
      if (auto row = find_role(reader_, organization_, id)) found->second = row->permissions;
    }
    return found->second;
  }
  PermissionMatrix access_of(const std::vector<RoleId>& roles) {
    PermissionMatrix access;
    for (const auto& id : roles) access.unite(permissions_of(id));
    return access;
  }
  void propose(const RoleId& id, const PermissionMatrix& permissions) { known_[id] = permissions; }

 private:
  const Reader& reader_;
  const OrganizationId& organization_;
  std::map<RoleId, PermissionMatrix> known_;
};

}  // namespace

/// POST /admin/roles/{id}/impact, with the document that PATCH of the role takes.
Awaitable<Response> foresee_role(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto days = read_days(call);
  if (!days) co_return std::move(days.error());
  auto id = path_id<RoleId>(call);
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto role = id ? find_role(*reader, call.organization(), *id) : std::nullopt;
  if (!role) co_return reply_not_found();
  if (is_locked(role->default_key))
    co_return reply_rejection(
        Rejection{{Problem{Code::role_locked, {}, role->name + " is fixed: it cannot be changed"}}}, nullptr);
  auto document = Document::read(call.request, kRoles, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  const auto* given = document->attribute("permissions");
  if (!given) document->add({Code::required, "permissions"});
  auto proposed = given ? read_permissions(*given, *document) : PermissionMatrix{};
  auto problems = document->take_problems();
  check_levels(proposed, problems);
  if (!problems.empty()) co_return reply_rejection(Rejection{std::move(problems)}, &kRoles);

  Roles now(*reader, call.organization()), then(*reader, call.organization());
  then.propose(*id, proposed);
  std::vector<Affected> accounts;
  std::size_t others = 0;
  auto executor = co_await boost::asio::this_coro::executor;
  Stretch stretch;
  auto prefix = account_prefix(call.organization());
  auto cursor = reader->scan(View::accounts, prefix, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto row = parse_account_row(cursor->value());
    if (stretch.is_over()) co_await stretch.rest(executor);
    if (std::ranges::find(row.roles, *id) == row.roles.end()) continue;
    Affected account{id_from_bytes<AccountId>(cursor->key().substr(prefix.size())), row,
                     now.access_of(row.roles), then.access_of(row.roles)};
    if (account.before == account.after) continue;
    if (has(call, area_of(row.kind), Operation::view) && accounts.size() < kMaxAccounts) {
      accounts.push_back(std::move(account));
    } else {
      ++others;
    }
  }
  co_return co_await reply_impact(call, *reader, to_string(*id), std::move(accounts), others, *days);
}

/// POST /admin/accounts/{id}/impact, with the roles that the account would have.
Awaitable<Response> foresee_account(Call& call) {
  if (auto refused = require(call, Area::admin_roles, Operation::view)) co_return std::move(*refused);
  auto days = read_days(call);
  if (!days) co_return std::move(days.error());
  auto id = path_id<AccountId>(call);
  auto reader = call.services.engine.snapshot();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  auto row = id ? find_account(*reader, call.organization(), *id) : std::nullopt;
  bool there = row && !row->is_gone();
  if (auto refused = require_to_see(call, there ? std::optional(row->kind) : std::nullopt))
    co_return std::move(*refused);
  if (!there) co_return reply_not_found();
  auto document = Document::read(call.request, kProposedAccount, call.parameters[0]);
  if (!document) co_return std::move(document.error());
  auto proposed = value_or_empty(document->ids<RoleId>("roles"));
  if (proposed.empty() && document->has_relationship("roles")) document->add({Code::required, "roles"});
  for (std::size_t i = 0; i < proposed.size(); ++i) {
    auto before = proposed.begin() + static_cast<std::ptrdiff_t>(i);
    if (!proposed[i].is_nil() && std::find(proposed.begin(), before, proposed[i]) != before)
      document->add({Code::duplicate_value, "roles/" + std::to_string(i)});
    if (!proposed[i].is_nil() && !find_role(*reader, call.organization(), proposed[i]))
      document->add({Code::unknown_role, "roles/" + std::to_string(i)});
  }
  if (auto problems = document->take_problems(); !problems.empty())
    co_return reply_rejection(Rejection{std::move(problems)}, &kProposedAccount);

  Roles roles(*reader, call.organization());
  std::vector<Affected> accounts;
  Affected account{*id, *row, roles.access_of(row->roles), roles.access_of(proposed)};
  if (account.before != account.after) accounts.push_back(std::move(account));
  co_return co_await reply_impact(call, *reader, to_string(*id), std::move(accounts), 0, *days);
}

}  // namespace byline::http
