#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace byline {

/// How a service runs. Every bound has a default that suits one machine.
struct ServiceOptions {
  std::filesystem::path data = "data";  ///< the data directory, made where it is not there
  std::string address = "127.0.0.1";    ///< to listen on: IPv4 or IPv6
  std::uint16_t port = 8080;            ///< 0: the system picks one
  std::string base_url = {};            ///< as callers see it; empty: made from address and port
  unsigned io_threads = 0;              ///< 0: as many as there are processors
  unsigned max_connections = 10000;
  std::uint64_t max_body_bytes = 1 << 20;
  unsigned drain_seconds = 10;  ///< how long a stop waits for requests that were accepted
  /// The file with the key-encryption key; empty: keys.json in `data`. BYLINE_KEY_ENCRYPTION_KEY in the
  /// environment goes before it.
  std::filesystem::path key_file = {};
  std::string token_algorithm =
      {};  ///< ES256, EdDSA or RS256; empty: that of the keys that are there, else ES256
  /// Whether key sets of applications may be fetched from loopback and private networks.
  bool allow_private_addresses = false;
  std::filesystem::path outgoing_ca_file =
      {};  ///< PEM: whom to trust when fetching; empty: whom the system trusts
  /// Requests a second that an application may make for long, where it has no limit of its own; 0: no limit.
  std::int64_t rate_limit = 1000;
  // Files are PEM. With a certificate the service speaks HTTPS and takes the files anew when they change.
  std::filesystem::path tls_certificate = {};  ///< with those that lead to its authority
  std::filesystem::path tls_key = {};
  bool mutual_tls = false;  ///< ask clients for certificates, by which applications may prove themselves
  std::filesystem::path tls_client_ca = {};  ///< authorities whose certificates' names are believed
  unsigned proxies = 0;                      ///< how many stand before the service and add to X-Forwarded-For
  unsigned session_idle_minutes = 30;        ///< without a request, after which a user's session is over
  unsigned session_hours = 12;               ///< after which it is over in any case
  // An OpenID Connect provider that vouches for users, by their verified e-mail addresses.
  std::string oidc_issuer = {};
  std::string oidc_client_id = {};
  std::filesystem::path oidc_client_secret_file = {};
  /// The log's name in its checkpoints; empty: that of the key that is there, else the base URL's host and
  /// `/log`.
  std::string log_origin = {};
  unsigned checkpoint_seconds =
      5;  ///< between two checkpoints while there is news; 0: only when somebody asks
  std::vector<std::string> witnesses = {};  ///< to sign them: verifier key, space, address
  std::string verify_views_at = {};         ///< `HH:MM` in UTC, each day; empty: never by itself
  /// Views of the operator's own: a JSON array of definitions, as docs/projections.md describes them; empty:
  /// none.
  std::string projections = {};
  unsigned key_rotation_days = 90;  ///< after which the key that signs tokens is replaced; 0: never by itself
  bool needs_organization = false;  ///< do not start where the data holds none
};

/// The whole of Byline in one object: the log, its views and the HTTP API over them.
///
///   auto service = byline::Service::start({.data = "data", .port = 0});
///   if (!service) return fail(service.error());
///   std::cout << (*service)->base_url() << '\n';
///   (*service)->wait();
///
/// Two services must not share a data directory: the second one's `start` says so. Every method is
/// thread-safe.
class Service {
 public:
  /// What is wrong with the options by themselves, as a sentence; touches nothing. `start` looks too.
  static std::expected<void, std::string> check(const ServiceOptions& options);
  /// Opens the data and listens. The error is a sentence for an operator.
  static std::expected<std::unique_ptr<Service>, std::string> start(const ServiceOptions& options);

  /// As `stop` and `wait`.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  std::uint16_t port() const;
  const std::string& base_url() const;

  /// Asks it to stop: what was accepted is finished, within the drain time. Returns at once.
  void stop();
  /// Returns when it has stopped.
  void wait();

