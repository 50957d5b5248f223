#pragma once

#include <expected>
#include <stdexcept>
#include <string>
#include <string_view>

#include "domain/state.hpp"
#include "engine/database.hpp"

namespace byline {

/// The entry that must stand at this position. Throws std::runtime_error, which names the position, where it
/// is another one, or cannot be read with these keys.
LogEntry decode_at(Position position, std::string_view bytes, const SubjectKeys& keys);

/// Folds the entries after the state's tail into it, up to `end`. The error names the position and says what
/// is wrong there.
std::expected<void, std::string> fold_log(const Database& database, State& state, Position end);

/// Folds the entries after `after`, up to `end`, into the rows. Throws std::runtime_error likewise, and
/// Unfoldable where the view cannot take one.
void fold_stretch(const Database& database, Position after, Position end, const Projection& projection,
                  Rows& rows);

/// A view cannot take an entry: a bug of its projection, or rows that are damaged.
struct Unfoldable : std::runtime_error {
  explicit Unfoldable(Stall of) : std::runtime_error(of.reason), stall(std::move(of)) {}
  Stall stall;
};

}  // namespace byline
