#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/event.hpp"

namespace byline::history {

/// What has to be known beside an event to tell of it.
class Known {
 public:
  virtual ~Known() = default;
  /// Of an account, role or team; the id itself where there is none.
  virtual std::string name_of(const std::string& id) const = 0;
  /// Those that the event's subject had, where the event changes them; nullopt where that is not known.
  virtual std::optional<std::vector<RoleId>> roles_before(const LogEntry& entry) const = 0;
};

/// The event in plain words, with a full stop: `Ada Moreno gave “Nightly import” the role “Intake Worker”.`
/// Every kind of event has its own; one that was forgotten does not compile.
std::string sentence_of(const LogEntry& entry, const Known& known);

}  // namespace byline::history
