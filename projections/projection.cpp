#include "projections/projection.hpp"

#include <array>

#include "events/about.hpp"

namespace byline {
namespace {

constexpr std::array<std::string_view, kBuiltInViewCount> kNames = {
    "organizations", "accounts",    "roles",   "applications", "credentials",  "records",        "access",
    "teams",         "collections", "bylines", "audit",        "signing_keys", "checkpoint_keys"};

}  // namespace

std::uint64_t lane_of_subject(const LogEntry& entry) { return hash_value(Id<void>{entry.subject.id}) >> 32; }

std::uint64_t lane_of_account(const LogEntry& entry) {
  auto account = account_of(entry.event);
  return account ? hash_value(*account) >> 32 : lane_of_subject(entry);
}

std::string_view Projection::name() const { return kNames.at(static_cast<std::size_t>(view())); }

}  // namespace byline
