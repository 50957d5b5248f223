#include "service/check_log.hpp"

namespace byline {

std::expected<void, std::string> check_log(Database& database, transparency::VerificationOptions options) {
  options.views = false;
  auto verified = transparency::verify(database, options);
  if (!verified) return std::unexpected(verified.error());
  if (verified->findings.empty()) return {};
  const auto& first = verified->findings.front();
  auto where = first.position > 0 ? "At position " + std::to_string(first.position) + ": " : "";
  return std::unexpected(where + first.what);
}

}  // namespace byline
