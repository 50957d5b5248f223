#include "engine/view_jobs.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "engine/batch_rows.hpp"
#include "engine/bulk_fold.hpp"
#include "engine/clock.hpp"
#include "engine/fold.hpp"
#include "engine/ids.hpp"
#include "engine/rocks_options.hpp"
#include "events/name_table.hpp"

namespace byline {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// So few entries may be left when the writer is asked to fold the rest and put the rows in place: it takes
/// no more at a time than it would take of commands.
constexpr std::uint64_t kWritersPart = 256;
constexpr std::uint64_t kFewForBulk = 16'384;  ///< entries for which files are not worth it
constexpr std::uint64_t kCatchUpPart = 512;    ///< entries in one write then, behind which commands wait
constexpr std::ptrdiff_t kRemembered = 100;    ///< that are over
constexpr auto kFirstJobRetry = 1s;
constexpr auto kSlowestJobRetry = 300s;

constexpr std::array<std::string_view, 2> kKinds = {"rebuild", "verification"};
constexpr std::array<std::string_view, 6> kStates = {"waiting",  "running", "paused",
                                                     "finished", "failed",  "cancelled"};

struct Interrupted {};

void must_write(Database& database, const rocksdb::WriteOptions& options, rocksdb::WriteBatch& batch) {
  if (auto status = database.rocks().Write(options, &batch); !status.ok())
    throw std::runtime_error("rows cannot be written: " + status.ToString());
}

/// Whether its rows are those of the tail, in the form that is made now.
bool is_current(const Database& database, View view) {
  const auto& state = database.view_states()[static_cast<std::size_t>(view)];
  return database.is_live(view) && state.version == database.views()[view].version();
}

}  // namespace

std::string_view name_of(ViewJobKind kind) { return kKinds[static_cast<std::size_t>(kind)]; }
std::optional<ViewJobKind> view_job_kind_named(std::string_view name) {
  return find_named<ViewJobKind>(kKinds, name);
}
std::string_view name_of(ViewJobState state) { return kStates[static_cast<std::size_t>(state)]; }

std::string cannot_fold(const Stall& stall) {
  return "cannot fold the entry at position " + std::to_string(stall.position.value) + ": " + stall.reason;
}

/// One view of a piece of work.
struct ViewJobs::Part {
  View view;
  std::uint32_t generation = 0;  ///< of the fresh rows; 0: not begun
  bool done = false;
};

/// What is known of a piece of work beside what others see of it. The job itself is under the lock; parts are
/// changed by the job's own threads only, and under it.
struct ViewJobs::Work {
  ViewJob job;
  std::vector<Part> parts;
  bool cancelled = false;
  bool begins_anew = false;                  ///< the fresh rows that there are have to go
  steady_clock::time_point not_before = {};  ///< when to try again
  std::chrono::seconds retry = kFirstJobRetry;
  steady_clock::time_point folding_since = {};
  Position folding_from;
};

/// The fresh rows of one view on their way to where they belong.
struct ViewJobs::Fresh {
  Part& part;
  Family rows;
  std::optional<Stall> failure;
  // Since they are in place:
  Position position{};
  bool is_comparable = false;  ///< with those before
  Family before{};
  std::shared_ptr<const rocksdb::Snapshot> at{};
  ViewResult result{};

  /// They could be compared, and were not to the end.
  bool is_cut_short() const { return is_comparable && !result.compared; }
};

