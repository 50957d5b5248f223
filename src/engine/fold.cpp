#include "engine/fold.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <stdexcept>
#include <vector>

#include "engine/crew.hpp"
#include "events/codec.hpp"

namespace byline {
namespace {

std::runtime_error failure(Position position, const std::string& what) {
  return std::runtime_error("The log cannot be folded at position " + std::to_string(position.value) + ": " +
                            what + ".");
}

/// Calls `each(entry)` for every entry after `after`, up to `end`, having checked that none is missing.
class EntryReader {
 public:
  EntryReader(const Database& database, Position after, Position end, Haste haste)
      : database_(database), cursor_(database.log().read(after)), read_(after), end_(end), haste_(haste) {}

  template <class Each>
  void run(Each&& each) {
    if (haste_ == Haste::gives_way || end_.value - std::min(read_, end_).value < kFew) {
      decode_here(each);
    } else {
      decode_ahead(each);
    }
  }

 private:
  template <class Each>
  void decode_here(Each&& each) {
    Lane lane(database_);
    for (std::size_t count = 0; read_ < end_; ++count) {
      if (haste_ == Haste::gives_way && count % 64 == 0) let_others_on();
      auto bytes = next();
      each(decode_at(read_, bytes, lane.keys));
    }
  }
  /// Two threads decode by turns, a stretch each, while the caller takes what was decoded before: opening
  /// what is sealed takes longer than all else.
  template <class Each>
  void decode_ahead(Each&& each) {
    Lane lanes[] = {Lane(database_), Lane(database_)};
    bool opened = false;
    begin(lanes[0]);
    for (std::size_t turn = 0; !lanes[turn % 2].bytes.empty(); ++turn) {
      auto& lane = lanes[turn % 2];
      begin(lanes[(turn + 1) % 2]);
      lane.decoded.get();
      for (const auto& entry : lane.entries) each(entry);
      opened = opened || lane.keys.has_opened();
      // What it could not decode says why now that all before it is known.
      for (auto i = lane.entries.size(); i < lane.bytes.size(); ++i)
        each(decode_at({lane.first.value + i}, lane.bytes[i], lane.keys, opened));
    }
  }

  static constexpr std::uint64_t kFew = 512;          ///< for which no thread is begun
  static constexpr std::size_t kMost = 8192;          ///< entries of a stretch,
  static constexpr std::size_t kMostBytes = 4 << 20;  ///< about, so that large ones do not fill the memory

  struct Lane {
    explicit Lane(const Database& database) : keys(database.subject_keys()) {}
    const SubjectKeys keys;  ///< what they open is remembered from one stretch to the next
    Position first{};
    std::vector<std::string> bytes;
    std::vector<LogEntry> entries;  ///< as far as they can be decoded
    std::future<void> decoded;      ///< the first to go: it works on the others
  };

  /// The next entry's; `read_` is its position then.
  std::string_view next() {
    ++read_.value;
    return next_at(*cursor_, read_);
  }
  /// Reads the next stretch, which has no entries at the end, and begins to decode it.
  void begin(Lane& lane) {
    lane.first = {read_.value + 1};
    lane.bytes.clear();
    for (std::size_t bytes = 0; read_ < end_ && lane.bytes.size() < kMost && bytes < kMostBytes;) {
      lane.bytes.emplace_back(next());
      bytes += lane.bytes.back().size();
    }
    if (!lane.bytes.empty()) lane.decoded = std::async([&lane] { decode(lane); });
  }
  static void decode(Lane& lane) {
    lane.entries.clear();
    try {
      for (const auto& bytes : lane.bytes)
        lane.entries.push_back(decode_at({lane.first.value + lane.entries.size()}, bytes, lane.keys));
    } catch (const std::exception&) {
      return;  // whoever takes them decodes the rest
    }
  }

  const Database& database_;
  const std::unique_ptr<LogCursor> cursor_;
  Position read_;
  const Position end_;
  const Haste haste_;
};

}  // namespace

std::string_view next_at(LogCursor& cursor, Position position) {
  if (!cursor.next() || cursor.position() != position)
    throw std::runtime_error("The log has a gap: position " + std::to_string(position.value) +
                             " is missing.");
  return cursor.bytes();
}

LogEntry decode_at(Position position, std::string_view bytes, const EntryOpener& keys, bool has_opened) {
  auto entry = decode(bytes, &keys);
  if (!entry) throw failure(position, entry.error().reason);
  if (entry->position != position) throw failure(position, "the entry says that it is another one");
  if (entry->seal == SealState::locked) {
    if (has_opened || keys.has_opened())
      throw failure(position, "the key of its personal data is damaged, or missing");
    throw std::runtime_error(
        "The key-encryption key is not the one of this data: it does not open the personal data at "
        "position " +
        std::to_string(position.value) + ". Restore the right one.");
  }
  return std::move(*entry);
}

std::expected<void, std::string> fold_log(const Database& database, State& state, Position end,
                                          Haste haste) try {
  EntryReader(database, state.tail(), end, haste).run([&state](const LogEntry& entry) {
    state.evolve(entry);
  });
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

void fold_together(const Database& database, std::span<OngoingFold> folds, Position end, Haste haste) {
  Position after = end;
  for (const auto& fold : folds) after = std::min(after, fold.folded);
  EntryReader(database, after, end, haste).run([folds](const LogEntry& entry) {
    for (auto& fold : folds) fold.take(entry);
  });
}

}  // namespace byline
