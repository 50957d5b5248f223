#include "service/checkpoint_key.hpp"

#include "security/sealed_text.hpp"
#include "service/carry_out.hpp"
#include "service/operator.hpp"

namespace byline {
namespace {

constexpr std::string_view kPurpose = "checkpoint key";

}  // namespace

std::expected<security::NoteSigner, std::string> ensure_checkpoint_key(
    Engine& engine, const security::Key& key_encryption_key, const std::string& origin,
    const std::string& fallback) {
  using security::NoteSigner;
  auto known = [&] {
    auto reader = engine.reader();
    return reader ? find_checkpoint_key(*reader) : std::nullopt;
  }();
  auto verifier = known ? security::NoteVerifier::parse(known->verifier_key) : std::nullopt;
  if (verifier && (origin.empty() || origin == verifier->name())) {
    auto text = security::open_text(key_encryption_key, kPurpose, known->verifier_key, known->sealed_key);
    auto signer = text ? NoteSigner::parse(*text) : std::nullopt;
    if (!signer) {
      return std::unexpected(
          "The key-encryption key is not the one of this data: it does not open the key of the log's "
          "checkpoints. "
          "Restore the right one.");
    }
    return *signer;
  }
  const auto& name = origin.empty() ? fallback : origin;
  if (!security::is_note_key_name(name)) {
    return std::unexpected("The log cannot be called \"" + name +
                           "\": its origin has no spaces, no plus sign and at most 255 bytes.");
  }
  auto signer = NoteSigner::generate(name, security::NoteKeyType::ed25519);
  CreateCheckpointKey command;
  command.verifier_key = signer.verifier().text();
  command.sealed_key =
      security::seal_text(key_encryption_key, kPurpose, command.verifier_key, signer.private_text());
  auto failure = failure_of(carry_out(engine, OrganizationId{}, std::move(command)));
  if (!failure.empty()) return std::unexpected(failure);
  return signer;
}

}  // namespace byline
