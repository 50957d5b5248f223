#pragma once

#include <cstdint>
#include <expected>
#include <string>

#include "engine/compare_rows.hpp"
#include "engine/database.hpp"

namespace byline {

/// What came of building a view anew from the log.
struct RebuildReport : RowsCompared {  ///< the rows before with those after
  View view;
  Position checkpoint;
  double seconds = 0;
};

/// Folds the log from position 1 into fresh rows beside the live ones, compares the two, and puts the fresh
/// ones in place in one durable step. A crash before that step leaves the old rows; what was begun is cleared
/// away at the next opening. Not while a writer runs on the same database.
std::expected<RebuildReport, std::string> rebuild_view(Database& database, View view);

/// Builds anew every view that is not at the log's tail, or that another version of its projection made.
std::expected<void, std::string> catch_up_views(Database& database);

}  // namespace byline
