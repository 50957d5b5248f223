#pragma once

#include <chrono>

#include "http/authentication.hpp"
#include "http/guard.hpp"

namespace byline::http {

/// The right to read the audit, of somebody to whom it is read for longer than a request takes: it is looked
/// at again whenever somebody's access changed, and every second, for a token may end by itself. For one
/// thread.
class AuditRight {
 public:
  /// The request outlives it.
  explicit AuditRight(const Call& call)
      : call_{.services = call.services, .request = call.request},
        epoch_(call.services.engine.access_epoch()) {
    call_.route = call.route;
    call_.principal = call.principal;
  }

  /// Throws std::runtime_error where the storage cannot be read.
  bool holds() {
    auto epoch = call_.services.engine.access_epoch();
    auto now = std::chrono::steady_clock::now();
    if (epoch == epoch_ && now - looked_ < std::chrono::seconds(1)) return true;
    if (auto entered = authenticate(call_, Proofs::keep); !entered)
      return entered.error().status == 503;  // the storage is being opened: asked again then
    epoch_ = epoch;
    looked_ = now;
    return has(call_, Area::admin_audit, Operation::view);
  }

  const Services& services() const { return call_.services; }
  const Principal& principal() const { return call_.principal; }

 private:
  Call call_;
  std::uint64_t epoch_;
  std::chrono::steady_clock::time_point looked_ = std::chrono::steady_clock::now();
};

/// One of the feeds and exports that an organization may have open; nullopt where there are too many.
inline std::optional<Places::Place> enter_stream(const Call& call) {
  return call.services.streams.enter(call.organization().view());
}

/// 503, with when to try again.
inline Response reply_too_many_streams() {
  auto response = reply_error(
      {503, "too_many_feeds", "Too many feeds and exports are open; try again soon.", {}, {}, {}});
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

}  // namespace byline::http
