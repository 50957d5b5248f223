#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/bulk_rows.hpp"
#include "engine/crew.hpp"
#include "engine/database.hpp"

namespace byline {

/// Folds the log into the rows of several views at once: the log is read and decoded one time for all of
/// them, stretch by stretch, and while one stretch is folded, each view by itself and where it may be in as
/// many lanes as the crew has threads, the next is decoded.
/// Their rows go to the database together: sorted view by view, written range of keys by range of keys.
/// Memory does not grow with the log. One thread at a time.
class BulkFold {
 public:
  struct Limits {
    std::size_t row_bytes;                ///< about how much of the rows is in memory, of all views together
    std::size_t stretch;                  ///< entries, at most
    std::uint64_t unstored;               ///< entries that have to be folded again after a crash, at most
    std::size_t stretch_bytes = 8 << 20;  ///< about, at most: large entries do not fill the memory
  };
  static Limits usual_limits();
  BulkFold(Database& database, Crew& crew, Limits limits = usual_limits())
      : database_(database), crew_(crew), limits_(limits), keys_(database.shared_subject_keys()) {}

  struct Target {
    View view;
    Family family;
    std::unique_ptr<BulkRows> rows;
    std::optional<Stall> failure = {};  ///< it is folded no further; the others are
  };
  void add(View view, Family family, const std::filesystem::path& scratch);
  const std::vector<Target>& targets() const { return targets_; }

  /// The last position that is in all of the rows.
  Position folded() const;
  /// Up to there, or until `go_on` says no, which is asked between two stretches, with the last position that
  /// is in all of the rows. Throws std::runtime_error where the log cannot be read, or rows cannot be
  /// written.
  void run(Position end, const std::function<bool(Position)>& go_on);
  /// Hands to the database what is still in memory. Throws likewise.
  void flush();

 private:
  /// A part of what is folded into a view.
  struct Lane {
    std::size_t target, number;
    std::optional<Stall> failure = {};
    std::chrono::nanoseconds took{};  ///< folding it
  };
  struct Stretch {
    std::vector<std::string> bytes;
    std::vector<LogEntry> entries;
    Position first;
    std::size_t size = 0;
  };
  void read(LogCursor& cursor, Position end, Stretch& stretch) const;
  void decode_part(Stretch& stretch, std::size_t part, std::size_t parts) const;
  void fold(Lane& lane, const Stretch& stretch) const;
  void settle(const Stretch& stretch);
  std::vector<Lane*> longest_first();
  void make_room();
  void flush(const std::function<bool(const Target&)>& is_meant);

  Database& database_;
  Crew& crew_;
  const Limits limits_;
  std::vector<Target> targets_;
  std::vector<Lane> lanes_;
  const SharedSubjectKeys keys_;
};

}  // namespace byline
