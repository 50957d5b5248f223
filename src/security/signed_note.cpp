#include "security/signed_note.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>

#include "security/base64.hpp"

namespace byline::security {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // an em dash and a space
constexpr std::size_t kMaxSignatures = 100;
constexpr std::string_view kPrivate = "PRIVATE+KEY+";
constexpr std::size_t kIdBytes = 4;
constexpr std::size_t kTimeBytes = 8;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
std::string_view view(const auto& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string big_endian(std::uint64_t number, std::size_t bytes) {
  std::string text;
  for (std::size_t i = bytes; i-- > 0;) text += static_cast<char>(number >> (8 * i) & 0xFF);
  return text;
}

std::uint64_t read_big_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

std::string hex(std::uint32_t id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[id >> shift & 15];
  return text;
}

/// The first four bytes of SHA-256 over name, line feed, type and public key.
std::uint32_t id_of(std::string_view name, NoteKeyType type, std::string_view key) {
  auto text = std::string(name) + '\n' + static_cast<char>(type) + std::string(key);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), raw(text), text.size());
  return static_cast<std::uint32_t>(read_big_endian(view(hash).substr(0, kIdBytes)));
}

/// What is signed: a witness adds the time at which it saw the text.
std::string message_of(NoteKeyType type, std::string_view text, std::int64_t seconds) {
  return type == NoteKeyType::cosignature
             ? "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text)
             : std::string(text);
}

/// `name+id+base64(type, key)`: name, id, type and the key's bytes.
struct KeyText {
  std::string name;
  std::uint32_t id = 0;
  NoteKeyType type = NoteKeyType::ed25519;
  Key key{};
};

std::optional<KeyText> read_key_text(std::string_view text) {
  auto first = text.find('+');
  auto second = text.find('+', first + 1);
  if (first == std::string_view::npos || second == std::string_view::npos) return std::nullopt;
  auto id = text.substr(first + 1, second - first - 1);
  auto key = from_base64(text.substr(second + 1));
  KeyText read{std::string(text.substr(0, first)), 0, NoteKeyType::ed25519, {}};
  auto parsed = std::from_chars(id.data(), id.data() + id.size(), read.id, 16);
  bool known = key && key->size() == 1 + read.key.size() && (key->front() == 1 || key->front() == 4);
  if (!is_note_key_name(read.name) || id.size() != 2 * kIdBytes || parsed.ptr != id.data() + id.size() ||
      !known)
    return std::nullopt;
  read.type = static_cast<NoteKeyType>(key->front());
  std::copy_n(raw(*key) + 1, read.key.size(), read.key.begin());
  return read;
}

std::string write_key_text(std::string_view name, std::uint32_t id, NoteKeyType type, std::string_view key) {
  return std::string(name) + "+" + hex(id) + "+" + to_base64(static_cast<char>(type) + std::string(key));
}

struct Pair {
  Key public_key;
  std::array<std::uint8_t, 64> secret;
};
Pair pair_of(const Key& seed) {
  Pair pair;
  crypto_sign_seed_keypair(pair.public_key.data(), pair.secret.data(), seed.data());
  return pair;
}

}  // namespace

// -- notes --

bool is_note_key_name(std::string_view name) {
  // Unicode's spaces outside ASCII are all of this beginning; a name with one is refused with some that are
  // harmless.
  constexpr std::string_view kMaybeSpaces[] = {"\xC2\xA0", "\xC2\x85",     "\xE1\x9A\x80",
                                               "\xE2\x80", "\xE2\x81\x9F", "\xE3\x80\x80"};
  auto bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '+' || c == '\x7F'; };
  return !name.empty() && name.size() <= 255 && std::ranges::none_of(name, bad) &&
         std::ranges::none_of(kMaybeSpaces,
                              [&](auto space) { return name.find(space) != std::string_view::npos; });
}

std::expected<std::vector<NoteSignature>, std::string> parse_note_signatures(std::string_view lines) {
  std::vector<NoteSignature> signatures;
  while (!lines.empty()) {
    auto end = lines.find('\n');
    auto line = lines.substr(0, end);
    auto space = line.rfind(' ');
    if (end == std::string_view::npos || !line.starts_with(kDash) || space < kDash.size())
      return std::unexpected("has a line among its signatures that is none");
    auto bytes = from_base64(line.substr(space + 1));
    auto name = line.substr(kDash.size(), space - kDash.size());
    if (!bytes || bytes->size() <= kIdBytes || !is_note_key_name(name))
      return std::unexpected("has a line among its signatures that is none");
    if (signatures.size() == kMaxSignatures) return std::unexpected("has too many signatures");
    signatures.push_back(
        {std::string(name),
         static_cast<std::uint32_t>(read_big_endian(std::string_view(*bytes).substr(0, kIdBytes))),
         bytes->substr(kIdBytes)});
    lines.remove_prefix(end + 1);
  }
  return signatures;
}

