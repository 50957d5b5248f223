#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/credential.hpp"
#include "events/time.hpp"

struct x509_st;

namespace byline::security {

/// An X.509 certificate (RFC 5280) that a client came with or an administrator registered. Nothing is said of
/// who signed it. Thread-safe.
class Certificate {
 public:
  /// The error says what is wrong, without a full stop.
  static std::expected<Certificate, std::string> from_der(std::string_view der);
  /// The first certificate of the text.
  static std::expected<Certificate, std::string> from_pem(std::string_view pem);

  /// DER in base64, as `x5c` has it (RFC 7517 §4.7).
  static std::expected<Certificate, std::string> from_base64(std::string_view text);

  /// DER, base64.
  std::string base64() const;
  /// SHA-256 of the DER, base64url: `x5t#S256` (RFC 8705 §3.1).
  std::string thumbprint() const;
  bool is_good_at(Time now) const;

  /// Whether it has this name (RFC 8705 §2.1.2). Names of hosts and the domains of e-mail addresses are
  /// compared without case, and no wildcard is taken for a name.
  bool has_name(CertificateNameType type, std::string_view name) const;

 private:
  explicit Certificate(std::shared_ptr<x509_st> certificate) : certificate_(std::move(certificate)) {}
  std::shared_ptr<x509_st> certificate_;
};

/// The name in the form in which it is kept and compared: a subject as RFC 4514 writes it, an address in its
/// shortest form. The error says what is wrong, without a full stop.
std::expected<std::string, std::string> certificate_name(CertificateNameType type, std::string_view text);

}  // namespace byline::security
