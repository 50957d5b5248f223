#pragma once

#include <condition_variable>
#include <expected>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "engine/engine.hpp"
#include "security/deployment_keys.hpp"

namespace byline {

/// Sees to it that there is a key to sign tokens with, and that it is of the algorithm that is asked for:
/// where it is not, makes one, which signs at once. The error is a sentence, also where the keys do not open
/// the one that is there.
std::expected<void, std::string> ensure_signing_key(Engine& engine, const security::DeploymentKeys& keys,
                                                    std::optional<SignatureAlgorithm> algorithm);

/// Replaces the key by age, on a thread of its own: the new one is published `kPublishedBefore` ahead of its
/// use.
class KeyRotation {
 public:
  static constexpr std::int64_t kPublishedBefore = 60LL * 60 * 1'000'000;  ///< microseconds

  KeyRotation(Engine& engine, const security::Key& key_encryption_key, std::int64_t days);
  ~KeyRotation();
  KeyRotation(const KeyRotation&) = delete;
  KeyRotation& operator=(const KeyRotation&) = delete;

 private:
  void run();
  void rotate_if_due();

  Engine& engine_;
  const security::Key key_encryption_key_;
  const std::int64_t days_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace byline
