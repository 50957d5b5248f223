#include "projections/projection.hpp"

#include <array>

namespace byline {
namespace {

constexpr std::array<std::string_view, kBuiltInViewCount> kNames = {
    "organizations", "accounts",    "roles",   "applications", "credentials",  "records",        "access",
    "teams",         "collections", "bylines", "audit",        "signing_keys", "checkpoint_keys"};

}  // namespace

std::string_view Projection::name() const { return kNames.at(static_cast<std::size_t>(view())); }

}  // namespace byline
