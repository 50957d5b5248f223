#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace byline {

/// How to verify a log.
struct VerifyOptions {
  std::filesystem::path data = "data";
  /// The log's verifier key (C2SP signed-note), from somewhere that who writes the log cannot write; empty:
  /// the one that the log itself names.
  std::string key = {};
  std::filesystem::path key_file = {};  ///< of the key-encryption key, as ServiceOptions has it
  std::filesystem::path since = {};     ///< a file with an older checkpoint; may be empty
  bool entries = true;                  ///< also decode every entry, and look at commits, versions and times
  bool views = true;                    ///< also fold every view again, and compare
  std::function<void(std::uint64_t done, std::uint64_t all)> progress = {};  ///< now and then
};

/// Something that is not as it must be.
struct VerifyFinding {
  std::uint64_t position = 0;  ///< in the log; 0 where it is not one entry's
  std::string what;            ///< a sentence
};

struct VerifyReport {
  std::uint64_t entries = 0;            ///< that the log has
  std::string root;                     ///< of the tree over them, base64
  std::uint64_t signed_entries = 0;     ///< those that the last checkpoint covers
  std::string key;                      ///< that checkpoints were checked with; empty where there is none
  std::vector<VerifyFinding> findings;  ///< none: all is well
  bool more = false;                    ///< there are more
  std::vector<std::string> other_views =
      {};              ///< not of this release or definition, or being built: not compared
  bool opened = true;  ///< false: without the key-encryption key personal data and views were left out
};

/// Reads a whole log and holds it against itself, its tree, its checkpoints and its views; changes nothing. A
/// service may be using the directory. The error says why it could not be read to the end.
std::expected<VerifyReport, std::string> verify_log(const VerifyOptions& options);

/// An event that a proof shows to be in a log.
struct ProvenEvent {
  std::uint64_t position = 0;
  std::string json;                    ///< the event as the log has it, or opened
  std::string origin;                  ///< of the log
  std::uint64_t entries = 0;           ///< that the log had at the checkpoint
  std::vector<std::string> witnesses;  ///< those of the given ones that signed the checkpoint, with the time
};
/// Checks a proof (C2SP tlog-proof) with the log's verifier key and with those of witnesses, all of which
/// must have signed; and opens the event's personal data with the key that came with the proof, where one is
/// given. The error is a sentence.
std::expected<ProvenEvent, std::string> verify_proof(std::string_view proof, const std::string& key,
                                                     const std::vector<std::string>& witnesses,
                                                     const std::string& opening = {});

/// The verifier key that the log itself names; the error says why there is none.
std::expected<std::string, std::string> checkpoint_key(const std::filesystem::path& data);

}  // namespace byline
