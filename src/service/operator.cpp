#include "service/operator.hpp"

#include "service/keys.hpp"

namespace byline {

std::expected<std::unique_ptr<StoppedData>, std::string> open_stopped(const std::filesystem::path& data,
                                                                      const std::filesystem::path& key_file,
                                                                      const std::string& otherwise) {
  if (!Database::exists(data)) return std::unexpected("There is no Byline data in " + data.string() + ".");
  auto opened = std::make_unique<StoppedData>();
  auto engine = Engine::open({.directory = data}, opened->metrics);
  if (!engine) return std::unexpected(engine.error() + " While the service runs, " + otherwise + ".");
  opened->engine = std::move(*engine);
  auto keys = keys_of({.data = data, .file = key_file}, *opened->engine);
  if (!keys) return std::unexpected(keys.error());
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
