#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "transparency/checkpoint.hpp"

namespace byline::transparency {

// A part of a log in one file that can be checked without the log: entries with the proof of each, the keys
// that open their personal data and nothing else, and the log's signature under the whole. A signed note
// (C2SP signed-note) whose text is
//
//   byline evidence 1
//   of <whose, a line>
//   checkpoint <base64 of a signed checkpoint>
//   entry <index> <key of its sealed fields, base64url, or -> <hashes to the root, base64 with commas, or ->
//   <the entry's bytes> … end <number of entries>

struct EvidenceEntry {
  std::uint64_t index = 0;  ///< its position less one
  std::string opening;      ///< see opening.hpp; may be empty
  std::vector<TreeHash> path;
  std::string entry;  ///< as it is in the log
};
struct Evidence {
  std::string subject;
  SignedCheckpoint checkpoint;
  std::vector<EvidenceEntry> entries;  ///< in the log's order
};

std::string sign_evidence(const Evidence& evidence, const security::NoteSigner& signer);

/// Checks everything but whether something was left out, for which the signer answers: the signature under
/// the file, that under the checkpoint, and each entry's proof. The error is a part of a sentence: “the
/// evidence …”.
std::expected<Evidence, std::string> check_evidence(std::string_view file,
                                                    const security::NoteVerifier& log_key);

}  // namespace byline::transparency