ViewJobs::ViewJobs(std::filesystem::path directory, Host host)
    : directory_(std::move(directory)), host_(std::move(host)) {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

ViewJobs::~ViewJobs() { stop(); }

// -- from outside --

void ViewJobs::begin(Database& database, const std::vector<RebuildId>& cancelled) {
  bool is_first = !thread_.joinable();
  if (is_first) {
    take_up(database.kept_jobs(), cancelled, database);
  } else {
    for (const auto& id : cancelled) cancel(id);
  }
  std::vector<View> missing;
  for (const auto* projection : database.views()) {
    auto view = projection->view();
    const auto& state = database.view_states()[static_cast<std::size_t>(view)];
    if (state.checkpoint > database.log().tail())
      spdlog::error("the view {} is ahead of the log: entries of the log are lost", projection->name());
    if (!is_current(database, view) && !job_on(view)) missing.push_back(view);
  }
  if (!missing.empty()) {
    ViewJob job;
    job.id = new_id<RebuildId>(system_now());
    job.views = std::move(missing);
    job.automatic = true;
    if (auto started = start(std::move(job)); !started)
      spdlog::error("the view {} is in two pieces of work", database.views().name_of(started.error().view));
  }
  if (is_first) thread_ = std::thread([this] { run(); });
}

void ViewJobs::take_up(const std::string& kept, const std::vector<RebuildId>& cancelled, Database& database) {
  std::vector<std::string> generations;
  auto all = kept.empty() ? nlohmann::json::array() : nlohmann::json::parse(kept);
  for (const auto& json : all) {
    auto work = std::make_shared<Work>();
    auto& job = work->job;
    job.id = parse_id<RebuildId>(json.at("id").get<std::string>()).value_or(RebuildId{});
    if (std::ranges::find(cancelled, job.id) != cancelled.end()) continue;
    job.kind = view_job_kind_named(json.at("kind").get<std::string>()).value();
    job.started_at = {json.at("started_at").get<std::int64_t>()};
    job.most_per_second = json.at("most_per_second");
    job.automatic = json.at("automatic");
    if (json.at("paused").get<bool>()) job.state = ViewJobState::paused;
    for (const auto& [name, part] : json.at("views").items()) {
      auto view = database.views().named(name);
      if (!view) continue;                   // another release's, or defined no more
      bool says_version = part.is_object();  // an earlier build's does not
      auto generation = (says_version ? part.at("generation") : part).get<std::uint32_t>();
      auto current = database.view_states()[static_cast<std::size_t>(*view)].generation;
      if (generation != 0U && generation == current) continue;  // that was the last that it did
      // There is nothing to verify where the rows have to be made anyway.
      if (job.kind == ViewJobKind::verification && !is_current(database, *view)) continue;
      // Rows that were begun in another form cannot be gone on with. Where those before cannot be read
      // either, it does not wait to be resumed.
      if (!says_version || part.at("version") != database.views()[*view].version()) {
        generation = 0;
        if (!database.is_live(*view)) job.state = ViewJobState::waiting;
      }
      work->parts.push_back({*view, generation});
      job.views.push_back(*view);
      if (generation != 0U) generations.push_back(database.generation_name(*view, generation));
    }
    if (!work->parts.empty()) works_.push_back(std::move(work));
  }
  database.drop_generations_but(generations);
}

std::expected<void, ViewJobs::Busy> ViewJobs::start(const RebuildId& id, ViewJobKind kind,
                                                    std::vector<View> views, std::uint64_t most_per_second) {
  ViewJob job;
  job.id = id;
  job.kind = kind;
  job.views = std::move(views);
  job.most_per_second = most_per_second;
  return start(std::move(job));
}

std::expected<void, ViewJobs::Busy> ViewJobs::start(ViewJob job) {
  auto work = std::make_shared<Work>();
  work->job = std::move(job);
  work->job.started_at = system_now();
  for (auto view : work->job.views) work->parts.push_back({view});
  {
    std::lock_guard guard(mutex_);
    for (auto view : work->job.views) {
      if (auto other = work_on(view)) return std::unexpected(Busy{view, other->job.id});
    }
    works_.push_back(std::move(work));
    auto is_over = [](const WorkPointer& each) { return each->job.is_over(); };
    if (std::ranges::count_if(works_, is_over) > kRemembered)
      works_.erase(std::ranges::find_if(works_, is_over));
    changed_.notify_all();
  }
  keep();
  return {};
}

ViewJobs::WorkPointer ViewJobs::find_work(const RebuildId& id) const {
  auto found = std::ranges::find(works_, id, [](const auto& work) { return work->job.id; });
  return found == works_.end() ? nullptr : *found;
}

ViewJobs::WorkPointer ViewJobs::work_on(View view) const {
  for (const auto& work : works_) {
    if (!work->job.is_over() && std::ranges::find(work->job.views, view) != work->job.views.end())
      return work;
  }
  return nullptr;
}

std::optional<ViewJob> ViewJobs::find(const RebuildId& id) const {
  std::lock_guard guard(mutex_);
  auto work = find_work(id);
  return work ? std::optional(work->job) : std::nullopt;
}

std::optional<ViewJob> ViewJobs::job_on(View view) const {
  std::lock_guard guard(mutex_);
  auto work = work_on(view);
  return work ? std::optional(work->job) : std::nullopt;
}

std::optional<Stall> ViewJobs::last_failure(View view) const {
  std::lock_guard guard(mutex_);
  for (auto work = works_.rbegin(); work != works_.rend(); ++work) {
    for (const auto& result : (*work)->job.results) {
      if (result.view == view) return result.failure;
    }
  }
  return std::nullopt;
}

std::vector<ViewJob> ViewJobs::list() const {
  std::lock_guard guard(mutex_);
  std::vector<ViewJob> jobs;
  for (auto work = works_.rbegin(); work != works_.rend(); ++work) jobs.push_back((*work)->job);
  return jobs;
}

bool ViewJobs::change(const RebuildId& id, const std::function<void(Work&)>& change) {
  {
    std::lock_guard guard(mutex_);
    auto work = find_work(id);
    if (!work || work->job.is_over()) return false;
    change(*work);
    changed_.notify_all();
  }
  keep();
  return true;
}

// The one that is running also stops what RocksDB does for it.

bool ViewJobs::pause(const RebuildId& id) {
  return change(id, [this](Work& work) {
    if (work.job.state == ViewJobState::running) interrupt();
    work.job.state = ViewJobState::paused;
  });
}

bool ViewJobs::resume(const RebuildId& id) {
  return change(id, [](Work& work) {
    if (work.job.state == ViewJobState::paused) work.job.state = ViewJobState::waiting;
    work.not_before = {};
  });
}

bool ViewJobs::is_settled(const RebuildId& id) const {
  std::lock_guard guard(mutex_);
  auto work = find_work(id);
  return work && (work->job.in_place_at || work->job.is_over());
}

bool ViewJobs::cancel(const RebuildId& id) {
  {
    std::lock_guard guard(mutex_);
    if (auto work = find_work(id); work && work->cancelled && !work->job.is_over()) return true;
  }
  return change(id, [this](Work& work) {
    if (work.job.state == ViewJobState::running) interrupt();
    work.cancelled = true;
  });
}

void ViewJobs::begin_paused_anew() {
  std::lock_guard guard(mutex_);
  for (const auto& work : works_) {
    auto is_begun = [](const Part& part) { return part.generation != 0 && !part.done; };
    if (work->job.state == ViewJobState::paused && std::ranges::any_of(work->parts, is_begun))
      work->begins_anew = true;
  }
  changed_.notify_all();
}

std::optional<ViewJob> ViewJobs::wait(const RebuildId& id, std::chrono::milliseconds patience) const {
  std::unique_lock guard(mutex_);
  auto work = find_work(id);
  if (!work) return std::nullopt;
  changed_.wait_for(guard, patience, [&] {
    return stopping_ || work->job.is_over() || work->job.state == ViewJobState::paused;
  });
  return work->job;
}

void ViewJobs::wait_until_idle(std::chrono::milliseconds patience) const {
  std::unique_lock guard(mutex_);
  changed_.wait_for(guard, patience, [this] {
    return stopping_ || std::ranges::all_of(works_, [](const auto& work) { return work->job.is_over(); });
  });
}

void ViewJobs::stop() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    interrupted_.store(true);
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

// -- on the thread --

void ViewJobs::run() {
  give_way();
  count_nothing_of_rocksdb();
  std::unique_lock guard(mutex_);
  while (!stopping_) {
    auto work = next_work();
    if (!work) {
      changed_.wait_for(guard, kFirstJobRetry);  // one may only have to wait before it is tried again
      continue;
    }
    if (work->job.state != ViewJobState::paused) work->job.state = ViewJobState::running;
    interrupted_.store(false);
    guard.unlock();
    do_work(*work);
    guard.lock();
    if (work->job.state == ViewJobState::running) work->job.state = ViewJobState::waiting;
    changed_.notify_all();
  }
}

/// The first that can be gone on with, or is to be cleared away.
ViewJobs::WorkPointer ViewJobs::next_work() const {
  for (const auto& work : works_) {
    if (work->job.is_over()) continue;
    bool is_due = work->job.state != ViewJobState::paused && work->not_before <= steady_clock::now();
    if (is_due || work->cancelled || work->begins_anew) return work;
  }
  return nullptr;
}

void ViewJobs::do_work(Work& work) {
  auto database = host_.database();
  if (!database) {
    std::this_thread::sleep_for(20ms);
    return;
  }
  bool cancelled = false;
  bool begins_anew = false;
  {
    std::lock_guard guard(mutex_);
    cancelled = work.cancelled;
    begins_anew = work.begins_anew;
  }
  try {
    if (begins_anew && !cancelled) return begin_anew(work, *database);
    if (!cancelled) return attempt(work, *database);
    drop_rows(work, *database);
    end(work, ViewJobState::cancelled);
    keep(*database);
  } catch (const Interrupted&) {
    return;  // it is gone on with
  } catch (const std::exception& error) {
    // Where the database is closed meanwhile, or it was called off, it only has to be gone on with.
    if (!interrupted_.load()) fail(work, *database, error.what());
  }
}

void ViewJobs::fail(Work& work, Database& database, const std::string& reason) {
  spdlog::error("work on views cannot go on: {}", reason);
  if (work.job.automatic) {
    std::lock_guard guard(mutex_);
    work.job.reason = reason;
    work.not_before = steady_clock::now() + work.retry;
    work.retry = std::min<std::chrono::seconds>(work.retry * 2, kSlowestJobRetry);
    return;
  }
  for (const auto& part : work.parts) {
    if (part.done || work.job.kind != ViewJobKind::rebuild) continue;
    host_.tell(RebuildFailed{std::string(database.views().name_of(part.view)), work.job.id,
                             work.job.position.value, reason});
  }
  end(work, ViewJobState::failed, reason);
  try {
    drop_rows(work, database);
    keep(database);
  } catch (const std::exception& error) {
    spdlog::error("what is left of it is cleared away at the next start: {}", error.what());
  }
}

/// Goes on from wherever it stands. Returns when all is done, or it was called off.
void ViewJobs::attempt(Work& work, Database& database) {
  plan(work, database);
  Crew crew(std::max(1U, std::thread::hardware_concurrency()));
  BulkFold fold(database, crew);
  std::vector<std::pair<View, std::uint32_t>> wanted;
  for (const auto& part : work.parts) {
    if (!part.done) wanted.emplace_back(part.view, part.generation);
  }
  auto families = database.open_generations(wanted);
  if (!families) throw std::runtime_error(families.error());
  for (std::size_t i = 0; i < wanted.size(); ++i) fold.add(wanted[i].first, (*families)[i], directory_);
  bool came_to_the_end = fold_all(work, database, fold);
  {
    std::lock_guard guard(mutex_);
    if (work.cancelled) return;
  }
  fold.flush();
  if (!came_to_the_end) return;
  std::vector<Fresh> views;
  for (const auto& target : fold.targets()) {
    auto& part = *std::ranges::find(work.parts, target.view, &Part::view);
    views.push_back({part, target.family, target.failure});
  }
  auto for_each_view = [&](auto&& step) {
    Crew::Tasks tasks;
    for (auto& fresh : views) {
      if (!fresh.failure) tasks.emplace_back([&] { step(fresh); });
    }
    crew.run(tasks);
  };
  for_each_view([&](Fresh& fresh) {
    auto ordered = database.put_in_order(*fresh.rows, interrupted_);
    if (ordered) return;
    if (is_called_off(work)) throw Interrupted{};
    throw std::runtime_error(ordered.error());
  });
  catch_up(work, database, views);
  put_in_place(work, database, views);
  for_each_view([&](Fresh& fresh) { compare(database, fresh); });
  for (auto& fresh : views) {
    if (fresh.failure) {
      give_up_view(work, database, fresh.part, *fresh.failure);
    } else {
      conclude(work, database, fresh);
    }
  }
  drop_what_serves_no_more(work, database, views);
  if (is_called_off(work)) return;
  auto failed = std::ranges::find_if(work.job.results,
                                     [](const ViewResult& result) { return result.failure.has_value(); });
  if (failed == work.job.results.end()) {
    end(work, ViewJobState::finished);
  } else {
    end(work, ViewJobState::failed,
        "The view " + std::string(database.views().name_of(failed->view)) + " " +
            cannot_fold(*failed->failure) + ".");
  }
  keep(database);
}

/// Names the fresh rows, durably, before there are any: so that none are left over whatever happens.
void ViewJobs::plan(Work& work, Database& database) {
  bool is_new = false;
  bool planned = host_.on_writer([&] {
    for (auto& part : work.parts) {
      if (part.done || part.generation != 0) continue;
      auto next = database.next_generation(part.view);
      std::lock_guard guard(mutex_);
      part.generation = next;
      is_new = true;
    }
    if (is_new) keep(database);
  });
  if (!planned) throw Interrupted{};
  if (!is_new || !work.job.automatic) return;
  for (const auto& part : work.parts)
    host_.tell(RebuildStarted{std::string(database.views().name_of(part.view)), work.job.id, {}});
}

/// To where nearly nothing is missing; false where it was called off.
bool ViewJobs::fold_all(Work& work, Database& database, BulkFold& fold) {
  work.folding_since = steady_clock::now();
  work.folding_from = fold.folded();
  auto asked = [&](Position position) { return go_on(work, position); };
  for (Position end;;) {
    auto tail = database.log().tail();
    if (tail.value - end.value <= kFewForBulk && end.value > 0) return true;
    {
      std::lock_guard guard(mutex_);
      work.job.end = tail;
    }
    fold.run(tail, asked);
    if (is_called_off(work)) return false;
    if (std::ranges::all_of(fold.targets(), [](const auto& target) { return target.failure.has_value(); }))
      return true;
    end = tail;
    if (tail.value == 0) return true;
  }
}

bool ViewJobs::is_called_off(const Work& work) const {
  std::lock_guard guard(mutex_);
  return is_called_off_locked(work);
}

bool ViewJobs::is_called_off_locked(const Work& work) const {
  return interrupted_.load() || stopping_ || work.cancelled || work.job.state == ViewJobState::paused;
}

/// Notes how far it is, and rests where it is to be slow.
bool ViewJobs::go_on(Work& work, Position position) {
  std::unique_lock guard(mutex_);
  auto now = steady_clock::now();
  work.job.position = position;
  auto folded = static_cast<double>(position.value - work.folding_from.value);
  std::chrono::duration<double> took = now - work.folding_since;
  if (took.count() > 0) work.job.per_second = folded / took.count();
  auto called_off = [&] { return is_called_off_locked(work); };
  if (work.job.most_per_second > 0) {
    std::chrono::duration<double> least(folded / static_cast<double>(work.job.most_per_second));
    changed_.wait_until(guard, work.folding_since + std::chrono::duration_cast<steady_clock::duration>(least),
                        called_off);
  }
  return !called_off();
}

/// Folds up to so many entries more into each.
void ViewJobs::fold_on(Database& database, std::vector<Fresh>& views, std::uint64_t entries, Haste haste,
                       rocksdb::WriteBatch& batch) {
  auto tail = database.log().tail();
  auto end = tail;
  std::vector<Fresh*> folded;
  std::vector<BatchRows> rows;
  std::vector<OngoingFold> folds;
  rows.reserve(views.size());
  for (auto& fresh : views) {
    if (fresh.failure) continue;
    folded.push_back(&fresh);
    rows.emplace_back(database.rocks(), fresh.rows.get(), batch);
    folds.push_back({database.views()[fresh.part.view], rows.back(),
                     BulkRows::progress_in(database.rocks(), *fresh.rows)});
    auto from = folds.back().folded.value;
    end = std::min(end, Position{from + std::min(entries, tail.value - from)});
  }
  fold_together(database, folds, end, haste);
  for (std::size_t i = 0; i < folds.size(); ++i) {
    folded[i]->failure = std::move(folds[i].failure);
    folded[i]->position = folds[i].folded;
    if (folded[i]->failure) continue;
    rows[i].flush();
    BulkRows::put_progress(batch, *folded[i]->rows, folds[i].folded);
  }
}

/// Folds what the log has got meanwhile, until so little is missing that the writer can do the rest.
void ViewJobs::catch_up(Work& work, Database& database, std::vector<Fresh>& views) {
  rocksdb::WriteOptions durable;  // files that are taken later must not outlive it
  durable.sync = true;
  auto is_near = [&database](const Fresh& fresh) {
    auto folded = BulkRows::progress_in(database.rocks(), *fresh.rows);
    return fresh.failure || database.log().tail().value - folded.value <= kWritersPart;
  };
  while (!std::ranges::all_of(views, is_near)) {
    rocksdb::WriteBatch batch;
    fold_on(database, views, kCatchUpPart, Haste::gives_way, batch);
    must_write(database, durable, batch);
    if (is_called_off(work)) throw Interrupted{};
  }
}

/// The writer folds the last few entries, and where the rows are to be the views' makes them that: between
/// two batches, durable, all of them or none.
void ViewJobs::put_in_place(Work& work, Database& database, std::vector<Fresh>& views) {
  bool replaces = work.job.kind == ViewJobKind::rebuild;
  bool cancelled = false;  // of which the log says so before anything else
  bool done = host_.on_writer([&] {
    {
      std::lock_guard guard(mutex_);
      cancelled = work.cancelled;
    }
    if (cancelled) return;
    rocksdb::WriteBatch batch;
    fold_on(database, views, UINT64_MAX, Haste::is_waited_for, batch);
    std::vector<Database::FreshView> ready;
    for (auto& fresh : views) {
      if (fresh.failure) continue;
      auto view = fresh.part.view;
      auto version = database.views()[view].version();
      fresh.is_comparable = is_current(database, view);
      fresh.before = database.current_rows(view);
      if (replaces) BulkRows::remove_progress(batch, *fresh.rows);
      ready.push_back({view, fresh.rows, {fresh.part.generation, version, fresh.position}});
    }
    if (!replaces) {
      must_write(database, {}, batch);
    } else if (auto swapped = database.swap_generations(ready, batch); !swapped) {
      throw std::runtime_error(swapped.error());
    }
    auto& rocks = database.rocks();
    std::shared_ptr<const rocksdb::Snapshot> now(rocks.GetSnapshot(),
                                                 [&rocks](const auto* last) { rocks.ReleaseSnapshot(last); });
    for (auto& fresh : views) {
      if (!fresh.failure) fresh.at = now;
    }
    if (!replaces) return;
    std::lock_guard guard(mutex_);
    work.job.in_place_at = system_now();
    for (auto& fresh : views) fresh.part.done = fresh.part.done || !fresh.failure;
  });
  if (!done || cancelled) throw Interrupted{};
}

/// Holds them against those before, at the moment when they were put in place.
void ViewJobs::compare(Database& database, Fresh& fresh) const {
  auto& rocks = database.rocks();
  auto& result = fresh.result;
  result.view = fresh.part.view;
  result.position = fresh.position;
  auto may_go_on = [this] {
    let_others_on();
    return !interrupted_.load();
  };
  RowsAt now{rocks, *fresh.rows, fresh.at.get()};
  if (fresh.is_comparable && fresh.before) {
    result.compared = compare_rows({rocks, *fresh.before, fresh.at.get()}, now, may_go_on);
    if (result.compared) result.rows = result.compared->rows;
  } else {
    result.rows = count_rows(now, may_go_on).value_or(0);
  }
  fresh.at.reset();
}

/// Tells what came of it.
void ViewJobs::conclude(Work& work, const Database& database, Fresh& fresh) {
  const auto& result = fresh.result;
  bool replaces = work.job.kind == ViewJobKind::rebuild;
  if (!replaces && fresh.is_cut_short()) return;  // it is gone on with
  std::string name(database.views().name_of(fresh.part.view));
  if (replaces) {
    auto took = work.job.in_place_at.value().micros - work.job.started_at.micros;
    auto milliseconds = static_cast<std::uint64_t>(took) / 1000;
    spdlog::info("the view {} was built anew: {} rows at position {}", name, result.rows,
                 fresh.position.value);
    host_.tell(RebuildFinished{name, work.job.id, fresh.position.value, result.rows, milliseconds,
                               result.compared ? std::optional(result.compared->identical) : std::nullopt});
  } else if (result.compared) {
    const auto& compared = *result.compared;
    if (!compared.identical)
      spdlog::error("the view {} is wrong: its rows are not what the log gives, first at key {}", name,
                    compared.first_difference);
    host_.tell(
        ProjectionVerified{name, work.job.id, fresh.position.value, compared.rows, compared.identical,
                           compared.identical ? std::nullopt : std::optional(compared.first_difference)});
  }
  std::lock_guard guard(mutex_);
  work.job.position = work.job.end = fresh.position;
  work.job.results.push_back(result);
}

void ViewJobs::drop_what_serves_no_more(Work& work, Database& database, std::vector<Fresh>& views) {
  bool replaces = work.job.kind == ViewJobKind::rebuild;
  std::vector<Family> gone;
  for (auto& fresh : views) {
    auto& family = replaces ? fresh.before : fresh.rows;
    if (fresh.failure || !family || (!replaces && fresh.is_cut_short())) continue;
    gone.push_back(std::move(family));
    if (!replaces) end_part(fresh.part);
  }
  database.drop_generations(gone);
}

void ViewJobs::end_part(Part& part) {
  std::lock_guard guard(mutex_);
  part.done = true;
}

void ViewJobs::give_up_view(Work& work, Database& database, Part& part, const Stall& failure) {
  if (auto rows = database.generation(part.view, part.generation)) database.drop_generations({rows});
  end_part(part);
  std::string name(database.views().name_of(part.view));
  spdlog::error("the view {} {}", name, cannot_fold(failure));
  host_.tell(RebuildFailed{name, work.job.id, failure.position.value, failure.reason});
  std::lock_guard guard(mutex_);
  auto& result = work.job.results.emplace_back();
  result.view = part.view;
  result.failure = failure;
}

void ViewJobs::end(Work& work, ViewJobState state, std::string reason) {
  {
    std::lock_guard guard(mutex_);
    work.job.state = state;
    work.job.reason = std::move(reason);
    work.job.ended_at = system_now();
    changed_.notify_all();
  }
  host_.ended();
}

void ViewJobs::drop_rows(Work& work, Database& database) {
  std::vector<Family> begun;
  for (const auto& part : work.parts) {
    if (part.done || part.generation == 0) continue;
    if (auto rows = database.generation(part.view, part.generation)) begun.push_back(std::move(rows));
  }
  database.drop_generations(begun);
}

void ViewJobs::begin_anew(Work& work, Database& database) {
  drop_rows(work, database);
  {
    std::lock_guard guard(mutex_);
    for (auto& part : work.parts) {
      if (!part.done) part.generation = 0;
    }
    work.begins_anew = false;
  }
  keep(database);
}

void ViewJobs::keep() const try {
  if (auto database = host_.database()) keep(*database);
} catch (const std::exception& error) {
  spdlog::error("{}", error.what());  // it is kept with the next that changes
}

/// What is not over, for the next start; what is cancelled is, though its rows may not be cleared away yet.
void ViewJobs::keep(Database& database) const {
  std::lock_guard in_order(keeping_);
  auto all = nlohmann::json::array();
  {
    std::lock_guard guard(mutex_);
    for (const auto& work : works_) {
      const auto& job = work->job;
      if (job.is_over() || work->cancelled) continue;
      auto views = nlohmann::json::object();
      for (const auto& part : work->parts) {
        if (part.done) continue;
        const auto& projection = database.views()[part.view];
        views[std::string(projection.name())] = {{"generation", part.generation},
                                                 {"version", projection.version()}};
      }
      all.push_back({{"id", to_string(job.id)},
                     {"kind", name_of(job.kind)},
                     {"started_at", job.started_at.micros},
                     {"most_per_second", job.most_per_second},
                     {"automatic", job.automatic},
                     {"paused", job.state == ViewJobState::paused},
                     {"views", std::move(views)}});
    }
  }
  database.keep_jobs(all.dump());
}

}  // namespace byline
