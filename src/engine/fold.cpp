#include "engine/fold.hpp"

#include <stdexcept>

#include "engine/batch_rows.hpp"
#include "events/codec.hpp"

namespace byline {
namespace {

constexpr std::size_t kFoldBatch = 4096;  ///< events folded between two writes of a view's rows

/// Calls `each(entry)` for every entry after `after`, having checked that positions have no gap.
template <class Each>
std::expected<void, std::string> for_each_entry(const Database& database, Position after, Each&& each) {
  auto keys = database.subject_keys();
  auto expected = after;
  auto failure = [&expected](const std::string& what) {
    return std::unexpected("The log cannot be folded at position " + std::to_string(expected.value) + ": " +
                           what + ".");
  };
  try {
    for (auto cursor = database.log().read(after); cursor->next();) {
      ++expected.value;
      if (cursor->position() != expected) {
        return std::unexpected("The log has a gap: position " + std::to_string(expected.value) +
                               " is missing.");
      }
      auto entry = decode(cursor->bytes(), &keys);
      if (!entry) return failure(entry.error().reason);
      if (entry->position != expected) return failure("the entry says that it is another one");
      if (entry->seal == SealState::locked) {
        return std::unexpected(
            "The key-encryption key is not the one of this data: it does not open the personal data at "
            "position " +
            std::to_string(expected.value) + ". Restore the right one.");
      }
      each(*entry);
    }
  } catch (const std::exception& error) {
    return failure(error.what());
  }
  return {};
}

}  // namespace

std::expected<void, std::string> fold_log(const Database& database, State& state) {
  return for_each_entry(database, state.tail(), [&state](const LogEntry& entry) { state.evolve(entry); });
}

std::expected<void, std::string> fold_view(Database& database, View view,
                                           rocksdb::ColumnFamilyHandle* family) {
  const auto& projection = *projections()[static_cast<std::size_t>(view)];
  rocksdb::WriteOptions bulk;
  bulk.disableWAL = true;  // made durable by the flush at the end, or made again
  rocksdb::WriteBatch writes;
  BatchRows rows(database.rocks(), family, writes);
  std::size_t pending = 0;
  auto write_out = [&] {
    rows.flush();
    if (auto status = database.rocks().Write(bulk, &writes); !status.ok()) {
      throw std::runtime_error("rows cannot be written: " + status.ToString());
    }
    writes.Clear();
    pending = 0;
  };
  auto folded = for_each_entry(database, Position{}, [&](const LogEntry& entry) {
    projection.apply(entry, rows);
    if (++pending == kFoldBatch) write_out();
  });
  if (!folded) return folded;
  try {
    write_out();
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()) + ".");
  }
  if (auto status = database.rocks().Flush({}, family); !status.ok()) {
    return std::unexpected("Rows cannot be written: " + status.ToString() + ".");
  }
  return {};
}

}  // namespace byline
