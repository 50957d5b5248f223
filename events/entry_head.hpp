#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "events/event.hpp"

namespace byline {

/// What of an entry is not in its `LogEntry` yet when its head was read.
struct EntryHead {
  std::string_view type;
  std::int64_t schema = 0;
  std::optional<std::string_view> sealed;
  std::string_view data;  ///< all that follows, but the last bracket: one JSON object, if nothing is damaged
};

/// Reads what stands before an entry's data, where the bytes are laid out to the letter as `encode` lays them
/// out: every long read goes through here, and comparing with what is expected costs a fraction of reading
/// any JSON there could be. nullopt where anything is laid out in another way, or wrong: to be read as JSON,
/// which also finds the reason. What it does read it reads as that would.
std::optional<EntryHead> read_head_as_written(std::string_view bytes, LogEntry& entry);

}  // namespace byline
