#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace byline::http {

/// Files are PEM.
struct TlsOptions {
  std::filesystem::path certificate;  ///< with those that lead to its authority
  std::filesystem::path key;
  bool ask_client_certificate = false;   ///< a client may come without one all the same
  std::filesystem::path client_ca = {};  ///< authorities whose clients' certificates are trusted
};

/// Every wait has an end and every size a bound. Timeouts are kept to within an eighth of the shortest one,
/// and at most a quarter of a second late.
struct ServerOptions {
  std::string address = "127.0.0.1";  ///< IPv4 or IPv6; `::` serves both
  std::uint16_t port = 0;             ///< 0: the system picks one
  std::optional<TlsOptions> tls = {};
  /// How many proxies stand before the server: so far from the right in X-Forwarded-For is the client's
  /// address. 0: the header says nothing.
  unsigned proxies = 0;
  unsigned io_threads = 0;  ///< 0: one for each processor
  std::size_t max_connections = 10'000;
  std::size_t header_limit = 16 * 1024;  ///< bytes of request line and header together
  std::size_t body_limit = 1024 * 1024;  ///< bytes, without what chunking adds
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);    ///< for the first byte of a request
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);  ///< for all of the header from there
  std::chrono::milliseconds body_timeout = std::chrono::seconds(30);    ///< for all of the body
  std::chrono::milliseconds write_timeout = std::chrono::seconds(30);   ///< for the client to take an answer
  std::chrono::milliseconds drain_timeout = std::chrono::seconds(10);   ///< for requests at work at stop()
};

}  // namespace byline::http
