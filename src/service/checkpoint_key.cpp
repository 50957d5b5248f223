#include "service/checkpoint_key.hpp"

#include "security/sealed_text.hpp"
#include "service/carry_out.hpp"
#include "service/operator.hpp"

namespace byline {
namespace {

constexpr std::string_view kPurpose = "checkpoint key";

/// A first start may be cut short between making the key and the first checkpoint.
bool is_last_entry(const Engine& engine, const std::string& verifier_key) {
  auto reader = engine.reader();
  auto last = reader ? reader->entry(reader->tail()) : std::nullopt;
  const auto* created = last ? std::get_if<CheckpointKeyCreated>(&last->event) : nullptr;
  return created && created->verifier_key == verifier_key;
}

std::expected<security::NoteSigner, std::string> open_signer(const CheckpointKeyRow& row,
                                                             const security::Key& key_encryption_key) {
  auto text = security::open_text(key_encryption_key, kPurpose, row.verifier_key, row.sealed_key);
  auto signer = text ? security::NoteSigner::parse(*text) : std::nullopt;
  if (!signer) {
    return std::unexpected(std::string(
        "The key-encryption key is not the one of this data: it does not open the key of the log's "
        "checkpoints. Restore the right one."));
  }
  return std::move(*signer);
}

}  // namespace

std::expected<security::NoteSigner, std::string> checkpoint_signer(const Database& database,
                                                                   const security::Key& key_encryption_key) {
  auto* family = database.rows(View::checkpoint_keys);
  std::unique_ptr<rocksdb::Iterator> newest(family ? database.rocks().NewIterator({}, family) : nullptr);
  if (newest) newest->SeekToLast();
  if (!newest || !newest->Valid())
    return std::unexpected(std::string("The log has no key for checkpoints yet: start the service once."));
  return open_signer(parse_checkpoint_key_row(newest->value().ToStringView()), key_encryption_key);
}

std::expected<CheckpointKey, std::string> ensure_checkpoint_key(Engine& engine,
                                                                const security::Key& key_encryption_key,
                                                                const std::string& origin,
                                                                const std::string& fallback) {
  using security::NoteSigner;
  auto known = [&] {
    auto reader = engine.reader();
    return reader ? find_checkpoint_key(*reader) : std::nullopt;
  }();
  auto verifier = known ? security::NoteVerifier::parse(known->verifier_key) : std::nullopt;
  if (verifier && (origin.empty() || origin == verifier->name())) {
    auto signer = open_signer(*known, key_encryption_key);
    if (!signer) return std::unexpected(signer.error());
    return CheckpointKey{std::move(*signer), is_last_entry(engine, known->verifier_key)};
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
  return CheckpointKey{std::move(signer), true};
}

}  // namespace byline
