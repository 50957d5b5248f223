#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "engine/subject_keys.hpp"
#include "events/event.hpp"

namespace byline::transparency {

// The personal data of one event can be shown to somebody who has the event and a proof of it: by the key of
// that event, which opens no other, and cannot open this one in two ways.

/// base64url of the key; empty where the entry has nothing sealed, or nothing that can be opened. `bytes`:
/// the entry's.
std::string opening_of(const SubjectKeys& keys, const LogEntry& entry, std::string_view bytes);

/// Opens events by such keys.
class Openings final : public FieldOpener {
 public:
  /// Adds the key of an entry; false where it is none, or does not open it.
  bool add(std::string_view entry, std::string_view opening);
  /// Where the entry says that somebody's data was erased, theirs counts as such from now on.
  void learn_of_erasure(std::string_view entry);
  SealState open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                 std::string& fields) const override;

 private:
  std::map<EventId, security::Key> keys_;
  std::set<std::string> erased_;  ///< owners
};

}  // namespace byline::transparency
