#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/access.hpp"
#include "engine/engine.hpp"
#include "http/failed_attempts.hpp"
#include "http/key_sets.hpp"
#include "http/news.hpp"
#include "http/oidc_provider.hpp"
#include "http/places.hpp"
#include "http/rate_limits.hpp"
#include "http/route.hpp"
#include "http/server/message.hpp"
#include "http/token_keys.hpp"
#include "http/work_pool.hpp"
#include "security/deployment_keys.hpp"
#include "security/secret.hpp"
#include "transparency/publisher.hpp"

namespace byline::http {

/// What handlers work with. Lives as long as the server.
struct Services {
  Services(Engine& the_engine, Metrics& the_metrics, security::DeploymentKeys the_keys,
           const security::SecretDigester& the_digester, const FetchRules& fetch_rules)
      : engine(the_engine),
        metrics(the_metrics),
        keys(std::move(the_keys)),
        digester(the_digester),
        key_sets(pool, fetch_rules) {}

  Engine& engine;
  Metrics& metrics;
  security::DeploymentKeys keys;
  security::SecretDigester digester;
  mutable WorkPool pool{2, 64};             ///< waits for others' servers
  mutable Places hashing{16};               ///< passwords of one address at a time
  mutable WorkPool provider_pool{2, 32};    ///< waits for the OpenID Connect provider
  mutable WorkPool publishing_pool{2, 64};  ///< waits for witnesses of the log
  mutable WorkPool password_pool{2, 64};    ///< each hash takes 64 MiB while it is at work
  mutable KeySets key_sets;
  mutable RateLimits rate_limits;
  mutable Places streams{200};              ///< feeds and exports of one organization
  mutable News news;                        ///< that the log has grown
  mutable FailedAttempts failed_attempts;   ///< of clients
  mutable FailedAttempts failed_passwords;  ///< apart, so that nobody pushes these out by failing as clients
  std::int64_t session_idle = 30LL * 60 * 1'000'000;  ///< microseconds without a request, and it is over
  std::int64_t session_length = 12LL * 60 * 60 * 1'000'000;  ///< whatever happens
  bool mutual_tls = false;                                   ///< clients may come with certificates
  mutable std::optional<OidcProvider> oidc;                  ///< that vouches for users, where there is one
  std::int64_t rate_limit = 0;  ///< requests a second of an application that has no limit of its own; 0: none
  // Set before the first request is served, when the port is known.
  std::optional<TokenKeys> tokens;
  std::unique_ptr<transparency::Publisher> publisher;  ///< of the log's checkpoints
  std::string base_url;  ///< of the service as its callers see it, without a slash at the end
  std::string openapi;   ///< the API's description of itself
};

/// One request on its way through a handler.
struct Call {
  const Services& services;
  const Request& request;
  const Route* route = nullptr;
  std::vector<std::string> segments = {};         ///< of the path, decoded
  std::vector<std::string_view> parameters = {};  ///< those of them that the route names, in order
  std::vector<std::pair<std::string, std::string>> query = {};  ///< decoded
  Principal principal = {};                                     ///< where the route wants a bearer
  std::optional<PermissionSet> scope = {};                      ///< where its token was narrowed
  std::optional<CredentialId> credential = {};                  ///< that it came with
  std::optional<CredentialKind> credential_kind = {};           ///< of a user: session or access token
  std::optional<Time> credential_ends = {};                     ///< likewise, where it has an end
  std::optional<RateLimits::Taken> rate = {};                   ///< of applications that are held to one
  bool keeps_answer = true;  ///< under an Idempotency-Key; not where a password stands in the request
  mutable std::vector<Permission> uses = {};  ///< permissions the call rests on, counted when it succeeds

  const OrganizationId& organization() const { return principal.organization; }
};

}  // namespace byline::http
