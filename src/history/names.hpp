#pragma once

#include <map>
#include <string>

#include "events/event.hpp"

namespace byline::history {

/// Names that events told of, so that people and programs are shown by these rather than by ids: each by the
/// one it has after the last entry that was learned.
class Names {
 public:
  /// The id itself where there is none.
  std::string of(const std::string& id) const;
  void learn(const LogEntry& entry);

 private:
  std::map<std::string, std::string> names_;
};

}  // namespace byline::history