std::expected<SignedNote, std::string> parse_note(std::string_view note, std::size_t most) {
  if (note.size() > most) return std::unexpected("is too long");
  if (std::ranges::any_of(note, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\n'; }))
    return std::unexpected("has control characters");
  auto blank = note.rfind("\n\n");
  if (blank == std::string_view::npos) return std::unexpected("has no signatures");
  auto signatures = parse_note_signatures(note.substr(blank + 2));
  if (!signatures) return std::unexpected(signatures.error());
  if (signatures->empty()) return std::unexpected("has no signatures");
  return SignedNote{std::string(note.substr(0, blank + 1)), std::move(*signatures)};
}

std::string to_string(const NoteSignature& signature) {
  return std::string(kDash) + signature.name + " " +
         to_base64(big_endian(signature.id, kIdBytes) + signature.signature) + "\n";
}

std::string to_string(const SignedNote& note) {
  auto text = note.text + "\n";
  for (const auto& signature : note.signatures) text += to_string(signature);
  return text;
}

// -- keys --

NoteVerifier::NoteVerifier(std::string name, NoteKeyType type, const std::array<std::uint8_t, 32>& key)
    : name_(std::move(name)), type_(type), key_(key), id_(id_of(name_, type_, view(key_))) {}

std::optional<NoteVerifier> NoteVerifier::parse(std::string_view text) {
  auto read = read_key_text(text);
  if (!read) return std::nullopt;
  NoteVerifier verifier(std::move(read->name), read->type, read->key);
  if (verifier.id_ != read->id) return std::nullopt;
  return verifier;
}

std::string NoteVerifier::text() const { return write_key_text(name_, id_, type_, view(key_)); }

std::expected<NoteVerifier::SignedAt, std::string> NoteVerifier::check(const SignedNote& note) const {
  auto found = std::ranges::find_if(note.signatures,
                                    [this](const auto& one) { return one.name == name_ && one.id == id_; });
  if (found == note.signatures.end()) return std::unexpected("is not signed by " + name_);
  auto wrong = std::unexpected("bears a signature of " + name_ + " that is wrong");
  std::string_view signature = found->signature;
  SignedAt seconds = 0;
  if (type_ == NoteKeyType::cosignature) {
    if (signature.size() < kTimeBytes) return wrong;
    seconds = static_cast<SignedAt>(read_big_endian(signature.substr(0, kTimeBytes)));
    constexpr SignedAt kFarthest = 253'402'300'799;  // the end of the year 9999
    if (seconds < 0 || seconds > kFarthest) return wrong;
    signature.remove_prefix(kTimeBytes);
  }
  auto message = message_of(type_, note.text, seconds);
  if (signature.size() != crypto_sign_BYTES ||
      crypto_sign_verify_detached(raw(signature), raw(message), message.size(), key_.data()) != 0)
    return wrong;
  return seconds;
}

NoteSigner::NoteSigner(std::string name, NoteKeyType type, const Key& seed)
    : secret_(pair_of(seed).secret), verifier_(std::move(name), type, pair_of(seed).public_key) {}

NoteSigner NoteSigner::generate(std::string name, NoteKeyType type) {
  return {std::move(name), type, new_key()};
}

std::optional<NoteSigner> NoteSigner::parse(std::string_view text) {
  if (!text.starts_with(kPrivate)) return std::nullopt;
  auto read = read_key_text(text.substr(kPrivate.size()));
  if (!read) return std::nullopt;
  NoteSigner signer(std::move(read->name), read->type, read->key);
  if (signer.verifier_.id() != read->id) return std::nullopt;
  return signer;
}

std::string NoteSigner::private_text() const {
  auto seed =
      view(secret_).substr(0, crypto_sign_SEEDBYTES);  // libsodium keeps it in front of the public key
  return std::string(kPrivate) + write_key_text(verifier_.name(), verifier_.id(), verifier_.type(), seed);
}

NoteSignature NoteSigner::sign(std::string_view text, std::int64_t seconds) const {
  auto message = message_of(verifier_.type(), text, seconds);
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, raw(message),
                       message.size(), secret_.data());
  if (verifier_.type() == NoteKeyType::cosignature)
    signature.insert(0, big_endian(static_cast<std::uint64_t>(seconds), kTimeBytes));
  return {verifier_.name(), verifier_.id(), std::move(signature)};
}

}  // namespace byline::security
