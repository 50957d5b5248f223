#include "http/resources/openapi_errors.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "domain/problem.hpp"
#include "http/reply.hpp"
#include "http/resources/resources.hpp"

namespace byline::http {
namespace {

using OrderedJson = nlohmann::ordered_json;
using Codes = std::vector<std::string>;

/// What is refused before a command is made, by the edge itself.
constexpr std::pair<std::string_view, std::string_view> kEdgeDetails[] = {
    {"malformed_request", "The request is not well-formed HTTP/1.1."},
    {"invalid_path", "The path cannot be read: it is not percent-encoded UTF-8."},
    {"invalid_parameter", "A page has 1 to 100 resources."},
    {"unknown_parameter", "There is no such query parameter here."},
    {"invalid_cursor", "This cursor is not one that a list gave out."},
    {"invalid_header", "An idempotency key has at most 255 characters."},
    {"invalid_json", "The JSON is malformed at byte 12."},
    {"invalid_document", "The document has no member \"data\" with a resource object."},
    {"token_required", "Send an Authorization header with a bearer token."},
    {"invalid_token", "The token is not one that this service issued."},
    {"token_expired", "The token is over: get a new one from /oauth2/token."},
    {"client_generated_id", "Ids are made by the service: leave the id out."},
    {"not_acceptable", "Answers are application/vnd.api+json, without parameters."},
    {"network_not_allowed", "The application may not come from this address."},
    {"rotation_pending", "There is a key already that has yet to begin to sign."},
    {"projection_busy", "The view bylines is in another job, which is not over."},
    {"view_unavailable", "This needs the view bylines, which is being built."},
    {"request_timeout", "The request did not arrive in time."},
    {"type_mismatch", "Here the type is another one."},
    {"id_mismatch", "The id is not the one in the address."},
    {"body_too_large", "The request's body is too large."},
    {"unsupported_media_type", "The body must be sent as \"Content-Type: application/vnd.api+json\"."},
    {"header_too_large", "The request's header is too large."},
    {"internal_error", "Something went wrong here; it was logged."},
    {"unavailable", "The service cannot do this right now."},
    {"outcome_unknown", "What came of this cannot be told."},
    {"too_many_connections", "Too many connections are open; try again soon."},
};

/// The codes of `domain/problem.hpp` that a command on this kind of resource can meet.
std::vector<Code> domain_codes(const Route& route) {
  using enum Code;
  bool is_account = route.resource == &kApplications || route.resource == &kUsers;
  bool is_role = route.resource == &kRoles;
  std::vector<Code> codes = {permission_missing, api_not_licensed};
  auto add = [&codes](std::initializer_list<Code> more) { codes.insert(codes.end(), more); };
  bool writes = route.shape == Shape::create || route.shape == Shape::change;
  bool is_record = route.resource == &kRecords;
  bool is_team = route.resource == &kTeams;
  bool is_collection = route.resource == &kCollections;
  bool is_credential = route.resource == &kCredentials;
  if (route.shape != Shape::list && route.shape != Shape::create) add({not_found});
  if (is_record || route.resource == &kProjectionRows) add({not_found});
  if (writes) {
    add({required, invalid_type, too_long, forbidden_character, invalid_value, read_only, unknown_member});
    if (is_account)
      add({invalid_email, invalid_id, duplicate_value, unknown_role, email_taken, role_exceeds_giver});
    if (route.resource == &kApplications) add({invalid_url, unknown_account});
    if (is_credential) add({too_large, invalid_url, role_exceeds_giver, not_found});
    if (is_role) add({role_name_taken, role_exceeds_giver, unknown_role, role_locked, invalid_id});
    if (is_record) add({too_large, too_deep, invalid_id, duplicate_value, unknown_account, unknown_team});
    if (is_team) add({too_large, invalid_id, duplicate_value, unknown_account, team_name_taken});
    if (is_collection) add({too_large, duplicate_value, collection_taken, role_exceeds_giver});
  }
  if (route.shape == Shape::create) add({already_exists});
  if (route.shape == Shape::change || route.shape == Shape::remove) {
    add({stale_version});
    if (is_account) add({last_administrator});
    if (is_credential && writes) add({credential_over});
    if (is_role) add({role_locked});
    if (route.resource == &kProjectionJobs) add({projection_job_over});
    if (is_collection) add({collection_fixed});
  }
  if (route.shape == Shape::remove && is_role) add({role_in_use});
  if (route.shape == Shape::remove && is_collection) add({collection_in_use});
  if (writes || route.shape == Shape::remove) add({idempotency_key_reused});
  return codes;
}

void add_code(Codes& codes, std::string_view code) {
  if (std::ranges::find(codes, code) == codes.end()) codes.emplace_back(code);
}

/// Those whose answer differs from route to route, by status.
std::map<unsigned, Codes> codes_of(const Route& route) {
  std::map<unsigned, Codes> codes;
  codes[400] = {"malformed_request", "invalid_path", "invalid_parameter", "unknown_parameter"};
  if (route.shape == Shape::list) codes[400].emplace_back("invalid_cursor");
  bool writes = route.shape == Shape::create || route.shape == Shape::change;
  if (writes) codes[400].insert(codes[400].end(), {"invalid_json", "invalid_document"});
  if (writes || route.shape == Shape::remove) codes[400].emplace_back("invalid_header");
  if (writes) codes[409].emplace_back("type_mismatch");
  if (route.shape == Shape::create) codes[403].emplace_back("client_generated_id");
  if (route.shape == Shape::change) codes[409].emplace_back("id_mismatch");
  for (Code code : domain_codes(route)) {
    auto status = status_of(code);
    add_code(codes[status], code_name(code));
  }
  codes[403].emplace_back("network_not_allowed");
  if (route.resource == &kSigningKeys && writes) codes[409].emplace_back("rotation_pending");
  if (route.resource == &kProjectionJobs && route.shape == Shape::create)
    codes[409].emplace_back("projection_busy");
  if (!writes) return codes;
  // Several problems of different statuses make a 422.
  for (Code code : domain_codes(route)) {
    auto status = status_of(code);
    if (status == 403 || status == 409) add_code(codes[422], code_name(code));
  }
  return codes;
}

std::string detail_of(std::string_view code) {
  auto edge = std::ranges::find(kEdgeDetails, code, [](const auto& pair) { return pair.first; });
  if (edge != std::end(kEdgeDetails)) return std::string(edge->second);
  for (auto i = 0; i <= static_cast<int>(Code::not_found); ++i) {
    if (code_name(static_cast<Code>(i)) == code) return explain({static_cast<Code>(i), {}, {}});
  }
  return {};
}

OrderedJson error_response(unsigned status, const Codes& codes) {
  std::string description(title_of(status));
  description += ": ";
  for (const auto& code : codes) description += (&code == &codes.front() ? "`" : ", `") + code + "`";
  OrderedJson example = {{"status", std::to_string(status)},
                         {"code", codes.front()},
                         {"title", title_of(status)},
                         {"detail", detail_of(codes.front())}};
  OrderedJson text = {{"type", "string"}};
  OrderedJson error = {{"type", "object"},
                       {"required", {"status", "code", "title", "detail"}},
                       {"properties",
                        {{"status", text},
                         {"code", {{"type", "string"}, {"enum", codes}}},
                         {"title", text},
                         {"detail", text},
                         {"source", {{"$ref", "#/components/schemas/ErrorSource"}}}}}};
  OrderedJson schema = {{"type", "object"},
                        {"required", {"errors"}},
                        {"properties", {{"errors", {{"type", "array"}, {"minItems", 1}, {"items", error}}}}}};
  OrderedJson response = {
      {"description", description},
      {"content",
       {{std::string(kJsonApi),
         {{"schema", schema}, {"example", {{"errors", OrderedJson::array({example})}}}}}}}};
  return response;
}

/// Status and name of the shared answers.
constexpr std::pair<unsigned, const char*> kShared[] = {
    {401, "Unauthorized"},   {406, "NotAcceptable"}, {408, "RequestTimeout"},
    {412, "StaleVersion"},   {413, "BodyTooLarge"},  {415, "UnsupportedMediaType"},
    {431, "HeaderTooLarge"}, {500, "InternalError"}, {503, "Unavailable"},
};

bool has_shared(const Route& route, unsigned status) {
  bool writes = route.shape == Shape::create || route.shape == Shape::change;
  switch (status) {
    case 401:
      return route.entry == Entry::bearer;
    case 412:
      return route.shape == Shape::change || route.shape == Shape::remove;
    case 413:
    case 415:
      return writes;
    default:
      return true;
  }
}

}  // namespace

void add_error_responses(const Route& route, OrderedJson& responses) {
  std::map<unsigned, OrderedJson> by_status;
  for (const auto& [status, codes] : codes_of(route)) by_status[status] = error_response(status, codes);
  for (const auto& [status, name] : kShared) {
    if (has_shared(route, status))
      by_status[status] = {{"$ref", std::string("#/components/responses/") + name}};
  }
  for (auto& [status, response] : by_status) responses[std::to_string(status)] = std::move(response);
}

OrderedJson shared_error_responses() {
  OrderedJson unauthorized = error_response(
      401, {"token_required", "invalid_token", "token_expired", "token_revoked", "account_inactive"});
  unauthorized["headers"] = {
      {"WWW-Authenticate", {{"description", "RFC 6750 section 3"}, {"schema", {{"type", "string"}}}}}};
  OrderedJson unavailable = error_response(503, {"unavailable", "outcome_unknown", "too_many_connections"});
  unavailable["headers"] = {{"Retry-After", {{"description", "Seconds"}, {"schema", {{"type", "integer"}}}}}};
  OrderedJson refusal = {
      {"description", "Refused (RFC 6749 section 5.2)"},
      {"headers", {{"Cache-Control", {{"schema", {{"const", "no-store"}}}}}}},
      {"content",
       {{"application/json",
         {{"schema", {{"$ref", "#/components/schemas/OAuthError"}}},
          {"example",
           {{"error", "invalid_request"}, {"error_description", "A parameter stands twice."}}}}}}}};
  return {
      {"OAuthRefusal", refusal},
      {"MayNotIssue", error_response(403, {"permission_missing", "role_exceeds_giver", "api_not_licensed",
                                           "network_not_allowed"})},
      {"CredentialOver", error_response(409, {"credential_over"})},
      {"EntryTooLong", error_response(409, {"entry_too_long"})},
      {"NotPossible",
       error_response(422, {"invalid_value", "invalid_type", "too_long", "too_large", "forbidden_character",
                            "unknown_member", "read_only", "idempotency_key_reused"})},
      {"Unauthorized", unauthorized},
      {"NotAcceptable", error_response(406, {"not_acceptable"})},
      {"RequestTimeout", error_response(408, {"request_timeout"})},
      {"StaleVersion", error_response(412, {"stale_version"})},
      {"BodyTooLarge", error_response(413, {"body_too_large"})},
      {"UnsupportedMediaType", error_response(415, {"unsupported_media_type"})},
      {"HeaderTooLarge", error_response(431, {"header_too_large"})},
      {"InternalError", error_response(500, {"internal_error"})},
      {"Unavailable", unavailable},
      {"MalformedQuestion",
       error_response(400, {"malformed_request", "invalid_parameter", "invalid_json", "invalid_document"})},
      {"MayNotAsk", error_response(403, {"permission_missing", "other_organizations", "api_not_licensed",
                                         "network_not_allowed", "csrf_token_wrong", "session_required",
                                         "users_only", "current_password_wrong", "link_over"})},
      {"SlowDown", error_response(429, {"locked_out", "rate_limited"})},
      {"NothingThere", error_response(404, {"not_found", "unknown_role"})},
      {"Malformed", error_response(400, {"malformed_request", "invalid_parameter"})}};
}

}  // namespace byline::http
