#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace byline {

struct WitnessOptions {
  std::filesystem::path directory =
      "witness";                       ///< its key and what it signed last; made where it is not there
  std::string name = {};               ///< its key's, such as witness.example.org; its key goes with it
  std::vector<std::string> logs = {};  ///< verifier keys of the logs that it signs for
  std::string address = "127.0.0.1";   ///< to listen on
  std::uint16_t port = 8081;           ///< 0: the system picks one
};

/// Signs the checkpoints of others' logs over HTTP (C2SP tlog-witness). Thread-safe.
class WitnessService {
 public:
  /// The error is a sentence for an operator.
  static std::expected<std::unique_ptr<WitnessService>, std::string> start(const WitnessOptions& options);
  ~WitnessService();
  WitnessService(const WitnessService&) = delete;
  WitnessService& operator=(const WitnessService&) = delete;

  std::uint16_t port() const;
  /// What others check its signatures with.
  std::string verifier_key() const;
  void stop();
  void wait();

 private:
  struct Parts;
  explicit WitnessService(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace byline
