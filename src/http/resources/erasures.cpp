#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/resource_reply.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kErasureAttributes[] = {
    {"subject_kind", R"({"type":"string","enum":["user","application","record"]})", Writes::at_creation,
     true},
    {"subject",
     R"({"type":"string","description":"id of what is erased; one that is still there is deleted with it"})",
     Writes::at_creation, true},
    {"erased_at", kTimeSchema},
    {"erased_by", kNameSchema},
};

std::optional<SubjectKind> erasable_kind_named(std::string_view word) {
  auto kind = subject_kind_named(word);
  bool can = kind == SubjectKind::user || kind == SubjectKind::application || kind == SubjectKind::record;
  return can ? kind : std::nullopt;
}

std::expected<Id<void>, Problem> parse_subject(std::string_view text) {
  auto id = parse_id<Id<void>>(text);
  if (!id) return std::unexpected(Problem{Code::invalid_id});
  return *id;
}

std::optional<LoadedResource> load_erasure(const Reader& reader, const OrganizationId& organization,
                                           const Subject& subject) {
  auto last = find_last_entry(reader, organization, subject);
  if (!last || !erases_data(last->event)) return std::nullopt;
  Resource resource;
  resource.type = kErasures.type;
  resource.id = to_string(Id<void>{subject.id});
  resource.self = admin_path(resource.type, resource.id);
  resource.attributes = {{"subject_kind", std::string(name_of(subject.kind))},
                         {"subject", resource.id},
                         {"erased_at", time_value(last->at)},
                         {"erased_by", signing_name(reader, organization, last->actor)}};
  return LoadedResource{std::move(resource), last->version};
}

}  // namespace

const ResourceSpec kErasures{
    "erasures",
    "That somebody's personal data, or what was in a record, was made unreadable for ever",
    kErasureAttributes,
    {}};

/// Who may is asked when it is decided: it depends on what is to be erased.
Awaitable<Response> create_erasure(Call& call) {
  auto document = Document::read(call.request, kErasures, {});
  if (!document) co_return std::move(document.error());
  EraseSubject command;
  command.kind = document->word("subject_kind", erasable_kind_named, "it is user, application or record")
                     .value_or(SubjectKind::user);
  command.id = value_or_empty(document->text("subject", parse_subject));
  command.problems = document->take_problems();
  auto load_it = [organization = call.organization()](const Reader& reader, const Subject& subject) {
    return load_erasure(reader, organization, subject);
  };
  co_return co_await run_command(call, std::move(command), render_resource(load_it, 201));
}

Awaitable<Response> read_erasure(Call& call) {
  if (auto refused = require(call, Area::admin_audit, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) -> std::optional<LoadedResource> {
    auto id = path_id<Id<void>>(call);
    if (!id) return std::nullopt;
    for (auto kind : {SubjectKind::user, SubjectKind::application, SubjectKind::record}) {
      if (auto loaded = load_erasure(reader, call.organization(), {kind, *id})) return loaded;
    }
    return std::nullopt;
  };
  co_return reply_resource(call, kErasures, load_it);
}

}  // namespace byline::http
