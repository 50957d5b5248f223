#include "http/oauth/request.hpp"

#include <array>

#include "events/json_writer.hpp"
#include "http/media_type.hpp"
#include "http/url_encoding.hpp"

namespace byline::http {
namespace {

using boost::beast::http::field;

}  // namespace

Response refuse_oauth(unsigned status, std::string_view error, std::string_view description) {
  std::string body;
  JsonWriter json(body);
  json.begin_object();
  json.member("error", error);
  json.member("error_description", description);
  json.end_object();
  auto response = reply_oauth(std::move(body));
  response.status = status;
  // RFC 9110 §15.5.2 wants it of every 401, RFC 6749 only where the client came by this scheme.
  if (status == 401)
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"byline\", charset=\"UTF-8\"");
  return response;
}

Response refuse_client() {
  return refuse_oauth(
      401, "invalid_client",
      "The client is unknown, what it proves itself with is wrong or over, or it is not active.");
}

Response refuse_while_opening() {
  return refuse_oauth(503, "temporarily_unavailable", "The storage is being opened.");
}

Response reply_oauth(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Pragma", "no-cache");
  response.body = std::move(body);
  return response;
}

std::expected<OAuthRequest, Response> OAuthRequest::read(const Call& call) {
  auto invalid = [](std::string_view why) {
    return std::unexpected(refuse_oauth(400, "invalid_request", why));
  };
  for (const auto& [name, value] : call.query) {
    static constexpr std::array<std::string_view, 4> kSecret = {"client_id", "client_secret",
                                                                "client_assertion", "token"};
    if (std::ranges::find(kSecret, name) != kSecret.end()) {
      return invalid(
          "Credentials must not stand in the address, where logs and histories keep them "
          "(RFC 6749 section 2.3.1): send them in the body.");
    }
  }
  if (!is_form(call.request.header(field::content_type)))
    return invalid("The body must be application/x-www-form-urlencoded.");
  auto form = parse_form(call.request.body);
  if (!form) return invalid("The body cannot be read as a form.");
  if (call.request.count(field::authorization) > 1)
    return invalid("There is more than one Authorization header.");
  OAuthRequest request;
  auto authorization = call.request.header(field::authorization);
  if (!authorization.empty()) {
    request.basic_ = read_basic(authorization);
    if (!request.basic_)
      return std::unexpected(refuse_oauth(401, "invalid_client", "The Authorization header cannot be read."));
  }
  for (auto& [name, value] : *form) {
    auto [place, fresh] = request.parameters_.emplace(name, std::move(value));
    if (!fresh) return invalid("A parameter stands twice.");
  }
  return request;
}

const std::string* OAuthRequest::parameter(std::string_view name) const {
  auto found = parameters_.find(name);
  // RFC 6749 §3.1: without a value it is as if it were not there.
  return found == parameters_.end() || found->second.empty() ? nullptr : &found->second;
}

}  // namespace byline::http
