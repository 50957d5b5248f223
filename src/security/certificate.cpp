#include "security/certificate.hpp"

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "security/ascii.hpp"
#include "security/base64.hpp"
#include "security/openssl.hpp"

namespace byline::security {
namespace {

constexpr std::size_t kMaxCertificateBytes = 16 * 1024;
constexpr std::size_t kMaxName = 2048;

std::string der_of(const X509& certificate) {
  auto size = i2d_X509(&certificate, nullptr);
  must(size > 0, "write a certificate");
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* out = bytes_of(der);
  must(i2d_X509(&certificate, &out) == size, "write a certificate");
  return der;
}

/// RFC 4514 (which obsoletes 2253), in UTF-8.
std::string subject_of(const X509& certificate) {
  std::unique_ptr<BIO, FreeBy<BIO_free>> out(BIO_new(BIO_s_mem()));
  must(out != nullptr, "allocate");
  constexpr unsigned long kFlags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  if (X509_NAME_print_ex(out.get(), X509_get_subject_name(&certificate), 0, kFlags) < 0) return {};
  char* text = nullptr;
  auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(std::max(0L, size))};
}

/// Without one OpenSSL asks the terminal, and waits.
int no_password(char*, int, int, void*) { return -1; }

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return {};
  return ::inet_ntop(family, bytes.data(), text.data(), text.size()) ? text.data() : "";
}

/// The local part as it is, the domain without case (RFC 5280 §7.5).
std::string mailbox(std::string_view text) {
  auto at = text.rfind('@');
  if (at == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, at)) + lower(text.substr(at));
}

int kind_of(CertificateNameType type) {
  switch (type) {
    case CertificateNameType::san_dns:
      return GEN_DNS;
    case CertificateNameType::san_uri:
      return GEN_URI;
    case CertificateNameType::san_ip:
      return GEN_IPADD;
    case CertificateNameType::san_email:
      return GEN_EMAIL;
    case CertificateNameType::subject_dn:
      break;
  }
  return -1;
}

std::string_view text_of(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)),
          static_cast<std::size_t>(ASN1_STRING_length(&text))};
}

std::string text_of(const GENERAL_NAME& name) {
  switch (name.type) {
    case GEN_DNS:
      return lower(text_of(*name.d.dNSName));
    case GEN_URI:
      return std::string(text_of(*name.d.uniformResourceIdentifier));
    case GEN_IPADD:
      return address_text(text_of(*name.d.iPAddress));
    case GEN_EMAIL:
      return mailbox(text_of(*name.d.rfc822Name));
    default:
      return {};
  }
}

}  // namespace

std::expected<Certificate, std::string> Certificate::from_der(std::string_view der) {
  if (der.size() > kMaxCertificateBytes) return std::unexpected("the certificate is too large");
  const auto* in = bytes_of(der);
  std::shared_ptr<X509> certificate(d2i_X509(nullptr, &in, static_cast<long>(der.size())), X509_free);
  ERR_clear_error();
  if (!certificate || in != bytes_of(der) + der.size())
    return std::unexpected("it is not a certificate (X.509)");
  return Certificate(std::move(certificate));
}

std::expected<Certificate, std::string> Certificate::from_pem(std::string_view pem) {
  if (pem.size() > 2 * kMaxCertificateBytes) return std::unexpected("the certificate is too large");
  std::unique_ptr<BIO, FreeBy<BIO_free>> in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  must(in != nullptr, "allocate");
  std::shared_ptr<X509> certificate(PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr), X509_free);
  ERR_clear_error();
  if (!certificate) return std::unexpected("it is not a certificate in PEM (-----BEGIN CERTIFICATE-----)");
  return Certificate(std::move(certificate));
}

std::expected<Certificate, std::string> Certificate::from_base64(std::string_view text) {
  if (text.size() > 2 * kMaxCertificateBytes) return std::unexpected("the certificate is too large");
  auto der = security::from_base64(text);
  if (!der) return std::unexpected("it is not base64");
  return from_der(*der);
}

std::string Certificate::base64() const { return to_base64(der_of(*certificate_)); }

std::string Certificate::thumbprint() const { return sha256_base64url(der_of(*certificate_)); }

bool Certificate::is_good_at(Time now) const {
  auto seconds = static_cast<std::time_t>(now.micros / 1'000'000);
  return X509_cmp_time(X509_get0_notBefore(certificate_.get()), &seconds) < 0 &&
         X509_cmp_time(X509_get0_notAfter(certificate_.get()), &seconds) > 0;
}

bool Certificate::has_name(CertificateNameType type, std::string_view name) const {
  if (name.empty()) return false;
  if (type == CertificateNameType::subject_dn) return subject_of(*certificate_) == name;
  std::unique_ptr<GENERAL_NAMES, FreeBy<GENERAL_NAMES_free>> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate_.get(), NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto& found = *sk_GENERAL_NAME_value(names.get(), i);
    if (found.type == kind_of(type) && text_of(found) == name) return true;
  }
  return false;
}

std::expected<std::string, std::string> certificate_name(CertificateNameType type, std::string_view text) {
  if (text.empty()) return std::unexpected("it is empty");
  if (text.size() > kMaxName) return std::unexpected("it is too long");
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return std::unexpected("it has a control character");
  switch (type) {
    case CertificateNameType::san_dns:
      if (text.find('*') != std::string_view::npos) return std::unexpected("a wildcard names nobody");
      return lower(text);
    case CertificateNameType::san_email:
      return mailbox(text);
    case CertificateNameType::san_ip: {
      std::array<char, 16> bytes{};
      std::string address(text);
      bool is_v4 = ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1;
      if (!is_v4 && ::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1)
        return std::unexpected("it is not an IP address");
      return address_text({bytes.data(), is_v4 ? 4U : 16U});
    }
    case CertificateNameType::subject_dn:
      if (text.find('=') == std::string_view::npos)
        return std::unexpected("it is not a distinguished name such as CN=import,O=Harbor County");
      return std::string(text);
    case CertificateNameType::san_uri:
      break;
  }
  return std::string(text);
}

}  // namespace byline::security
