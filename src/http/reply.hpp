#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/problem.hpp"
#include "events/event.hpp"
#include "http/media_type.hpp"
#include "http/resource.hpp"
#include "http/server/message.hpp"

namespace byline::http {

/// One error object (JSON:API 1.1 §11.3).
struct ApiError {
  unsigned status;
  std::string code;
  std::string detail;
  std::string pointer;    ///< RFC 6901, into the request's document
  std::string parameter;  ///< of the query
  std::string header;
  std::vector<Permission> missing = {};  ///< what the caller would need
};

/// An answer whose body is an error document. All of one status give that status; a mixture gives 422.
Response reply_errors(const std::vector<ApiError>& errors);
Response reply_error(ApiError error);

/// The strong entity tag of a version (RFC 9110 §8.8.3).
std::string etag_of(Version version);

unsigned status_of(Code code);
/// RFC 9110 §15 and RFC 6585: the phrase that stands as an error's title.
std::string_view title_of(unsigned status);

/// A refused command as an answer. `spec` tells attributes from relationships; nullptr where the command has
/// no document.
Response reply_rejection(const Rejection& rejection, const ResourceSpec* spec);

/// Nothing can be done for the moment: 503 with Retry-After.
Response reply_unavailable(std::string_view reason);
/// A command may have been done or not: 503, and not to be repeated blindly.
Response reply_in_doubt(std::string_view reason);

/// `[{"area": …, "operation": …, "level": …}, …]`
void write_permissions(JsonWriter& json, const std::vector<Permission>& permissions);

std::string error_body(const std::vector<ApiError>& errors);

}  // namespace byline::http
