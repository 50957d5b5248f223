#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "transparency/checkpoint.hpp"

namespace byline::transparency {

/// Signs checkpoints of logs that it knows, each only if it continues the one that it signed before: so that
/// a log cannot show one history to some and another to others (C2SP tlog-witness, tlog-cosignature). What it
/// signed last is kept in a directory, one file a log. Thread-safe.
class Witness {
 public:
  /// `logs`: the verifier keys of those that it signs for.
  Witness(std::filesystem::path directory, security::NoteSigner key,
          std::vector<security::NoteVerifier> logs);

  struct Answer {
    unsigned status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
  };
  /// The request `add-checkpoint`, by its body. Durable before it answers. `seconds`: since 1970.
  Answer add_checkpoint(std::string_view body, std::int64_t seconds);

  const security::NoteVerifier& key() const { return key_.verifier(); }

 private:
  std::filesystem::path file_of(const std::string& origin) const;

  const std::filesystem::path directory_;
  const security::NoteSigner key_;
  const std::vector<security::NoteVerifier> logs_;
  std::mutex mutex_;
};

}  // namespace byline::transparency
