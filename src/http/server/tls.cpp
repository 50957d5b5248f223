#include "http/server/tls.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <spdlog/spdlog.h>

namespace byline::http {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr std::chrono::seconds kLookEvery{1};
/// For TLS 1.2 only with forward secrecy and authenticated encryption; TLS 1.3 has no others.
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// RFC 7301: what is spoken here, for who asks.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
  static constexpr unsigned char kSpoken[] = "\x08http/1.1\x08http/1.0";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, size, kSpoken, sizeof kSpoken - 1, offered, offered_size) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

/// Every certificate is taken; what it proves is asked later, by SSL_get_verify_result and by who looks for
/// one that is registered.
int take_any(int, X509_STORE_CTX*) { return 1; }

std::expected<std::shared_ptr<ssl::context>, std::string> load(const TlsOptions& options) {
  auto fail = [](const std::filesystem::path& file, const std::string& why) {
    return std::unexpected("The file " + file.string() + " cannot be used for TLS: " + why + ".");
  };
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  auto* raw = context->native_handle();
  error_code error;
  // Without one OpenSSL asks the terminal, and waits.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); },
                                 error);
  context->use_certificate_chain_file(options.certificate.string(), error);
  if (error) return fail(options.certificate, error.message());
  context->use_private_key_file(options.key.string(), ssl::context::pem, error);
  if (error) return fail(options.key, error.message());
  if (SSL_CTX_check_private_key(raw) != 1)
    return fail(options.key, "it is not the key of the certificate in " + options.certificate.string());
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(raw, kCiphers);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  static constexpr unsigned char kSessions[] = "byline";
  SSL_CTX_set_session_id_context(raw, kSessions, sizeof kSessions - 1);
  if (options.ask_client_certificate) {
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, take_any);
    SSL_CTX_set_purpose(raw, X509_PURPOSE_ANY);  // in clients' certificates it is often left out, or another
    if (!options.client_ca.empty()) {
      context->load_verify_file(options.client_ca.string(), error);
      if (error) return fail(options.client_ca, error.message());
    }
  }
  return context;
}

}  // namespace

std::expected<std::unique_ptr<TlsContexts>, std::string> TlsContexts::open(TlsOptions options) {
  std::unique_ptr<TlsContexts> contexts(new TlsContexts(std::move(options)));
  contexts->loaded_ = contexts->stamp();
  auto loaded = load(contexts->options_);
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  contexts->context_ = std::move(*loaded);
  contexts->looked_at_ = std::chrono::steady_clock::now();
  return contexts;
}

TlsContexts::Stamp TlsContexts::stamp() const {
  Stamp stamp{};
  std::size_t i = 0;
  for (const auto& file : {options_.certificate, options_.key, options_.client_ca}) {
    std::error_code ignored;
    if (!file.empty())
      stamp[i] = {std::filesystem::last_write_time(file, ignored), std::filesystem::file_size(file, ignored)};
    ++i;
  }
  return stamp;
}

std::shared_ptr<ssl::context> TlsContexts::current() {
  auto now = std::chrono::steady_clock::now();
  if (now - looked_at_ < kLookEvery) return context_;
  looked_at_ = now;
  auto found = stamp();
  if (found == loaded_) return context_;
  auto loaded = load(options_);
  if (!loaded) {
    // Perhaps one of the two was written already and the other not yet.
    spdlog::warn("{} The certificate before stays in use.", loaded.error());
    return context_;
  }
  loaded_ = found;
  context_ = std::move(*loaded);
  spdlog::info("the TLS certificate was read anew");
  return context_;
}

}  // namespace byline::http
