#include "byline/upgrade.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "engine/state_keeper.hpp"
#include "engine/view_jobs.hpp"
#include "events/codec.hpp"
#include "service/operator.hpp"
#include "transparency/checkpoint.hpp"

namespace byline {
namespace {

using Tell = std::function<void(std::uint64_t position, std::uint64_t last)>;

/// What of a view the next start would do; empty where nothing.
std::string step_of(const Database& database, View view) {
  const auto& projection = database.views()[view];
  const auto& state = database.view_states()[static_cast<std::size_t>(view)];
  auto version = state.version;
  auto name = "The view " + std::string(projection.name());
  if (!database.rows(view)) return name + " is new: it is built from the log.";
  if (version == projection.version()) {
    if (database.is_live(view)) return {};
    return name + " is built from the log: its rows are not those of the last entry.";
  }
  auto step = name + " is built anew: its rows have form " + std::to_string(version) +
              ", and this release's form " + std::to_string(projection.version()) + ".";
  return step + (projection.fits(version) ? " The rows that are there serve meanwhile."
                                          : " What needs it is not answered meanwhile.");
}

/// Whether this release knows every event. The error is a sentence.
std::expected<void, std::string> read_all(const Database& database, const Tell& tell) {
  constexpr std::uint64_t kTellEvery = 10'000;
  auto last = database.log().tail().value;
  std::uint64_t read = 0;
  for (auto cursor = database.log().read({}); cursor->next();) {
    auto position = cursor->position().value;
    if (position != ++read)
      return std::unexpected("The log has a gap: position " + std::to_string(read) + " is missing.");
    if (tell && position % kTellEvery == 0) tell(position, last);
    if (auto entry = decode(cursor->bytes()); !entry)
      return std::unexpected("The log holds at position " + std::to_string(position) + " " +
                             entry.error().reason + ".");
  }
  auto note = database.kept_checkpoint().note;
  auto checkpoint = note.empty() ? std::nullopt : std::optional(transparency::parse_checkpoint(note));
  std::uint64_t known = checkpoint && *checkpoint ? (*checkpoint)->checkpoint.size : 0;
  for (const auto& state : database.view_states()) known = std::max(known, state.checkpoint.value);
  if (known > read)
    return std::unexpected("The log ends at position " + std::to_string(read) + ", and had " +
                           std::to_string(known) + " entries: byline verify tells all.");
  return {};
}

}  // namespace

std::expected<UpgradePlan, std::string> plan_upgrade(const std::filesystem::path& data,
                                                     const Tell& tell) try {
  auto opened = Database::open(data, Database::Mode::follower);
  if (!opened) return std::unexpected(opened.error());
  const auto& database = **opened;
  UpgradePlan plan;
  plan.release = to_string(this_release());
  if (database.release()) plan.written_by = to_string(*database.release());
  plan.entries = database.log().tail().value;
  if (auto known = read_all(database, tell); !known) return std::unexpected(known.error());
  auto& steps = plan.steps;
  if (!database.release() || *database.release() < this_release())
    steps.push_back("The data becomes that of Byline " + plan.release +
                    ": releases with a lower minor number do not open it any more.");
  if (!database.has_newest_format())
    steps.emplace_back("Personal data is sealed from then on: the data cannot be opened without its keys.");
  if (!database.has_tree()) steps.emplace_back("The log's tree is made over all of its entries.");
  for (auto view : database.views().views()) {
    if (auto step = step_of(database, view); !step.empty()) steps.push_back(std::move(step));
  }
  return plan;
} catch (const std::exception& error) {
  return std::unexpected("The data in " + data.string() + " cannot be read: " + error.what() + ".");
}

std::expected<void, std::string> upgrade(const std::filesystem::path& data,
                                         const std::filesystem::path& key_file, const Tell& tell) {
  auto opened = open_stopped(data, key_file, "its next start does this by itself");
  if (!opened) return std::unexpected(opened.error());
  auto& jobs = (*opened)->engine->view_jobs();
  constexpr std::chrono::milliseconds kLookEvery{200};
  for (auto work = jobs.list(); std::ranges::any_of(work, [](const auto& job) { return !job.is_over(); });
       work = jobs.list()) {
    for (const auto& job : work) {
      if (job.state == ViewJobState::paused)
        return std::unexpected(
            "A piece of work on views is paused: have the service go on with it, or cancel it.");
      if (tell && job.state == ViewJobState::running) tell(job.position.value, job.end.value);
    }
    std::this_thread::sleep_for(kLookEvery);
  }
  for (const auto& status : (*opened)->engine->view_statuses()) {
    if (status.live) continue;
    auto name = "The view " + std::string((*opened)->engine->views().name_of(status.view));
    if (status.stall) return std::unexpected(name + " " + cannot_fold(*status.stall) + ".");
    return std::unexpected(name + " could not be built: the service's log says why.");
  }
  return {};
}

}  // namespace byline
