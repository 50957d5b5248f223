#include "http/resources/evaluation.hpp"

#include "domain/limits.hpp"
#include "engine/clock.hpp"
#include "http/authentication.hpp"
#include "http/guard.hpp"
#include "http/principals.hpp"

namespace byline::http {
namespace {

using nlohmann::json;

std::optional<std::string> text_at(const json& object, const char* name) {
  auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::unexpected<Verdict> malformed_question(std::string message) {
  return std::unexpected(Verdict::error(400, std::move(message)));
}

/// An entity of the question, with its type.
std::expected<const json*, Verdict> entity(const Question& question, const char* name, const char* key) {
  const auto* found = question.entity(name);
  if (!found || !found->is_object())
    return malformed_question(std::string("The question has no object \"") + name + "\".");
  if (!text_at(*found, key))
    return malformed_question(std::string("\"") + name + "\" has no text \"" + key + "\".");
  return found;
}

/// Ids as texts, or as objects with an id, whatever they name.
std::expected<void, Verdict> read_list(const json& list, AccessList& into) {
  if (!list.is_array() || list.size() > kMaxAccessList)
    return malformed_question("\"access_list\" is a list of at most 100 ids.");
  for (const auto& item : list) {
    auto text = item.is_string()   ? std::optional(item.get<std::string>())
                : item.is_object() ? text_at(item, "id")
                                   : std::nullopt;
    auto id = text ? parse_uuid(*text) : std::nullopt;
    if (!id) return malformed_question("\"access_list\" holds what is no id.");
    into.accounts.push_back(AccountId{*id});  // ids of accounts and teams are never the same
    into.teams.push_back(TeamId{*id});
  }
  std::ranges::sort(into.accounts);
  std::ranges::sort(into.teams);
  return {};
}

/// Assignee and access list of a record that Byline does not keep itself.
std::expected<std::optional<RecordAccess>, Verdict> read_properties(const json& resource) {
  auto properties = resource.find("properties");
  if (properties == resource.end()) return std::nullopt;
  if (!properties->is_object()) return malformed_question("\"properties\" is an object.");
  auto assignee = properties->find("assignee");
  auto list = properties->find("access_list");
  if (assignee == properties->end() && list == properties->end()) return std::nullopt;
  RecordAccess access;
  if (assignee != properties->end() && !assignee->is_null()) {
    auto id = assignee->is_string() ? parse_id<AccountId>(assignee->get<std::string>()) : std::nullopt;
    if (!id) return malformed_question("\"assignee\" is an account's id.");
    access.assignee = *id;
  }
  if (list != properties->end()) {
    if (auto read = read_list(*list, access.list); !read) return std::unexpected(read.error());
  }
  return access;
}

/// Whether the caller may ask about the account: about itself always, about others who may see their kind.
/// About what is not there only who may see every kind that it could be: others are not told.
bool may_ask(const Call& call, const std::string& type, const Principal* subject) {
  auto sees = [&call](Area area) { return has(call, area, Operation::view); };
  if (subject && subject->account == call.principal.account) return true;
  bool user = subject ? subject->kind == SubjectKind::user : type != "application";
  bool application = subject ? subject->kind == SubjectKind::application : type != "user";
  return (!user || sees(Area::admin_users)) && (!application || sees(Area::admin_applications));
}

/// Who asks and hears yes goes on to do it: elsewhere, where nobody counts.
void note_uses(const Services& services, const Principal& principal, Operation operation,
               const AskedResource& asked) {
  auto needed = asked.access && operation != Operation::create ? level_needed(*asked.access, principal)
                                                               : Level::assignments;
  for (const auto& permission : permissions_needed(*asked.collection, operation, needed))
    services.engine.note_use(principal.organization, principal.account, permission);
}

}  // namespace

const json* Question::entity(const char* name) const {
  if (auto found = own.find(name); found != own.end()) return &*found;
  if (!defaults) return nullptr;
  auto found = defaults->find(name);
  return found == defaults->end() ? nullptr : &*found;
}

Verdict Verdict::error(unsigned status, std::string message) {
  Verdict verdict;
  verdict.status = status;
  verdict.reason = std::move(message);
  return verdict;
}

Verdict Verdict::denied(std::string_view reason) {
  Verdict verdict;
  verdict.reason = reason;
  return verdict;
}

Verdict Verdict::of(const std::expected<void, Rejection>& permitted) {
  Verdict verdict;
  verdict.permitted = permitted.has_value();
  if (permitted) return verdict;
  verdict.reason = code_name(permitted.error().problems.front().code);
  for (const auto& problem : permitted.error().problems) {
    if (problem.missing) verdict.missing.push_back(*problem.missing);
  }
  return verdict;
}

std::expected<std::shared_ptr<const Principal>, Verdict> find_subject(const Call& call,
                                                                      const Question& question) {
  auto subject = entity(question, "subject", "type");
  if (!subject) return std::unexpected(subject.error());
  auto type = *text_at(**subject, "type");
  auto id = text_at(**subject, "id");
  if (!id) return malformed_question("\"subject\" has no text \"id\".");
  auto now = system_now();
  std::shared_ptr<const Principal> principal;
  if (type == "token") {
    auto bearer = find_bearer(call.services, *id, now);
    if (bearer && (*bearer)->holder.organization == call.organization())
      principal = std::make_shared<const Principal>((*bearer)->principal);
  } else if (type == "user" || type == "application" || type == "account") {
    auto account = parse_id<AccountId>(*id);
    if (account) principal = principal_of(call.services, call.organization(), *account);
    if (principal && type != "account" && type != name_of(principal->kind)) principal = nullptr;
  } else {
    return malformed_question("A subject's type is application, user, account or token.");
  }
  if (!may_ask(call, type, principal.get()))
    return std::unexpected(Verdict::error(403, "Your roles do not permit asking about other accounts."));
  if (!principal)
    return std::unexpected(Verdict::denied(type == "token" ? "invalid_token" : "unknown_subject"));
  if (!principal->is_active(now)) return std::unexpected(Verdict::denied("account_inactive"));
  if (principal->kind == SubjectKind::application && !principal->licensed)
    return std::unexpected(Verdict::denied("api_not_licensed"));
  return principal;
}

std::expected<Operation, Verdict> find_action(const Question& question) {
  auto action = entity(question, "action", "name");
  if (!action) return std::unexpected(action.error());
  auto operation = operation_named(*text_at(**action, "name"));
  if (!operation) return malformed_question("Actions are view, edit, create and delete.");
  return *operation;
}

std::expected<AskedResource, Verdict> find_resource(const Call& call, const Reader& reader,
                                                    const Question& question) {
  auto resource = entity(question, "resource", "type");
  if (!resource) return std::unexpected(resource.error());
  auto type = *text_at(**resource, "type");
  AskedResource asked;
  asked.collection = find_collection(reader, call.organization(), type);
  if (!asked.collection) return std::unexpected(Verdict::denied("unknown_resource_type"));
  auto id = text_at(**resource, "id");
  if (id && !id->empty()) asked.id = *id;
  auto properties = read_properties(**resource);
  if (!properties) return std::unexpected(properties.error());
  auto record = asked.id ? parse_id<RecordId>(*asked.id) : std::nullopt;
  if (record) asked.access = find_record_access(reader, call.organization(), *asked.collection, *record);
  // What Byline keeps itself it knows better. Whether it keeps this one is not for everybody to find out, as
  // one could by what is said of it: who may ask about itself only is told the same of both.
  bool believed = !record || has(call, Area::admin_applications, Operation::view) ||
                  has(call, Area::admin_users, Operation::view);
  if (!asked.access && believed) asked.access = std::move(*properties);
  return asked;
}

Verdict decide(const Principal& principal, Operation operation, const AskedResource& asked) {
  const auto& collection = *asked.collection;
  bool about_one = operation != Operation::create && (asked.id || asked.access);
  if (!about_one) return Verdict::of(permit_in(collection, operation, principal.access));
  std::optional<Level> needed;
  if (asked.access) needed = level_needed(*asked.access, principal);
  return Verdict::of(permit(collection, operation, principal.access, needed));
}

Verdict evaluate(const Call& call, const Reader& reader, const Question& question) {
  // In this order: who may not ask learns nothing about the rest.
  auto principal = find_subject(call, question);
  if (!principal && principal.error().status != 0) return principal.error();
  auto operation = find_action(question);
  if (!operation) return operation.error();
  auto asked = find_resource(call, reader, question);
  if (!asked) return asked.error();
  if (!principal) return principal.error();
  auto verdict = decide(**principal, *operation, *asked);
  if (verdict.permitted) note_uses(call.services, **principal, *operation, *asked);
  return verdict;
}

}  // namespace byline::http
