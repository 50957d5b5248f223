#include <charconv>

#include "events/json_fields.hpp"
#include "events/json_members.hpp"
#include "history/sentence.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kAttributes[] = {
    {"position", R"({"type":"integer","minimum":1})"},
    {"event_type", R"({"type":"string"})"},
    {"at", kTimeSchema},
    {"summary",
     R"({"type":"string","description":"the event in plain words, with the names that things have now"})"},
    {"actor", R"({"type":"string","description":"id of the account that did it"})"},
    {"actor_name", kNameSchema},
    {"subject_kind",
     R"({"type":"string","enum":["organization","user","role","application","credential","record","team","collection","credential_use","signing_key","token","sign_in"]})"},
    {"subject", R"({"type":"string","description":"id of what it was done to"})"},
    {"subject_version", kVersionSchema},
    {"commit_first", R"({"type":"integer","minimum":1})"},
    {"commit_count", R"({"type":"integer","minimum":1})"},
    {"command", R"({"type":"string","format":"uuid"})"},
    {"correlation", R"({"type":["string","null"]})"},
    {"credential", R"({"type":["string","null"],"description":"id of what the actor proved itself with"})"},
    {"data", R"({"type":"object","description":"the event's own fields"})"},
};

std::string data_json(const Event& event) {
  std::string text;
  JsonWriter json(text);
  std::visit([&json](const auto& fact) { json_fields::write_struct(json, fact); }, event);
  // What proves a secret, or is only there to compare addresses by, is nobody's to read.
  std::string shown;
  JsonWriter writer(shown);
  writer.begin_object();
  for (const auto& [name, value] : split_members(text)) {
    bool is_hidden = name == "digest" || name == "email_key" || name.starts_with("sealed_");
    if (!is_hidden) writer.raw_member(name, value);
  }
  writer.end_object();
  return shown;
}

/// Names as they are now, and roles as they were: these are looked for in the subject's own history.
class KnownNow final : public history::Known {
 public:
  KnownNow(const Reader& reader, const OrganizationId& organization)
      : reader_(reader), organization_(organization) {}

  std::string name_of(const std::string& text) const override {
    auto id = parse_uuid(text);
    if (!id) return text;
    if (AccountId account{*id}; account == kSystemAccount || find_account(reader_, organization_, account))
      return signing_name(reader_, organization_, account);
    if (auto role = find_role(reader_, organization_, RoleId{*id})) return role->name;
    if (auto team = find_team(reader_, organization_, TeamId{*id})) return team->name;
    return text;
  }

  std::optional<std::vector<RoleId>> roles_before(const LogEntry& entry) const override {
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

 private:
  const Reader& reader_;
  const OrganizationId& organization_;
};

/// Where what it happened to can be read, if it is still there.
std::string path_of_subject(const LogEntry& entry) {
  auto id = to_string(Id<void>{entry.subject.id});
  switch (entry.subject.kind) {
    case SubjectKind::application:
      return admin_path("applications", id);
    case SubjectKind::user:
      return admin_path("users", id);
    case SubjectKind::role:
      return admin_path("roles", id);
    case SubjectKind::team:
      return admin_path("teams", id);
    case SubjectKind::organization:
      return admin_path("organizations", id);
    case SubjectKind::record:
      return std::visit(
          [&](const auto& event) -> std::string {
            if constexpr (requires { event.collection; }) return "/" + event.collection + "/" + id;
            return {};
          },
          entry.event);
    case SubjectKind::credential:
    case SubjectKind::collection:
    case SubjectKind::credential_use:
    case SubjectKind::signing_key:
    case SubjectKind::token:
    case SubjectKind::sign_in:
      return {};
  }
  return {};
}

Resource to_resource(const Reader& reader, const LogEntry& entry) {
  Resource resource;
  resource.type = kAuditEvents.type;
  resource.id = std::to_string(entry.position.value);
  resource.self = admin_path(resource.type, resource.id);
  resource.related = path_of_subject(entry);
  resource.attributes = {
      {"position", static_cast<std::int64_t>(entry.position.value)},
      {"event_type", std::string(type_name(entry.event))},
      {"at", time_value(entry.at)},
      {"summary", sentence_of(entry, KnownNow(reader, entry.organization))},
      {"actor", to_string(entry.actor)},
      {"actor_name", signing_name(reader, entry.organization, entry.actor)},
      {"subject_kind", std::string(name_of(entry.subject.kind))},
      {"subject", to_string(Id<void>{entry.subject.id})},
      {"subject_version", std::int64_t{entry.version.value}},
      {"commit_first", static_cast<std::int64_t>(entry.commit.first.value)},
      {"commit_count", std::int64_t{entry.commit.count}},
      {"command", to_string(entry.command)},
      {"correlation", entry.correlation.empty() ? AttributeValue() : AttributeValue(entry.correlation)},
      {"credential", entry.credential ? AttributeValue(to_string(*entry.credential)) : AttributeValue()},
      {"data", RawJson{data_json(entry.event)}},
  };
  return resource;
}

/// Events one by one, from an index whose rows stand for one event or for a whole commit. A key is the
/// position.
class AuditSource final : public ResourceSource {
 public:
  AuditSource(const Reader& reader, const std::string& prefix, std::optional<Position> start,
              Direction direction)
      : reader_(reader), direction_(direction), start_(start) {
    std::string from;
    if (start) from = prefix + make_key(*start);
    if (start && direction == Direction::forward) {
      // The row before may be a commit that reaches beyond the place.
      auto before = reader.scan(View::audit, prefix, from, Direction::backward);
      if (before->valid()) from = before->key();
    }
    rows_ = reader.scan(View::audit, prefix, from, direction);
  }

