#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "byline/service.hpp"
#include "engine/clock.hpp"
#include "engine/ids.hpp"
#include "engine/view_jobs.hpp"
#include "http/fetch.hpp"
#include "service/carry_out.hpp"
#include "service/operator.hpp"

namespace byline {
namespace {

using Json = nlohmann::json;
using Tell = std::function<void(std::uint64_t, std::uint64_t)>;
using Report = std::expected<std::vector<ViewWorkDone>, std::string>;

constexpr std::chrono::milliseconds kLookAtJobEvery{200};

// -- in a directory --

std::expected<std::vector<View>, std::string> views_of(const ViewWork& work, const ViewSet& set) {
  if (work.views.empty()) return set.views();
  std::vector<View> views;
  for (const auto& name : work.views) {
    auto view = set.named(name);
    if (!view) return std::unexpected("There is no view \"" + name + "\".");
    if (std::ranges::find(views, *view) != views.end())
      return std::unexpected("The view \"" + name + "\" is named twice.");
    views.push_back(*view);
  }
  return views;
}

Report report_of(const ViewJob& job, const ViewSet& set) {
  std::vector<ViewWorkDone> report;
  for (const auto& result : job.results) {
    ViewWorkDone done;
    done.view = set.name_of(result.view);
    done.position = result.position.value;
    done.rows = result.rows;
    if (result.compared) {
      done.identical = result.compared->identical;
      done.first_difference = result.compared->first_difference;
    }
    if (result.failure) done.failure = "it " + cannot_fold(*result.failure);
    report.push_back(std::move(done));
  }
  bool says_why = std::ranges::any_of(report, [](const auto& done) { return !done.failure.empty(); });
  if (job.state == ViewJobState::failed && !says_why) return std::unexpected(job.reason);
  if (job.state == ViewJobState::cancelled) return std::unexpected("It was cancelled.");
  return report;
}

Report work_in_directory(const LogPlace& place, const ViewWork& work, const Tell& tell) {
  auto opened = open_stopped(place.data, place.key_file, "--url has the service do it");
  if (!opened) return std::unexpected(opened.error());
  auto& engine = *(*opened)->engine;
  auto views = views_of(work, engine.views());
  if (!views) return std::unexpected(views.error());
  auto& jobs = engine.view_jobs();
  // What the opening itself began, or was begun before, comes first.
  auto wait = [&](const RebuildId& id) {
    auto job = jobs.wait(id, kLookAtJobEvery);
    for (; job && !job->is_over() && job->state != ViewJobState::paused;
         job = jobs.wait(id, kLookAtJobEvery)) {
      if (tell && job->position.value > 0) tell(job->position.value, job->end.value);
    }
    return job;
  };
  for (auto view : *views) {
    if (auto other = jobs.job_on(view)) {
      jobs.resume(other->id);
      (void)wait(other->id);
    }
  }
  auto id = new_id<RebuildId>(system_now());
  if (work.verify) {
    if (!jobs.start(id, ViewJobKind::verification, *views, work.most_per_second))
      return std::unexpected("Another piece of work on these views cannot come to its end.");
  } else {
    StartRebuild command{id, engine.views().names_of(*views), {}};
    if (work.most_per_second > 0) command.most_per_second = work.most_per_second;
    auto failure = failure_of(carry_out(engine, {}, std::move(command)));
    if (!failure.empty()) return std::unexpected(failure);
  }
  auto job = wait(id);
  if (!job) return std::unexpected("Another piece of work on these views cannot come to its end.");
  return report_of(*job, engine.views());
}

// -- behind a service --

std::string why_not(const http::FetchedAnswer& answer) {
  auto document = Json::parse(answer.body, nullptr, false);
  if (document.is_object() && document.contains("errors") && !document["errors"].empty())
    return document["errors"][0].value("detail", "It answers with " + std::to_string(answer.status) + ".");
  return "It answers with the status " + std::to_string(answer.status) + ".";
}

Report read_report(const Json& job) {
  std::vector<ViewWorkDone> report;
  for (const auto& result : job.at("results")) {
    ViewWorkDone done;
    done.view = result.at("projection");
    if (result.contains("stalled_at")) {
      done.failure = "it " + cannot_fold({{result["stalled_at"].get<std::uint64_t>()},
                                          result.value("stalled_reason", "")});
    } else {
      done.position = result.at("position");
      done.rows = result.at("rows");
      if (!result.at("identical").is_null()) done.identical = result.at("identical").get<bool>();
      done.first_difference = result.value("first_difference", "");
    }
    report.push_back(std::move(done));
  }
  return report;
}

Report work_behind_service(const LogPlace& place, const ViewWork& work, const Tell& tell) try {
  http::FetchRules rules{.allow_private_addresses = true,
                         .ca_file = place.ca_file.string(),
                         .max_bytes = 1 << 20,
                         .token = place.token};
  auto url = place.url;
  while (url.ends_with('/')) url.pop_back();
  url += "/admin/projection-jobs";
  Json attributes = {{"kind", work.verify ? "verification" : "rebuild"}};
  if (!work.views.empty()) attributes["projections"] = work.views;
  if (work.most_per_second > 0) attributes["most_per_second"] = work.most_per_second;
  Json document;
  document["data"] = {{"type", "projection-jobs"}, {"attributes", std::move(attributes)}};
  auto unreachable = [&](const std::string& why) {
    return std::unexpected(place.url + " cannot be asked: " + why + ".");
  };
  auto answer = http::post_text(url, document.dump(), rules, "application/vnd.api+json");
  if (!answer) return unreachable(answer.error());
  if (answer->status != 201) return std::unexpected(why_not(*answer));
  auto id = Json::parse(answer->body).at("data").at("id").get<std::string>();
  while (true) {
    answer = http::get_text(url + "/" + id, rules);
    if (!answer) return unreachable(answer.error());
    if (answer->status != 200) return std::unexpected(why_not(*answer));
    auto job = Json::parse(answer->body).at("data").at("attributes");
    auto state = job.at("state").get<std::string>();
    if (state == "failed" && job.at("results").empty())
      return std::unexpected(job.value("reason", std::string("It failed.")));
    if (state == "cancelled") return std::unexpected("It was cancelled.");
    if (state == "finished" || state == "failed") return read_report(job);
    if (tell && job.at("position") > 0) tell(job.at("position"), job.at("end"));
    std::this_thread::sleep_for(kLookAtJobEvery);
  }
} catch (const Json::exception&) {
  return std::unexpected("What " + place.url + " answered cannot be read: is it Byline?");
}

}  // namespace

std::vector<std::string> view_names() { return ViewSet::built_in()->names_of(ViewSet::built_in()->views()); }

std::expected<std::vector<ViewWorkDone>, std::string> work_on_views(const LogPlace& place,
                                                                    const ViewWork& work, const Tell& tell) {
  return place.url.empty() ? work_in_directory(place, work, tell) : work_behind_service(place, work, tell);
}

}  // namespace byline
