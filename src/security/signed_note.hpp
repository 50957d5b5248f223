#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "security/seal.hpp"

namespace byline::security {

// Texts signed by one or more keys, each of which has a name (C2SP signed-note v1.0.0).

/// How a key signs. The numbers are the note's own.
enum class NoteKeyType : std::uint8_t {
  ed25519 = 1,      ///< the text
  cosignature = 4,  ///< the text as a witness saw it at a time (C2SP tlog-cosignature)
};

struct NoteSignature {
  std::string name;       ///< of the key
  std::uint32_t id = 0;   ///< of the key, a part of a hash
  std::string signature;  ///< raw bytes
};

struct SignedNote {
  std::string text;  ///< ends with a line feed
  std::vector<NoteSignature> signatures;
};
inline constexpr std::size_t kMaxNote = 1'000'000;  ///< bytes
/// The error is a part of a sentence: “the note …”.
std::expected<SignedNote, std::string> parse_note(std::string_view note, std::size_t most = kMaxNote);
std::string to_string(const SignedNote& note);
/// One line with its line feed, as notes have them after the text.
std::string to_string(const NoteSignature& signature);
/// Lines of signatures alone, as witnesses send them.
std::expected<std::vector<NoteSignature>, std::string> parse_note_signatures(std::string_view lines);

/// Whether a text can be the name of a key: no spaces, no `+`, no control characters.
bool is_note_key_name(std::string_view name);

/// The public half of a key. Text: `name+id+base64(type, key)`, the id in hexadecimal.
class NoteVerifier {
 public:
  static std::optional<NoteVerifier> parse(std::string_view text);
  NoteVerifier(std::string name, NoteKeyType type, const std::array<std::uint8_t, 32>& key);

  std::string text() const;
  const std::string& name() const { return name_; }
  std::uint32_t id() const { return id_; }
  NoteKeyType type() const { return type_; }

  /// Seconds since 1970 of the signature's making; 0 where its type says none.
  using SignedAt = std::int64_t;
  /// Checks the note's signature by this key. The error says that it has none, or none that is right.
  std::expected<SignedAt, std::string> check(const SignedNote& note) const;

 private:
  std::string name_;
  NoteKeyType type_;
  std::array<std::uint8_t, 32> key_;
  std::uint32_t id_;
};

/// The private half. Text: `PRIVATE+KEY+name+id+base64(type, seed)`, as Go's package `note` writes it.
class NoteSigner {
 public:
  static NoteSigner generate(std::string name, NoteKeyType type);
  static std::optional<NoteSigner> parse(std::string_view text);
  NoteSigner(std::string name, NoteKeyType type, const Key& seed);

  std::string private_text() const;
  const NoteVerifier& verifier() const { return verifier_; }
  /// `seconds`: since 1970; only cosignatures say it.
  NoteSignature sign(std::string_view text, std::int64_t seconds) const;

 private:
  std::array<std::uint8_t, 64> secret_;  ///< as libsodium has it
  NoteVerifier verifier_;
};

}  // namespace byline::security
