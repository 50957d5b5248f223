#include "http/guard.hpp"
#include "http/resources/audit_source.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kAuditEventAttributes[] = {
    {"position", R"({"type":"integer","minimum":1})"},
    {"event_type", R"({"type":"string"})"},
    {"at", kTimeSchema},
    {"summary",
     R"({"type":"string","description":"the event in plain words, with the names that things have now"})"},
    {"actor", R"({"type":"string","description":"id of the account that did it"})"},
    {"actor_name", kNameSchema},
    {"subject_kind",
     R"({"type":"string","enum":["organization","user","role","application","credential","record","team","collection","credential_use","signing_key","token","sign_in","access","projection"]})"},
    {"subject", R"({"type":"string","description":"id of what it was done to"})"},
    {"subject_version", kVersionSchema},
    {"commit_first", R"({"type":"integer","minimum":1})"},
    {"commit_count", R"({"type":"integer","minimum":1})"},
    {"command", R"({"type":"string","format":"uuid"})"},
    {"correlation", R"({"type":["string","null"]})"},
    {"credential", R"({"type":["string","null"],"description":"id of what the actor proved itself with"})"},
    {"collection", R"({"type":["string","null"],"description":"of what was done to a record"})"},
    {"data", R"({"type":"object","description":"the event's own fields"})"},
    {"erased",
     R"({"type":"array","items":{"type":"string"},"description":"fields that would stand in data, had they not been erased"})"},
};

}  // namespace

const ResourceSpec kAuditEvents{
    "audit-events", "Something that was done, as the log has it", kAuditEventAttributes, {}};

Awaitable<Response> list_audit_events(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto open = [prefix = audit_index_prefix(call)](const Reader& reader, const std::string& start,
                                                  Direction direction) {
    std::optional<Position> place;
    if (start.size() == sizeof(std::uint64_t)) place = position_at_end(start);
    return audit_source(reader, prefix, place, direction);
  };
  co_return co_await reply_list(call, kAuditEvents, open);
}

Awaitable<Response> read_audit_event(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) -> std::optional<LoadedResource> {
    auto position = path_position(call);
    auto entry = position ? reader.entry(*position) : std::nullopt;
    if (!entry || entry->organization != call.organization()) return std::nullopt;
    return LoadedResource{audit_event_resource(reader, *entry), Version{1}};  // an event never changes
  };
  co_return reply_resource(call, kAuditEvents, load_it);
}

}  // namespace byline::http