 private:
  struct Parts;
  explicit Service(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

/// A new organization with its default roles and first administrator.
struct Founding {
  std::string organization;
  std::string administrator_name;
  std::string administrator_email;
  std::string plan = "enterprise";      ///< or "standard"
  bool additional = false;              ///< beside organizations that are there already
  std::filesystem::path key_file = {};  ///< as ServiceOptions has it
};
struct Founded {
  std::string organization_id;
  std::string administrator_id;
  std::string administrator_token;  ///< shown here once; only its digest is kept
};

/// Founds an organization in a data directory that no service is using. The error says everything that is
/// wrong.
std::expected<Founded, std::string> found_organization(const std::filesystem::path& data,
                                                       const Founding& founding);

/// Whether the directory holds an organization. The error says why that cannot be read.
std::expected<bool, std::string> is_initialized(const std::filesystem::path& data);

/// Where a log is: in a data directory, which a service may be writing, or behind a service.
struct LogPlace {
  std::filesystem::path data = "data";
  std::filesystem::path key_file =
      {};                  ///< as ServiceOptions has it; without the key sealed fields stay closed
  std::string url = {};    ///< of a service, in the place of `data`
  std::string token = {};  ///< of somebody who may read its audit
  std::filesystem::path ca_file = {};  ///< PEM: whom to trust; empty: whom the system trusts
};

/// Calls `each(position, json)` for every entry of the log after `after`, in order, until it gives false.
/// docs/log-format.md says how an entry looks whose fields cannot be opened. A service shows the part of the
/// caller's organization, without digests of secrets. `tell_last` gets the position of the last one before
/// the first is read, where that is known.
std::expected<void, std::string> read_log(
    const LogPlace& place, std::uint64_t after,
    const std::function<bool(std::uint64_t position, std::string_view json)>& each,
    const std::function<void(std::uint64_t position)>& tell_last = {});

/// Work on views: fresh rows are folded from the log.
struct ViewWork {
  std::vector<std::string> views = {};  ///< empty: all
  bool verify = false;  ///< hold them against the rows that are there, and leave those as they are
  std::uint64_t most_per_second = 0;  ///< events; 0: as many as the machine can do
};
/// What came of one view.
struct ViewWorkDone {
  std::string view;
  std::uint64_t position = 0;  ///< of the rows
  std::uint64_t rows = 0;
  /// To the rows before; no value where those could not be compared with.
  std::optional<bool> identical = {};
  std::string first_difference = {};  ///< the row's key, in hexadecimal
  std::string failure = {};           ///< why it could not be folded; empty where it could
};
/// The names of the views that every data directory has, in their order.
std::vector<std::string> view_names();
/// Does it in a data directory that no service is using, or has the service behind `place.url` do it, with a
/// token of somebody who may edit the organization. `tell` gets how far it is, now and then: position and
/// last position. The error is a sentence.
std::expected<std::vector<ViewWorkDone>, std::string> work_on_views(
    const LogPlace& place, const ViewWork& work,
    const std::function<void(std::uint64_t position, std::uint64_t last)>& tell = {});

/// POSTs a JSON text to an http or https address; the error says why it was not taken, without a full stop.
std::expected<void, std::string> send_json(const std::string& url, const std::string& json);

/// What was erased.
struct ErasedSubject {
  std::string kind;  ///< user, application or record
  std::string id;
};
/// Makes the personal data of a user, an application or a record unreadable for ever, and waits until it is
/// gone from the files too. One that is still there is deleted with it. No service may be using the
/// directory. The error is a sentence.
std::expected<ErasedSubject, std::string> erase_subject(const std::filesystem::path& data,
                                                        const std::filesystem::path& key_file,
                                                        const std::string& id);

/// A key that access tokens are or were signed with. Times are RFC 3339.
struct SigningKeyInfo {
  std::string id;
  std::string kid;        ///< as the tokens name it
  std::string algorithm;  ///< ES256, EdDSA or RS256
  std::string status;     ///< next, active, retired, over or revoked
  std::string created_at;
  std::string use_from;
  std::string good_until;  ///< empty where no end is in sight
};

/// The keys, in the order in which they sign. A service may be using the directory.
std::expected<std::vector<SigningKeyInfo>, std::string> list_signing_keys(const std::filesystem::path& data);
/// Adds a key that signs from now on; what the one before it signed goes on to count. No service may be using
/// the directory. `algorithm` may be empty: that of the one before.
std::expected<void, std::string> rotate_signing_key(const std::filesystem::path& data,
                                                    const std::filesystem::path& key_file,
                                                    const std::string& algorithm);
/// Ends a key with all that it signed; another one takes its place. Likewise.
std::expected<void, std::string> revoke_signing_key(const std::filesystem::path& data,
                                                    const std::filesystem::path& key_file,
                                                    const std::string& kid);

/// A link by which this user can choose a password, once and within three days: for who has no other way in.
/// What is given is its path, to be put behind the service's address. `end_second_factor`: the user's
/// authenticator app is wanted no more. No service may be using the directory.
std::expected<std::string, std::string> issue_sign_in_link(const std::filesystem::path& data,
                                                           const std::filesystem::path& key_file,
                                                           const std::string& email,
                                                           bool end_second_factor = false);

}  // namespace byline
