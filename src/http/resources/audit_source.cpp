#include "http/resources/audit_source.hpp"

#include <charconv>

#include "events/about.hpp"
#include "events/codec.hpp"
#include "events/json_members.hpp"
#include "history/row_names.hpp"
#include "history/sentence.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/audit.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

std::string shown_data(const LogEntry& entry) {
  std::string shown;
  JsonWriter writer(shown);
  writer.begin_object();
  for (const auto& [name, value] : split_members(data_json(entry))) {
    if (!is_hidden_field(name)) writer.raw_member(name, value);
  }
  writer.end_object();
  return shown;
}

TextList erased_fields(const LogEntry& entry) {
  TextList names;
  if (entry.seal != SealState::erased) return names;
  for (auto name : personal_fields(entry.event)) {
    if (!is_hidden_field(name)) names.emplace_back(name);
  }
  return names;
}

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
    case SubjectKind::record: {
      const auto* collection = collection_of(entry.event);
      return collection ? "/" + *collection + "/" + id : std::string();
    }
    case SubjectKind::credential:
    case SubjectKind::collection:
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

class AuditSource final : public ResourceSource {
 public:
  AuditSource(const Reader& reader, const std::string& prefix, std::optional<Position> start,
              Direction direction)
      : reader_(reader), walk_(reader, prefix, start, direction) {}

  Step next(std::string& key, Resource& resource) override {
    auto entry = walk_.next();
    if (!entry) return Step::end;
    key = make_key(entry->position);
    resource = audit_event_resource(reader_, *entry);
    return Step::found;
  }

 private:
  const Reader& reader_;
  AuditWalk walk_;
};

}  // namespace

Resource audit_event_resource(const Reader& reader, const LogEntry& entry) {
  const auto* collection = collection_of(entry.event);
  Resource resource;
  resource.type = kAuditEvents.type;
  resource.id = std::to_string(entry.position.value);
  resource.self = admin_path(resource.type, resource.id);
  resource.related = path_of_subject(entry);
  resource.attributes = {
      {"position", static_cast<std::int64_t>(entry.position.value)},
      {"event_type", std::string(type_name(entry.event))},
      {"at", time_value(entry.at)},
      {"summary", sentence_of(entry, history::RowNames(reader, entry.organization))},
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
      {"collection", collection ? AttributeValue(*collection) : AttributeValue()},
      {"data", RawJson{shown_data(entry)}},
      {"erased", erased_fields(entry)},
  };
  return resource;
}

std::string audit_index_prefix(const Call& call) {
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

std::unique_ptr<ResourceSource> audit_source(const Reader& reader, const std::string& prefix,
                                             std::optional<Position> start, Direction direction) {
  return std::make_unique<AuditSource>(reader, prefix, start, direction);
}

AuditWalk::AuditWalk(const Reader& reader, const std::string& prefix, std::optional<Position> start,
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

std::optional<LogEntry> AuditWalk::next() {
  while (left_ == 0 || !is_beyond_start(at_)) {
    if (left_ > 0) {
      step();
      continue;
    }
    if (!rows_->valid()) return std::nullopt;
    open_row();
  }
  auto entry = reader_.entry(at_);
  if (!entry) throw std::runtime_error("the audit view names an event that the log does not have");
  step();
  return entry;
}

void AuditWalk::open_row() {
  auto first = position_at_end(rows_->key());
  auto count = rows_->value();
  std::from_chars(count.data(), count.data() + count.size(), left_);
  at_ = forward() ? first : Position{first.value + left_ - 1};
  rows_->next();
}

void AuditWalk::step() {
  --left_;
  at_.value += forward() ? 1 : -1;
}

}  // namespace byline::http
