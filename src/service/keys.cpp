#include "service/keys.hpp"

#include <cstdlib>

#include "byline/service.hpp"
#include "engine/directory_lock.hpp"

namespace byline {
namespace {

using security::DeploymentKeys;

std::filesystem::path file_of(const KeyPlace& place) {
  return place.file.empty() ? place.data / "keys.json" : place.file;
}

std::optional<std::expected<DeploymentKeys, std::string>> keys_of_environment() {
  const char* text = std::getenv(kKeyVariable);
  if (!text || !*text) return std::nullopt;
  auto keys = security::keys_from_text(text);
  if (!keys) return std::unexpected(std::string(kKeyVariable) + ": " + keys.error());
  return keys;
}

}  // namespace

std::expected<DeploymentKeys, std::string> keys_of(const KeyPlace& place) {
  if (auto keys = keys_of_environment()) return std::move(*keys);
  auto file = file_of(place);
  if (!std::filesystem::exists(file)) {
    auto initialized = is_initialized(place.data);
    if (!initialized) return std::unexpected(initialized.error());
    if (!*initialized) {
      auto lock = DirectoryLock::acquire(place.data);  // which makes the directory, for its owner alone
      if (!lock) return std::unexpected(lock.error());
      return security::load_or_create_keys(file);
    }
  }
  return security::load_keys(file);
}

std::expected<std::optional<DeploymentKeys>, std::string> keys_if_there(const KeyPlace& place) {
  auto keys = keys_of_environment();
  if (!keys) {
    auto file = file_of(place);
    if (place.file.empty() && !std::filesystem::exists(file)) return std::nullopt;
    keys = security::load_keys(file);
  }
  if (!*keys) return std::unexpected(std::move(keys->error()));
  return std::move(**keys);
}

}  // namespace byline
