#include "engine/fold.hpp"

#include <algorithm>
#include <stdexcept>

#include "events/codec.hpp"

namespace byline {
namespace {

std::runtime_error failure(Position position, const std::string& what) {
  return std::runtime_error("The log cannot be folded at position " + std::to_string(position.value) + ": " +
                            what + ".");
}

/// Calls `each(entry)` for every entry after `after`, up to `end`, having checked that positions have no gap.
template <class Each>
void for_each_entry(const Database& database, Position after, Position end, Each&& each) {
  auto keys = database.subject_keys();
  auto cursor = database.log().read(after);
  for (auto position = after; position < end && cursor->next();) {
    ++position.value;
    if (cursor->position() != position)
      throw std::runtime_error("The log has a gap: position " + std::to_string(position.value) +
                               " is missing.");
    each(decode_at(position, cursor->bytes(), keys));
  }
}

}  // namespace

LogEntry decode_at(Position position, std::string_view bytes, const EntryOpener& keys) {
  auto entry = decode(bytes, &keys);
  if (!entry) throw failure(position, entry.error().reason);
  if (entry->position != position) throw failure(position, "the entry says that it is another one");
  if (entry->seal == SealState::locked) {
    if (keys.has_opened()) throw failure(position, "the key of its personal data is damaged, or missing");
    throw std::runtime_error(
        "The key-encryption key is not the one of this data: it does not open the personal data at "
        "position " +
        std::to_string(position.value) + ". Restore the right one.");
  }
  return std::move(*entry);
}

std::expected<void, std::string> fold_log(const Database& database, State& state, Position end) try {
  for_each_entry(database, state.tail(), end, [&state](const LogEntry& entry) { state.evolve(entry); });
  return {};
} catch (const std::exception& error) {
  return std::unexpected(error.what());
}

void OngoingFold::take(const LogEntry& entry) {
  if (failure || entry.position <= folded) return;
  try {
    projection.apply(entry, rows);
    folded = entry.position;
  } catch (const std::exception& error) {
    failure = Stall{entry.position, error.what()};
  }
}

void fold_together(const Database& database, std::span<OngoingFold> folds, Position end) {
  Position after = end;
  for (const auto& fold : folds) after = std::min(after, fold.folded);
  for_each_entry(database, after, end, [folds](const LogEntry& entry) {
    for (auto& fold : folds) fold.take(entry);
  });
}

}  // namespace byline
