#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/id.hpp"
#include "events/subject.hpp"

namespace byline {

// Personal data in a log that never changes: the fields of an event that tell of a person (`kPersonal`) are
// kept sealed, under a key of the one whose data they are. The key is kept beside the log. To erase the data
// is to destroy the key: not a byte of the log changes, and every hash over it still holds.

/// Whose data the personal fields of an event are: an account, or a record.
struct DataOwner {
  enum class Kind : std::uint8_t { account, record } kind = Kind::account;
  std::array<std::uint8_t, 16> id{};

  /// Under which its key is kept: 17 bytes.
  std::string key() const {
    std::string bytes(1, static_cast<char>(kind));
    bytes.append(reinterpret_cast<const char*>(id.data()), id.size());
    return bytes;
  }
  friend bool operator==(const DataOwner&, const DataOwner&) = default;
  friend std::size_t hash_value(const DataOwner& owner) {
    return hash_value(Id<void>{owner.id}) + static_cast<std::size_t>(owner.kind);
  }
};

/// Of what was done to a credential that is its account; nullopt where the event is about nobody.
template <class Fact>
std::optional<DataOwner> data_owner(const Subject& subject, const Fact& event) {
  switch (Fact::kType.subject) {
    case SubjectKind::record:
      return DataOwner{DataOwner::Kind::record, subject.id};
    case SubjectKind::user:
    case SubjectKind::application:
      return DataOwner{DataOwner::Kind::account, subject.id};
    case SubjectKind::credential:
    case SubjectKind::credential_use:
      if constexpr (requires { event.account.bytes; }) {
        return DataOwner{DataOwner::Kind::account, event.account.bytes};
      }
      return std::nullopt;
    case SubjectKind::sign_in:
    case SubjectKind::access:
      if (subject.id == decltype(subject.id){}) return std::nullopt;
      return DataOwner{DataOwner::Kind::account, subject.id};
    default:
      return std::nullopt;
  }
}

/// Whether the personal fields of an event could be read. Where not, they are empty.
enum class SealState : std::uint8_t {
  open,
  erased,  ///< the key was destroyed
  locked,  ///< the key is there, but not what it is sealed with; or it is another one's
};
std::string_view name_of(SealState state);
/// What stands in the place of the name of an account that was erased.
inline constexpr std::string_view kErasedAccount = "erased account";
std::optional<SealState> seal_state_named(std::string_view name);

/// Seals the personal fields of events as they are written.
class FieldSealer {
 public:
  virtual ~FieldSealer() = default;
  /// Of the JSON object with the fields the text to be kept; empty where the owner's key was destroyed, so
  /// that nothing is kept. Makes a key where there is none yet. Throws std::runtime_error where the keys
  /// cannot be read.
  virtual std::string seal(const DataOwner& owner, const EventId& event, std::string_view fields) = 0;
};

/// Opens them as they are read.
class FieldOpener {
 public:
  virtual ~FieldOpener() = default;
  /// `fields` becomes the JSON object that was sealed, where it can be opened. Throws like FieldSealer.
  virtual SealState open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                         std::string& fields) const = 0;
};

}  // namespace byline
