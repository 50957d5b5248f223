#pragma once

#include <expected>
#include <string>

#include "domain/state.hpp"
#include "engine/database.hpp"

namespace byline {

/// Folds every entry after the state's tail into it. The error names the position and says what is wrong
/// there.
std::expected<void, std::string> fold_log(const Database& database, State& state);

/// Folds the whole log into rows of one view, in an empty column family, and makes them durable.
std::expected<void, std::string> fold_view(Database& database, View view,
                                           rocksdb::ColumnFamilyHandle* family);

}  // namespace byline
