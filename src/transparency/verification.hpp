#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/database.hpp"
#include "transparency/checkpoint.hpp"

namespace byline::transparency {

/// Something that is not as it must be.
struct Finding {
  std::uint64_t position = 0;  ///< in the log; 0 where it is not one entry's
  std::string what;            ///< a sentence
};

struct VerificationOptions {
  /// The log's own; nullopt: the one that the log itself names, which proves nothing against who can write
  /// the log.
  std::optional<security::NoteVerifier> key = {};
  /// An older checkpoint of which somebody kept a copy.
  std::optional<SignedCheckpoint> since = {};
  bool entries = true;  ///< decode every entry, and look at commits, versions and times
  bool views = true;    ///< fold every view again, and compare; needs `entries`
  std::uint64_t max_findings = 100;
  std::function<void(std::uint64_t done, std::uint64_t all)> progress = {};  ///< now and then
};

struct Verification {
  std::uint64_t size = 0;                ///< entries that the log has
  TreeHash root{};                       ///< of the tree over them
  std::optional<Checkpoint> checkpoint;  ///< the one that the log published last
  std::string key;                       ///< the verifier key that checkpoints were checked with
  std::vector<Finding> findings;         ///< none: all is well
  bool more = false;                     ///< there are more findings than asked for
  /// Views whose rows another release or another definition made, or that are being built: they are not
  /// compared, and the service makes them anew.
  std::vector<std::string> other_views;
  /// False where personal data could not be opened for want of the key-encryption key, nor views be compared.
  bool opened = true;
};

/// The newest key that the log itself names for its checkpoints, or the newest with that name; nullopt where
/// it has none.
std::optional<security::NoteVerifier> own_key(const Database& database, std::string_view origin = {});

/// Reads a whole log and holds it against itself, its tree, its checkpoints and its views. The database is
/// opened as a follower, and nothing in it is changed. The error is a sentence: it could not be read to the
/// end.
std::expected<Verification, std::string> verify(Database& database, const VerificationOptions& options);

}  // namespace byline::transparency