  Step next(std::string& key, Resource& resource) override {
    while (left_ == 0 || !is_beyond_start(at_)) {
      if (left_ > 0) {
        step();
        continue;
      }
      if (!rows_->valid()) return Step::end;
      open_row();
    }
    auto entry = reader_.entry(at_);
    if (!entry) throw std::runtime_error("the audit view names an event that the log does not have");
    key = make_key(at_);
    resource = to_resource(reader_, *entry);
    step();
    return Step::found;
  }

 private:
  bool forward() const { return direction_ == Direction::forward; }
  bool is_beyond_start(Position position) const {
    return !start_ || (forward() ? position > *start_ : position < *start_);
  }
  void open_row() {
    auto first = position_at_end(rows_->key());
    auto count = rows_->value();
    std::from_chars(count.data(), count.data() + count.size(), left_);
    at_ = forward() ? first : Position{first.value + left_ - 1};
    rows_->next();
  }
  void step() {
    --left_;
    at_.value += forward() ? 1 : -1;
  }

  const Reader& reader_;
  Direction direction_;
  std::optional<Position> start_;
  std::unique_ptr<RowCursor> rows_;
  Position at_;
  std::uint64_t left_ = 0;
};

/// The narrowest index that has everything asked for; the filters themselves are applied to what it gives.
std::string index_prefix(const Call& call) {
  for (const auto& [name, value] : call.query) {
    if (name == "filter[subject]") {
      if (auto id = parse_uuid(value)) return audit_subject_prefix(call.organization(), Id<void>{*id}.view());
    }
    if (name == "filter[actor]") {
      if (auto id = parse_id<AccountId>(value)) return audit_actor_prefix(call.organization(), *id);
    }
  }
  return audit_prefix(call.organization());
}

}  // namespace

const ResourceSpec kAuditEvents{
    "audit-events", "Something that was done, as the log has it", kAttributes, {}};

Awaitable<Response> list_audit_events(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto open = [prefix = index_prefix(call)](const Reader& reader, const std::string& start,
                                            Direction direction) {
    std::optional<Position> place;
    if (start.size() == sizeof(std::uint64_t)) place = position_at_end(start);
    return std::make_unique<AuditSource>(reader, prefix, place, direction);
  };
  co_return co_await reply_list(call, kAuditEvents, open);
}

Awaitable<Response> read_audit_event(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) -> std::optional<LoadedResource> {
    auto position = path_position(call);
    auto entry = position ? reader.entry(*position) : std::nullopt;
    if (!entry || entry->organization != call.organization()) return std::nullopt;
    return LoadedResource{to_resource(reader, *entry), Version{1}};  // an event never changes
  };
  co_return reply_resource(call, kAuditEvents, load_it);
}

}  // namespace byline::http
