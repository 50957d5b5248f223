#include <algorithm>

#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "http/command.hpp"
#include "http/document.hpp"
#include "http/guard.hpp"
#include "http/listing.hpp"
#include "http/resources/resources.hpp"
#include "http/resources/signature.hpp"
#include "http/view_reply.hpp"
#include "projections/audit.hpp"
#include "projections/declared.hpp"
#include "projections/key.hpp"

namespace byline::http {
namespace {

constexpr AttributeSpec kViewAttributes[] = {
    {"description", R"({"type":["string","null"],"description":"of one that the operator defined"})"},
    {"definition",
     R"({"type":["object","null"],"description":"of one that the operator defined; null: Byline has it itself"})"},
    {"version", R"({"type":"integer","description":"of the code or the definition that folds it"})"},
    {"rows_version", R"({"type":"integer","description":"of what made its rows"})"},
    {"checkpoint", R"({"type":"integer","description":"the position up to which it is folded"})"},
    {"status",
     R"({"type":"string","enum":["live","building","stalled"],"description":"where it is not live, what needs it is answered with 503"})"},
    {"rows", R"({"type":"integer","description":"about"})"},
    {"bytes", R"({"type":"integer","description":"on disk and in memory, about"})"},
    {"stalled_at", R"({"type":["integer","null"],"description":"the position that could not be folded"})"},
    {"stalled_reason", R"({"type":["string","null"]})"},
    {"rebuilt_at", R"({"type":["string","null"],"format":"date-time"})"},
};
constexpr RelationshipSpec kViewRelationships[] = {{.name = "job", .targets = {"projection-jobs"}}};

constexpr AttributeSpec kJobAttributes[] = {
    {"projections",
     R"({"type":"array","items":{"type":"string"},"description":"all of them where none are named"})",
     Writes::at_creation},
    {"kind",
     R"({"type":"string","enum":["rebuild","verification"],"default":"rebuild","description":"a verification leaves the rows as they are"})",
     Writes::at_creation},
    {"most_per_second",
     R"({"type":["integer","null"],"minimum":1,"description":"events, where it is to be slower than it could"})",
     Writes::at_creation},
    {"state",
     R"({"type":"string","enum":["waiting","running","paused","finished","failed","cancelled"],"description":"may be set to paused, running or cancelled"})",
     Writes::always},
    {"position", R"({"type":"integer","description":"up to which it is folded"})"},
    {"end", R"({"type":"integer","description":"the log's last position"})"},
    {"events_per_second", R"({"type":"integer"})"},
    {"seconds_left", R"({"type":["integer","null"]})"},
    {"reason", R"({"type":["string","null"],"description":"why it failed, or does not go on"})"},
    {"results",
     R"({"type":"array","items":{"type":"object","properties":{"projection":{"type":"string"},"position":{"type":"integer"},"rows":{"type":"integer"},"identical":{"type":["boolean","null"],"description":"to the rows before; null where those could not be compared with"},"first_difference":{"type":"string","description":"the row's key, in hexadecimal"},"stalled_at":{"type":"integer"},"stalled_reason":{"type":"string"}}}})"},
    {"started_at", R"({"type":"string","format":"date-time"})"},
    {"ended_at", R"({"type":["string","null"],"format":"date-time"})"},
};

std::string results_json(const ViewJob& job, const ViewSet& views) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const auto& result : job.results) {
    json.begin_object();
    json.member("projection", views.name_of(result.view));
    if (result.failure) {
      json.member("stalled_at", result.failure->position.value);
      json.member("stalled_reason", std::string_view(result.failure->reason));
    } else {
      json.member("position", result.position.value);
      json.member("rows", result.rows);
      json.key("identical");
      if (result.compared) {
        json.value(result.compared->identical);
      } else {
        json.raw("null");
      }
      if (result.compared && !result.compared->identical)
        json.member("first_difference", std::string_view(result.compared->first_difference));
    }
    json.end_object();
  }
  json.end_array();
  return text;
}

std::int64_t number(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Resource to_resource(const ViewJob& job, const ViewSet& views) {
  Resource resource;
  resource.type = kProjectionJobs.type;
  resource.id = to_string(job.id);
  resource.self = admin_path(resource.type, resource.id);
  resource.attributes = {
      {"projections", views.names_of(job.views)},
      {"kind", std::string(name_of(job.kind))},
      {"most_per_second",
       job.most_per_second > 0 ? AttributeValue(number(job.most_per_second)) : AttributeValue()},
      {"state", std::string(name_of(job.state))},
      {"position", number(job.position.value)},
      {"end", number(job.end.value)},
      {"events_per_second", static_cast<std::int64_t>(job.per_second)},
      {"seconds_left", number_or_null(seconds_left(job))},
      {"reason", job.reason.empty() ? AttributeValue() : AttributeValue(job.reason)},
      {"results", RawJson{results_json(job, views)}},
      {"started_at", time_value(job.started_at)},
      {"ended_at", time_or_null(job.ended_at)}};
  return resource;
}

AttributeValue description_of(const std::string& text) {
  return text.empty() ? AttributeValue() : AttributeValue(text);
}

/// The last time that its rows were replaced.
std::optional<Time> rebuilt_at(const Reader& reader, std::string_view view) try {
  auto prefix = audit_subject_prefix({}, projection_subject(view).id_view());
  for (auto row = reader.scan(View::audit, prefix, {}, Direction::backward); row->valid(); row->next()) {
    auto entry = reader.entry(position_at_end(row->key()));
    if (entry && std::holds_alternative<RebuildFinished>(entry->event)) return entry->at;
  }
  return std::nullopt;
} catch (const ViewUnavailable&) {  // the audit view itself
  return std::nullopt;
}

Resource to_resource(const Call& call, const Reader& reader, const ViewStatus& status) {
  auto job = call.services.engine.view_jobs().job_on(status.view);
  Resource resource;
  resource.type = kProjections.type;
  resource.id = call.services.engine.views().name_of(status.view);
  resource.self = admin_path(resource.type, resource.id);
  bool is_built = job && job->kind == ViewJobKind::rebuild;
  std::string state = status.live ? "live" : is_built ? "building" : "stalled";
  const auto& stall = status.stall;
  const auto* declared = call.services.engine.views().declared(status.view);
  resource.attributes = {
      {"description", declared ? description_of(declared->definition().description) : AttributeValue()},
      {"definition", declared ? AttributeValue(RawJson{declared->definition().json}) : AttributeValue()},
      {"version", std::int64_t{status.version}},
      {"rows_version", std::int64_t{status.rows_version}},
      {"checkpoint", number(status.checkpoint.value)},
      {"status", std::move(state)},
      {"rows", number(status.rows)},
      {"bytes", number(status.bytes)},
      {"stalled_at", stall ? AttributeValue(number(stall->position.value)) : AttributeValue()},
      {"stalled_reason", stall ? AttributeValue(stall->reason) : AttributeValue()},
      {"rebuilt_at", time_or_null(rebuilt_at(reader, resource.id))}};
  resource.relationships = {to_one("job", kProjectionJobs.type, job ? std::optional(job->id) : std::nullopt)};
  return resource;
}

/// Resources that are all there.
class ReadyResources final : public ResourceSource {
 public:
  ReadyResources(std::vector<Resource> resources, const std::string& start, Direction direction)
      : resources_(std::move(resources)) {
    if (direction == Direction::backward) std::ranges::reverse(resources_);
    if (start.empty()) return;
    auto found = std::ranges::find(resources_, start, &Resource::id);
    next_ = found == resources_.end() ? resources_.size()
                                      : static_cast<std::size_t>(found - resources_.begin()) + 1;
  }
  Step next(std::string& key, Resource& resource) override {
    if (next_ >= resources_.size()) return Step::end;
    resource = std::move(resources_[next_++]);
    key = resource.id;
    return Step::found;
  }

 private:
  std::vector<Resource> resources_;
  std::size_t next_ = 0;
};

Response reply_busy(const Call& call, const ViewJobs::Busy& busy) {
  return reply_error({409,
                      "projection_busy",
                      "The view " + std::string(call.services.engine.views().name_of(busy.view)) +
                          " is in the job " + to_string(busy.job) + ", which is not over.",
                      {},
                      {},
                      {}});
}

/// A verification changes nothing and is no event until it has come to its end.
Response start_verification(Call& call, ViewJob job) {
  auto& jobs = call.services.engine.view_jobs();
  auto started = jobs.start(job.id, job.kind, job.views, job.most_per_second);
  if (!started) return reply_busy(call, started.error());
  auto load_it = [&](const Reader&, const Subject&) -> std::optional<LoadedResource> {
    return LoadedResource{to_resource(jobs.find(job.id).value_or(job), call.services.engine.views())};
  };
  auto reader = call.services.engine.reader();
  if (!reader) return reply_unavailable("the storage is being opened");
  return render_resource(load_it, 201)(*reader, Committed{});
}

/// `views`: those of the path; what the document names where there are none.
Awaitable<Response> start_job(Call& call, std::optional<std::vector<View>> views) {
  if (auto refused = require(call, Area::admin_organization, Operation::edit)) co_return std::move(*refused);
  auto document = views ? Document::read_or_empty(call.request, kProjectionJobs)
                        : Document::read(call.request, kProjectionJobs, {});
  if (!document) co_return std::move(document.error());
  const auto& known = call.services.engine.views();
  std::vector<View> named;
  auto read_view = [&named, &known](std::string_view text) -> std::expected<std::string, Problem> {
    auto view = known.named(text);
    if (!view) return std::unexpected(Problem{Code::invalid_value, {}, "there is no such view"});
    named.push_back(*view);
    return std::string(text);
  };
  auto names = document->texts("projections", known.size(), read_view);
  if (names && views) document->add({Code::invalid_value, "projections", "the view stands in the address"});
  const auto* given = document->attribute("projections");
  if (given && given->is_array() && given->empty())
    document->add({Code::invalid_value, "projections", "name at least one"});
  if (document->attribute("state")) document->add({Code::invalid_value, "state", "it begins by itself"});
  ViewJob job;
  job.kind = document->word("kind", view_job_kind_named, "it is rebuild or verification")
                 .value_or(ViewJobKind::rebuild);
  auto most = document->number("most_per_second", {1, 1'000'000'000}).value_or(std::nullopt);
  auto problems = document->take_problems();
  if (!problems.empty()) co_return reply_rejection(Rejection{std::move(problems)}, &kProjectionJobs);
  job.id = new_id<RebuildId>(system_now());
  job.started_at = system_now();
  job.most_per_second = static_cast<std::uint64_t>(most.value_or(0));
  if (views) {
    job.views = std::move(*views);
  } else if (names) {
    job.views = std::move(named);
  } else {
    job.views = known.views();
  }
  if (job.kind == ViewJobKind::verification) co_return start_verification(call, std::move(job));

  auto& jobs = call.services.engine.view_jobs();
  // A repetition gets the answer that was kept, whatever is going on now.
  for (auto view : job.views) {
    auto other = jobs.job_on(view);
    if (other && !is_keyed(call.request)) co_return reply_busy(call, {view, other->id});
  }
  StartRebuild command{job.id, known.names_of(job.views), {}};
  if (most) command.most_per_second = job.most_per_second;
  auto load_it = [job, &jobs, &known](const Reader&, const Subject&) -> std::optional<LoadedResource> {
    return LoadedResource{to_resource(jobs.find(job.id).value_or(job), known)};
  };
  co_return co_await run_command(call, std::move(command), render_resource(load_it, 201));
}

std::optional<ViewJob> job_of_path(const Call& call) {
  auto id = path_id<RebuildId>(call);
  return id ? call.services.engine.view_jobs().find(*id) : std::nullopt;
}

}  // namespace

const ResourceSpec kProjections{"projections", "A view: rows that are folded from the log", kViewAttributes,
                                kViewRelationships};

const ResourceSpec kProjectionJobs{
    "projection-jobs", "A piece of work on views: a rebuild or a verification", kJobAttributes, {}};

Awaitable<Response> list_projections(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto open = [&call](const Reader& reader, const std::string& start, Direction direction) {
    std::vector<Resource> resources;
    for (const auto& status : call.services.engine.view_statuses())
      resources.push_back(to_resource(call, reader, status));
    return std::make_unique<ReadyResources>(std::move(resources), start, direction);
  };
  co_return co_await reply_list(call, kProjections, open);
}

Awaitable<Response> read_projection(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader& reader) -> std::optional<LoadedResource> {
    auto view = call.services.engine.views().named(call.parameters.front());
    auto statuses = call.services.engine.view_statuses();
    if (!view || statuses.empty()) return std::nullopt;
    return LoadedResource{to_resource(call, reader, statuses[static_cast<std::size_t>(*view)])};
  };
  co_return reply_resource(call, kProjections, load_it);
}

Awaitable<Response> rebuild_projection(Call& call) {
  auto view = call.services.engine.views().named(call.parameters.front());
  if (!view) co_return reply_not_found();
  std::optional<std::vector<View>> views(std::in_place, 1, *view);
  co_return co_await start_job(call, std::move(views));
}

Awaitable<Response> create_projection_job(Call& call) { co_return co_await start_job(call, std::nullopt); }

Awaitable<Response> list_projection_jobs(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto open = [&call](const Reader&, const std::string& start, Direction direction) {
    std::vector<Resource> resources;
    for (const auto& job : call.services.engine.view_jobs().list())
      resources.push_back(to_resource(job, call.services.engine.views()));
    return std::make_unique<ReadyResources>(std::move(resources), start, direction);
  };
  co_return co_await reply_list(call, kProjectionJobs, open);
}

Awaitable<Response> read_projection_job(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::view)) co_return std::move(*refused);
  auto load_it = [&call](const Reader&) -> std::optional<LoadedResource> {
    auto job = job_of_path(call);
    return job ? std::optional(LoadedResource{to_resource(*job, call.services.engine.views())})
               : std::nullopt;
  };
  co_return reply_resource(call, kProjectionJobs, load_it);
}

Awaitable<Response> change_projection_job(Call& call) {
  if (auto refused = require(call, Area::admin_organization, Operation::edit)) co_return std::move(*refused);
  auto job = job_of_path(call);
  if (!job) co_return reply_not_found();
  auto document = Document::read(call.request, kProjectionJobs, to_string(job->id));
  if (!document) co_return std::move(document.error());
  auto wanted = [](std::string_view word) -> std::optional<ViewJobState> {
    for (auto state : {ViewJobState::paused, ViewJobState::running, ViewJobState::cancelled}) {
      if (name_of(state) == word) return state;
    }
    return std::nullopt;
  };
  auto state = document->word("state", wanted, "it can be set to paused, running or cancelled");
  auto problems = document->take_problems();
  if (!problems.empty()) co_return reply_rejection(Rejection{std::move(problems)}, &kProjectionJobs);
  auto& jobs = call.services.engine.view_jobs();
  const auto& views = call.services.engine.views();
  auto load_it = [id = job->id, &jobs, &views](const Reader&,
                                               const Subject&) -> std::optional<LoadedResource> {
    auto changed = jobs.find(id);
    return changed ? std::optional(LoadedResource{to_resource(*changed, views)}) : std::nullopt;
  };
  // The log says of rebuilds what becomes of them, and the engine calls off those of which it says so.
  bool is_told = state == ViewJobState::cancelled && job->kind == ViewJobKind::rebuild;
  bool done = is_told || !jobs.is_settled(job->id);
  if (state == ViewJobState::paused) done = jobs.pause(job->id);
  if (state == ViewJobState::running) done = jobs.resume(job->id);
  if (state == ViewJobState::cancelled && !is_told) done = jobs.cancel(job->id);
  if (!done) co_return reply_rejection(Rejection{{Problem{Code::projection_job_over}}}, &kProjectionJobs);
  if (is_told) {
    CancelRebuild command{job->id, views.names_of(job->views), {}};
    co_return co_await run_command(call, std::move(command), render_resource(load_it, 200));
  }
  auto reader = call.services.engine.reader();
  if (!reader) co_return reply_unavailable("the storage is being opened");
  co_return render_resource(load_it, 200)(*reader, Committed{});
}

}  // namespace byline::http
