#include "engine/fold.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <stdexcept>
#include <vector>

#include "events/codec.hpp"

namespace byline {
namespace {

std::runtime_error failure(Position position, const std::string& what) {
  return std::runtime_error("The log cannot be folded at position " + std::to_string(position.value) + ": " +
                            what + ".");
}

/// Decodes one stretch of the log after the other. What an owner's key opens is remembered from one to the
/// next.
class StretchDecoder {
 public:
  /// `opened`: whether any of those that share it has opened a key.
  StretchDecoder(const Database& database, std::atomic<bool>& opened)
      : database_(database), keys_(database, opened) {}

  /// The entries after `after`, up to `end`, having checked that positions have no gap. Valid until the next
  /// call.
  std::span<const LogEntry> decode(Position after, Position end) {
    entries_.clear();
    auto cursor = database_.log().read(after);
    for (auto position = after; position < end && cursor->next();) {
      ++position.value;
      if (cursor->position() != position)
        throw std::runtime_error("The log has a gap: position " + std::to_string(position.value) +
                                 " is missing.");
      entries_.push_back(decode_at(position, cursor->bytes(), keys_));
    }
    return entries_;
  }

 private:
  class Keys final : public EntryOpener {
   public:
    Keys(const Database& database, std::atomic<bool>& opened)
        : keys_(database.subject_keys()), opened_(opened) {}
    SealState open(const DataOwner& owner, const EventId& event, std::string_view sealed,
                   std::string& fields) const override {
      auto state = keys_.open(owner, event, sealed, fields);
      if (state == SealState::open) opened_.store(true, std::memory_order_relaxed);
      return state;
    }
    bool has_opened() const override { return opened_.load(std::memory_order_relaxed); }

   private:
    const SubjectKeys keys_;
    std::atomic<bool>& opened_;
  };

  const Database& database_;
  const Keys keys_;
  std::vector<LogEntry> entries_;
};

/// Calls `each(entry)` for every entry after `after`, up to `end`. Two threads decode by turns, a stretch
/// each, while the caller takes what they decoded before: opening what is sealed takes longer than all else.
template <class Each>
void for_each_entry(const Database& database, Position after, Position end, Each&& each) {
  constexpr std::uint64_t kStretch = 8192;
  std::atomic<bool> opened = false;
  struct Lane {
    StretchDecoder decoder;
    std::future<std::span<const LogEntry>> decoded;
  };
  std::array<Lane, 2> lanes = {{{{database, opened}, {}}, {{database, opened}, {}}}};
  auto begin = [&end](Lane& lane, Position from) {
    if (from >= end) return;
    Position to{std::min(end.value, from.value + kStretch)};
    lane.decoded = std::async(std::launch::async,
                              [&decoder = lane.decoder, from, to] { return decoder.decode(from, to); });
  };
  begin(lanes[0], after);
  for (std::size_t turn = 0; after < end; ++turn) {
    after.value += kStretch;
    begin(lanes[(turn + 1) % 2], after);
    for (const auto& entry : lanes[turn % 2].decoded.get()) each(entry);
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
