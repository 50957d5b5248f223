#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "log/merkle.hpp"
#include "security/signed_note.hpp"

namespace byline::transparency {

/// What a log says of itself at a moment (C2SP tlog-checkpoint): so many entries, and the root of the tree
/// over them.
struct Checkpoint {
  std::string origin;  ///< which log
  std::uint64_t size = 0;
  TreeHash root{};
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

/// The text that is signed.
std::string text_of(const Checkpoint& checkpoint);

struct SignedCheckpoint {
  Checkpoint checkpoint;
  security::SignedNote note;
};
/// The error is a part of a sentence: “the checkpoint …”. Signatures are not checked here.
std::expected<SignedCheckpoint, std::string> parse_checkpoint(std::string_view note);

/// Standard base64, as checkpoints and proofs have it.
std::string to_base64(const TreeHash& hash);
std::optional<TreeHash> hash_from_base64(std::string_view text);

/// A size as all of C2SP's texts write it: decimal digits, no zero in front.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Takes the line in front, without its line feed, off the text; nullopt where there is no whole one.
std::optional<std::string_view> take_line(std::string_view& text);

}  // namespace byline::transparency
