#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "transparency/checkpoint.hpp"

namespace byline::transparency {

/// That an event is in a log, for who has nothing but this and the log's verifier key (C2SP tlog-proof v1).
/// The event's bytes are the proof's extra data.
struct Proof {
  std::string entry;        ///< the event as it is in the log
  std::uint64_t index = 0;  ///< its position less one
  std::vector<TreeHash> path;
  SignedCheckpoint checkpoint;
};

std::string to_string(const Proof& proof);
/// The error is a part of a sentence: “the proof …”.
std::expected<Proof, std::string> parse_proof(std::string_view text);

/// That the event is in the tree of the checkpoint, and that the log's key signed this. The error is as
/// above.
std::expected<void, std::string> check(const Proof& proof, const security::NoteVerifier& log_key);

}  // namespace byline::transparency
