#pragma once

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "http/server/server_options.hpp"

namespace byline::http {

/// What TLS connections begin with: certificate, key and rules. The files are looked at again when somebody
/// connects, once a second at most, and taken anew when they changed; where they cannot be used, those before
/// stay. One thread's, but what `current` gives may be used by any.
class TlsContexts {
 public:
  /// The error is a sentence for an operator.
  static std::expected<std::unique_ptr<TlsContexts>, std::string> open(TlsOptions options);

  std::shared_ptr<boost::asio::ssl::context> current();

 private:
  using Stamp = std::array<std::pair<std::filesystem::file_time_type, std::uintmax_t>, 3>;
  explicit TlsContexts(TlsOptions options) : options_(std::move(options)) {}
  Stamp stamp() const;

  const TlsOptions options_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  Stamp loaded_{};
  std::chrono::steady_clock::time_point looked_at_{};
};

}  // namespace byline::http
