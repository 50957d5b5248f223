// What programs say of themselves, and certificates that they come with.

#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "http/oauth/client_metadata.hpp"
#include "security/certificate.hpp"
#include "security/strict_json.hpp"

using namespace byline;

namespace {

void name(const security::Certificate& certificate, std::string_view text) {
  for (auto type :
       {CertificateNameType::subject_dn, CertificateNameType::san_dns, CertificateNameType::san_uri,
        CertificateNameType::san_ip, CertificateNameType::san_email}) {
    static_cast<void>(certificate.has_name(type, text));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  for (auto read : {security::Certificate::from_der(text), security::Certificate::from_pem(text)}) {
    if (!read) continue;
    name(*read, "import.example.org");
    static_cast<void>(read->is_good_at({1'780'128'930'000'000}));
    auto again = security::Certificate::from_pem("-----BEGIN CERTIFICATE-----\n" + read->base64() +
                                                 "\n-----END CERTIFICATE-----\n");
    if (!again || again->thumbprint() != read->thumbprint()) std::abort();
  }
  for (auto type :
       {CertificateNameType::subject_dn, CertificateNameType::san_dns, CertificateNameType::san_uri,
        CertificateNameType::san_ip, CertificateNameType::san_email}) {
    auto kept = security::certificate_name(type, text);
    if (kept && security::certificate_name(type, *kept) != kept) std::abort();
  }
  constexpr std::size_t kDepth = 8;
  auto document = security::parse_strict_json(text, kDepth);
  if (document && document->is_object()) static_cast<void>(http::read_client_metadata(*document, true));
  return 0;
}
