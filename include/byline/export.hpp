#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

namespace byline {

/// What a log was written out as, or made of.
struct ExportedLog {
  std::uint64_t entries = 0;
  std::uint64_t keys = 0;  ///< of personal data, sealed by the key-encryption key
  std::string root;        ///< of the tree over the entries, base64
};

using ExportProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

/// Writes the log of a data directory, which a service may be using, as lines of JSON; docs/log-format.md has
/// their form. The error is a sentence.
std::expected<ExportedLog, std::string> export_log(const std::filesystem::path& data, std::ostream& out,
                                                   const ExportProgress& progress = {});

/// Makes a data directory of such lines, and verifies the log. Views are built by the first start. The
/// directory must not be there yet, or be empty; after an error, or a crash, it is as it was. The error is a
/// sentence, and names the line. `all` is 0 in `progress`.
std::expected<ExportedLog, std::string> import_log(std::istream& in, const std::filesystem::path& data,
                                                   const ExportProgress& progress = {});

}  // namespace byline
