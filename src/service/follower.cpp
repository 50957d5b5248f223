#include "service/follower.hpp"

#include "service/keys.hpp"

namespace byline {

std::expected<std::unique_ptr<Database>, std::string> open_follower(const std::filesystem::path& data,
                                                                    const std::filesystem::path& key_file) {
  auto keys = keys_if_there({.data = data, .file = key_file});
  if (!keys) return std::unexpected(keys.error());
  auto key = keys->transform([](const security::DeploymentKeys& found) { return found.seal_key; });
  return Database::open(data, Database::Mode::follower, key);
}

}  // namespace byline
