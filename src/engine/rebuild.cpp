#include "engine/rebuild.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "engine/fold.hpp"

namespace byline {

std::expected<RebuildReport, std::string> rebuild_view(Database& database, View view) {
  auto started = std::chrono::steady_clock::now();
  auto index = static_cast<std::size_t>(view);
  ViewState next{database.view_states()[index].generation + 1, projections()[index]->version(),
                 database.log().tail()};
  auto fresh = database.create_generation(view, next.generation);
  if (!fresh) return std::unexpected(fresh.error());
  if (auto folded = fold_view(database, view, *fresh); !folded) {
    database.drop_generation(*fresh);
    return std::unexpected(folded.error());
  }
  auto compared = compare_rows(database.rocks(), database.rows(view), database.rocks(), *fresh);
  if (!compared) {
    database.drop_generation(*fresh);
    return std::unexpected(compared.error());
  }
  RebuildReport report{std::move(*compared), view, next.checkpoint, 0};
  if (auto swapped = database.swap_generation(view, *fresh, next); !swapped) {
    return std::unexpected(swapped.error());
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

std::expected<void, std::string> catch_up_views(Database& database) {
  for (const auto* projection : projections()) {
    const auto& state = database.view_states()[static_cast<std::size_t>(projection->view())];
    if (state.checkpoint == database.log().tail() && state.version == projection->version()) continue;
    auto rebuilt = rebuild_view(database, projection->view());
    if (!rebuilt) return std::unexpected(rebuilt.error());
    spdlog::info("the view {} was built anew: {} rows at position {}", name_of(projection->view()),
                 rebuilt->rows, rebuilt->checkpoint.value);
  }
  return {};
}

}  // namespace byline
