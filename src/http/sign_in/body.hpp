#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

#include "http/call.hpp"
#include "http/reply.hpp"

namespace byline::http {

/// A plain JSON object of texts, as the sign-in takes it.
class Body {
 public:
  /// The error is the answer.
  static std::expected<Body, Response> read(const Call& call);

  /// A text that must be there; empty where it is not, which `problems` then say.
  std::string required(const char* name);
  /// A text that may be there.
  std::string optional(const char* name);
  void add(const char* name, std::string code, std::string detail);

  bool is_right() const { return errors_.empty(); }
  Response refusal() const { return reply_errors(errors_); }

 private:
  explicit Body(nlohmann::json object) : object_(std::move(object)) {}
  nlohmann::json object_;
  std::vector<ApiError> errors_;
};

}  // namespace byline::http
