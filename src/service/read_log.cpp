#include "byline/service.hpp"
#include "engine/database.hpp"

namespace byline {

std::expected<void, std::string> read_log(const std::filesystem::path& data, std::uint64_t after,
                                          const std::function<bool(std::uint64_t, std::string_view)>& each) {
  auto database = Database::open(data, Database::Mode::follower);
  if (!database) return std::unexpected(database.error());
  try {
    auto cursor = (*database)->log().read({after});
    while (cursor->next()) {
      if (!each(cursor->position().value, cursor->bytes())) break;
    }
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()) + ".");
  }
  return {};
}

}  // namespace byline
