#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/decision.hpp"
#include "domain/state.hpp"

namespace byline {

// See application.hpp for `problems`. Collections of an organization's own, beside the default ones; they are
// administered by who administers roles, for they say which permissions are needed.

struct CreateCollection {
  static constexpr auto kSubject = SubjectKind::collection;
  CollectionId id;
  std::string service;
  std::string name;
  RequiredPermissions permissions;
  std::optional<JsonText> schema;
  std::vector<Problem> problems;
};

/// Whatever has a value is changed, in one commit. A schema that is JSON null takes the schema away.
struct ChangeCollection {
  static constexpr auto kSubject = SubjectKind::collection;
  CollectionId id;
  std::optional<RequiredPermissions> permissions;
  std::optional<std::optional<JsonText>> schema;
  std::vector<Problem> problems;
};

struct DeleteCollection {
  static constexpr auto kSubject = SubjectKind::collection;
  CollectionId id;
};

/// A part of a collection's address: a lower-case letter, then letters, digits, `-` and `_`, 64 at most.
std::expected<std::string, Problem> parse_service(std::string_view text);
std::expected<std::string, Problem> parse_collection_name(std::string_view text);

Decision decide(const State& state, const Context& context, const CreateCollection& command);
Decision decide(const State& state, const Context& context, const ChangeCollection& command);
Decision decide(const State& state, const Context& context, const DeleteCollection& command);

}  // namespace byline
