#pragma once

#include <expected>
#include <string>

#include "transparency/verification.hpp"

namespace byline {

/// Holds a whole log against itself, its tree and its checkpoint; the views are not looked at. The error
/// is a sentence about the first thing that is not as it must be.
std::expected<void, std::string> check_log(Database& database, transparency::VerificationOptions options);

}  // namespace byline
