#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byline {

/// An application's whole life as the log has it: what happened to it, to its credentials and to the roles
/// that it had, who did that, and what it did itself; as a file that can be checked without the log. It
/// covers what the last checkpoint covers. A service may be using the directory. The error is a sentence.
std::expected<std::string, std::string> make_evidence(const std::filesystem::path& data,
                                                      const std::filesystem::path& key_file,
                                                      const std::string& application);

struct CheckedEvidence {
  std::string subject;
  std::string origin;                                         ///< of the log
  std::uint64_t entries = 0;                                  ///< that the log had at the checkpoint
  std::vector<std::pair<std::uint64_t, std::string>> events;  ///< position; the event, as read_log shows it
};
/// Checks such a file with the log's verifier key: every signature, every proof, every opened field. That
/// nothing was left out is what the log's signature says. The error is a sentence.
std::expected<CheckedEvidence, std::string> check_evidence(std::string_view file, const std::string& key);

}  // namespace byline
