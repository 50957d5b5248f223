#pragma once

#include <expected>
#include <string>

#include "engine/engine.hpp"
#include "security/seal.hpp"
#include "security/signed_note.hpp"

namespace byline {

struct CheckpointKey {
  security::NoteSigner signer;
  bool is_new = false;  ///< nothing was written to the log after it was made
};
/// The key that signs the log's checkpoints: the one that is there, or a new one where there is none or
/// `origin` is another name than its own. An empty `origin` is any; `fallback` is then the name of a first
/// one. The error is a sentence.
std::expected<CheckpointKey, std::string> ensure_checkpoint_key(Engine& engine,
                                                                const security::Key& key_encryption_key,
                                                                const std::string& origin,
                                                                const std::string& fallback);

/// The newest one that is in the data, to sign something else of the log with. The error is a sentence.
std::expected<security::NoteSigner, std::string> checkpoint_signer(const Database& database,
                                                                   const security::Key& key_encryption_key);

}  // namespace byline
