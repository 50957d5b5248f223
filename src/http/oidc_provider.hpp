#pragma once

#include <expected>
#include <mutex>
#include <optional>
#include <string>

#include "http/fetch.hpp"
#include "http/key_sets.hpp"
#include "http/work_pool.hpp"

namespace byline::http {

/// An OpenID Connect provider that vouches for users, and how it knows this service.
struct OidcOptions {
  std::string issuer;
  std::string client_id;
  std::string client_secret;
};

/// Who the provider says that somebody is.
struct VouchedFor {
  std::string subject;               ///< `sub`: never anybody else's
  std::optional<std::string> email;  ///< where the provider has verified it
};

/// What goes along with somebody on the way to the provider and back.
struct SignInFlow {
  std::string state;
  std::string nonce;
  std::string verifier;  ///< PKCE (RFC 7636)
  static SignInFlow begin();
};

/// The code flow of OpenID Connect Core 1.0 §3.1, with PKCE. Thread-safe.
class OidcProvider {
 public:
  OidcProvider(OidcOptions options, FetchRules rules, WorkPool& pool);

  const std::string& issuer() const { return options_.issuer; }
  /// Where to send the browser. The error says what is wrong, without a full stop.
  Awaitable<std::expected<std::string, std::string>> address_for(SignInFlow flow, std::string redirect_uri);
  /// Redeems the code that the browser came back with. Likewise.
  Awaitable<std::expected<VouchedFor, std::string>> redeem(std::string code, SignInFlow flow,
                                                           std::string redirect_uri);

 private:
  struct Endpoints {
    std::string authorization;
    std::string token;
    std::string key_set;
    Time found_at;
  };
  Awaitable<std::expected<Endpoints, std::string>> discover();

  const OidcOptions options_;
  const FetchRules rules_;
  WorkPool& pool_;
  KeySets key_sets_;
  std::mutex mutex_;
  std::optional<Endpoints> endpoints_;
  Time asked_at_;  ///< for them, without an answer so far
};

}  // namespace byline::http
