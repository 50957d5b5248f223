#include "http/reply.hpp"

#include <algorithm>
#include <set>

namespace byline::http {
namespace {

/// To be looked into, not to be tried again at once.
constexpr std::string_view kOutcomeUnknown = "outcome_unknown";

void write_error(JsonWriter& json, const ApiError& error) {
  json.begin_object();
  json.member("status", std::string_view(std::to_string(error.status)));
  json.member("code", std::string_view(error.code));
  json.member("title", title_of(error.status));
  json.member("detail", std::string_view(error.detail));
  if (!error.pointer.empty() || !error.parameter.empty() || !error.header.empty()) {
    json.key("source");
    json.begin_object();
    if (!error.pointer.empty()) json.member("pointer", std::string_view(error.pointer));
    if (!error.parameter.empty()) json.member("parameter", std::string_view(error.parameter));
    if (!error.header.empty()) json.member("header", std::string_view(error.header));
    json.end_object();
  }
  if (!error.missing.empty()) {
    json.key("meta");
    json.begin_object();
    json.key("missing");
    write_permissions(json, error.missing);
    json.end_object();
  }
  json.end_object();
}

/// Where in the document the domain's field stands: `roles/1` is `/data/relationships/roles/data/1`.
std::string pointer_to(std::string_view field, const ResourceSpec& spec) {
  if (field.empty() || field.starts_with("/")) return std::string(field);
  auto name = field.substr(0, field.find('/'));
  auto rest = std::string(field.substr(name.size()));
  if (spec.open && name == "attributes") return "/data/attributes" + rest;
  if (spec.relationship(name)) return "/data/relationships/" + std::string(name) + "/data" + rest;
  return "/data/attributes/" + std::string(name) + rest;
}

/// All that is missing stands in one error.
std::vector<Permission> missing_in(const Rejection& rejection) {
  std::vector<Permission> missing;
  for (const auto& problem : rejection.problems) {
    if (problem.missing) missing.push_back(*problem.missing);
  }
  return missing;
}

/// The sentence of a refusal, with every permission that is missing named in it.
std::string explain_missing(const Rejection& rejection) {
  Problem all{Code::permission_missing};
  for (const auto& problem : rejection.problems) {
    if (!problem.missing) continue;
    if (!all.detail.empty()) all.detail += " and ";
    all.detail += problem.detail;
  }
  return explain(all);
}

}  // namespace

std::string_view title_of(unsigned status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

std::string etag_of(Version version) { return '"' + std::to_string(version.value) + '"'; }

unsigned status_of(Code code) {
  switch (code) {
    case Code::required:
    case Code::invalid_type:
    case Code::too_long:
    case Code::too_large:
    case Code::too_deep:
    case Code::forbidden_character:
    case Code::invalid_email:
    case Code::invalid_url:
    case Code::invalid_value:
    case Code::invalid_id:
    case Code::read_only:
    case Code::unknown_member:
    case Code::duplicate_value:
    case Code::idempotency_key_reused:
      return 422;
    case Code::email_taken:
    case Code::role_name_taken:
    case Code::role_in_use:
    case Code::last_administrator:
    case Code::credential_over:
    case Code::projection_job_over:
    case Code::already_exists:
    case Code::team_name_taken:
    case Code::collection_taken:
    case Code::collection_in_use:
      return 409;
    case Code::stale_version:
      return 412;
    case Code::role_locked:
    case Code::collection_fixed:
    case Code::permission_missing:
    case Code::role_exceeds_giver:
    case Code::api_not_licensed:
      return 403;
    case Code::account_inactive:
      return 401;
    case Code::unknown_account:
    case Code::unknown_team:
    case Code::unknown_role:  // JSON:API 1.1 §9.1.2.4 and §9.2.3.4: a related resource that is not there
    case Code::not_found:
      return 404;
  }
  return 500;
}

void write_permissions(JsonWriter& json, const std::vector<Permission>& permissions) {
  json.begin_array();
  for (const auto& permission : permissions) {
    json.begin_object();
    json.member("area", name_of(permission.area));
    json.member("operation", name_of(permission.operation));
    json.member("level", name_of(permission.level));
    json.end_object();
  }
  json.end_array();
}

std::string error_body(const std::vector<ApiError>& errors) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.key("errors");
  json.begin_array();
  for (const auto& error : errors) write_error(json, error);
  json.end_array();
  json.end_object();
  return body;
}

Response reply_errors(const std::vector<ApiError>& errors) {
  Response response;
  bool alike = std::ranges::all_of(errors, [&](const auto& e) { return e.status == errors.front().status; });
  response.status = alike ? errors.front().status : 422;
  response.content_type = kJsonApi;
  response.body = error_body(errors);
  if (response.status == 503 && errors.front().code != kOutcomeUnknown)
    response.headers.emplace_back("Retry-After", "1");
  if (response.status == 401) {
    // RFC 6750 §3: how to come in.
    auto code = errors.front().code == "token_required" ? "" : ", error=\"invalid_token\"";
    response.headers.emplace_back("WWW-Authenticate", std::string("Bearer realm=\"byline\"") + code);
  }
  return response;
}

Response reply_error(ApiError error) { return reply_errors({std::move(error)}); }

Response reply_rejection(const Rejection& rejection, const ResourceSpec* spec) {
  std::vector<ApiError> errors;
  std::set<std::pair<Code, std::string_view>> told;
  auto missing = missing_in(rejection);
  for (const auto& problem : rejection.problems) {
    if (!told.emplace(problem.code, problem.field).second) continue;  // reading and deciding both saw it
    ApiError error{
        status_of(problem.code), std::string(code_name(problem.code)), explain(problem), {}, {}, {}};
    if (problem.code == Code::stale_version) error.header = "If-Match";
    if (problem.code == Code::idempotency_key_reused) error.header = "Idempotency-Key";
    if (spec) error.pointer = pointer_to(problem.field, *spec);
    if (problem.missing) {
      error.missing = missing;
      error.detail = explain_missing(rejection);
    }
    errors.push_back(std::move(error));
  }
  return reply_errors(errors);
}

Response reply_unavailable(std::string_view reason) {
  return reply_error(
      {503, "unavailable", "The service cannot do this right now: " + std::string(reason) + ".", {}, {}, {}});
}

Response reply_in_doubt(std::string_view reason) {
  return reply_error(
      {503,
       std::string(kOutcomeUnknown),
       "What came of this cannot be told: " + std::string(reason) +
           ". Look whether it was done before sending it again; under the same Idempotency-Key "
           "it can be sent again without looking.",
       {},
       {},
       {}});
}

}  // namespace byline::http
