#pragma once

#include <expected>
#include <string>

#include "domain/state.hpp"
#include "engine/database.hpp"

namespace byline {

/// Folds every entry after the state's tail into it. The error names the position and says what is wrong
/// there.
std::expected<void, std::string> fold_log(const EventLog& log, State& state);

/// Brings every view to the log's tail: folds what is missing, and builds anew what another version made.
std::expected<void, std::string> catch_up_views(Database& database);

/// Folds entries `after` … tail into rows of one view. Durable only once the family is flushed.
std::expected<void, std::string> fold_view(Database& database, View view, rocksdb::ColumnFamilyHandle* family,
                                           Position after);

}  // namespace byline
