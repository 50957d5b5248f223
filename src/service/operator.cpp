#include "service/operator.hpp"

#include "engine/directory_lock.hpp"

#include "service/keys.hpp"

namespace byline {

std::expected<std::unique_ptr<StoppedData>, std::string> open_stopped(const std::filesystem::path& data,
                                                                      const std::filesystem::path& key_file,
                                                                      const std::string& otherwise) {
  if (!Database::exists(data)) return std::unexpected("There is no Byline data in " + data.string() + ".");
  auto opened = std::make_unique<StoppedData>();
  if (auto lock = DirectoryLock::acquire(data); !lock)
    return std::unexpected(lock.error() + " While the service runs, " + otherwise + ".");
  auto keys = keys_of({.data = data, .file = key_file});
  if (!keys) return std::unexpected(keys.error());
  auto engine = Engine::open({.directory = data, .key_encryption_key = keys->seal_key}, opened->metrics);
  if (!engine) return std::unexpected(engine.error());
  opened->engine = std::move(*engine);
  opened->keys = std::move(*keys);
  return opened;
}

std::string failure_of(const Outcome& outcome) {
  if (std::holds_alternative<Committed>(outcome)) return {};
  if (const auto* unavailable = std::get_if<Unavailable>(&outcome))
    return "It could not be written: " + std::string(unavailable->reason) + ".";
  if (const auto* refused = std::get_if<Rejection>(&outcome)) return explain(refused->problems.front());
  return "It was not done.";
}

}  // namespace byline
