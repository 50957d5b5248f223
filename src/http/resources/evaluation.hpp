#pragma once

#include <algorithm>
#include <expected>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/access.hpp"
#include "http/call.hpp"

namespace byline::http {

// The question “may it?” of the OpenID AuthZEN Authorization API 1.0, read and answered; the endpoints are in
// authzen.cpp.

/// The answer to one question: yes, no and why, or that it cannot be answered.
struct Verdict {
  bool permitted = false;
  unsigned status = 0;              ///< of an error: 400, 403; 0 for an answer
  std::string reason;               ///< a code, or the error's message
  std::vector<Permission> missing;  ///< what the subject would need

  static Verdict error(unsigned status, std::string message);
  static Verdict denied(std::string_view reason);
  static Verdict of(const std::expected<void, Rejection>& permitted);
};

/// A question, whose entities may stand in `defaults` that it shares with others.
struct Question {
  const nlohmann::json& own;
  const nlohmann::json* defaults = nullptr;

  /// nullptr where there is none.
  const nlohmann::json* entity(const char* name) const;
};

/// What is asked about: all of a collection where there is neither an id nor an access.
struct AskedResource {
  std::shared_ptr<const Collection> collection;
  std::optional<std::string> id;
  std::optional<RecordAccess> access;  ///< of the record; nullopt where it is not known
};

/// The subject: an application, a user or a token of the caller's organization, which may act at all and
/// which the caller may ask about.
std::expected<std::shared_ptr<const Principal>, Verdict> find_subject(const Call& call,
                                                                      const Question& question);
std::expected<Operation, Verdict> find_action(const Question& question);
std::expected<AskedResource, Verdict> find_resource(const Call& call, const Reader& reader,
                                                    const Question& question);

/// Says what enforcing would say.
Verdict decide(const Principal& principal, Operation operation, const AskedResource& asked);
Verdict evaluate(const Call& call, const Reader& reader, const Question& question);

}  // namespace byline::http
