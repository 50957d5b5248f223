#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "events/id.hpp"

namespace byline {

/// The numbers stand in keys of rows: new ones are added at the end.
enum class SubjectKind : std::uint8_t {
  organization,
  user,
  role,
  application,
  credential,
  record,
  team,
  collection,
  credential_use,  ///< what was seen of a credential; its id is the credential's
  signing_key,
  token,       ///< its id is the token's `jti`
  sign_in,     ///< attempts to be an account; its id is the account's, or nil for accounts that do not exist
  access,      ///< what was refused to an account; its id is the account's
  projection,  ///< a view; its id is made of its name
};
std::string_view name_of(SubjectKind kind);
std::optional<SubjectKind> subject_kind_named(std::string_view name);

/// What an event is about.
struct Subject {
  SubjectKind kind = SubjectKind::organization;
  std::array<std::uint8_t, 16> id{};

  Subject() = default;
  template <class Tag>
  Subject(SubjectKind subject_kind, const Id<Tag>& subject_id) : kind(subject_kind), id(subject_id.bytes) {}

  template <class I>
  I as() const {
    return I{id};
  }
  std::string_view id_view() const { return {reinterpret_cast<const char*>(id.data()), id.size()}; }
  friend bool operator==(const Subject&, const Subject&) = default;
};

}  // namespace byline
