#include "engine/engine.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <concepts>
#include <future>

#include "engine/batch.hpp"
#include "engine/clock.hpp"
#include "engine/crew.hpp"
#include "engine/database_reader.hpp"
#include "engine/disk_probe.hpp"
#include "engine/fold.hpp"
#include "engine/rocks_options.hpp"
#include "engine/view_jobs.hpp"
#include "events/codec.hpp"

namespace byline {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirstProbe = 50ms;
constexpr auto kSlowestProbe = 5000ms;
constexpr auto kUsageFlush = 10s;
constexpr auto kPatienceAtStart = 500ms;
/// Entries whose write model takes longer to be folded again than to be written.
constexpr std::uint64_t kManyFolded = 500'000;

/// What the engine asks of itself.
Submission own_submission(const OrganizationId& organization, Command command) {
  auto nobody_waits = [](const Outcome&) {};
  return {{kSystemAccount, organization, std::nullopt}, std::move(command), {}, {}, {}, nobody_waits};
}

/// Of the rebuilds that the last entries tell of: a kill can come between the write that says that one began,
/// or was called off, and the one that keeps that for the next start.
struct LastRebuilds {
  std::vector<RebuildStarted> without_end;
  std::vector<RebuildId> cancelled;
};

LastRebuilds last_rebuilds(const Database& database) {
  constexpr std::uint64_t kLooked = 4096;
  LastRebuilds found;
  auto is_over = [&](const std::string& projection, const RebuildId& job) {
    std::erase_if(found.without_end,
                  [&](const auto& each) { return each.projection == projection && each.job == job; });
  };
  auto tail = database.log().tail();
  Position at{tail.value - std::min(tail.value, kLooked)};
  for (auto cursor = database.log().read(at); cursor->next();) {
    auto entry = decode(cursor->bytes());  // nothing of these events is sealed
    if (!entry) continue;
    std::visit(
        [&]<class E>(const E& event) {
          if constexpr (std::same_as<E, RebuildStarted>) found.without_end.push_back(event);
          if constexpr (std::same_as<E, RebuildFinished> || std::same_as<E, RebuildFailed> ||
                        std::same_as<E, RebuildCancelled>)
            is_over(event.projection, event.job);
          if constexpr (std::same_as<E, RebuildCancelled>) found.cancelled.push_back(event.job);
        },
        entry->event);
  }
  return found;
}

void refuse_all(std::vector<Submission>& submissions, const Unavailable& answer) {
  for (auto& submission : submissions) submission.done(answer);
}

}  // namespace

std::expected<std::unique_ptr<Engine>, std::string> Engine::open(Options options, Metrics& metrics) {
  auto lock = DirectoryLock::acquire(options.directory);
  if (!lock) return std::unexpected(lock.error());
  TemporaryDirectory::clear_away(options.directory);  // of backups that were cut short
  std::unique_ptr<Engine> engine(new Engine(std::move(options), std::move(*lock), metrics));
  engine->make_view_jobs();
  engine->state_keeper_.emplace(
      engine->options_.directory, [raw = engine.get()] { return raw->database(); },
      engine->options_.states_apart);
  engine->rewriter_.emplace([raw = engine.get()] { return raw->database(); },
                            [raw = engine.get()](Position tail) {
                              raw->state_keeper_->forget_before(tail);
                              raw->view_jobs_->begin_paused_anew();  // it may hold what was erased
                            },
                            engine->options_.rewriting_apart);
  if (auto loaded = engine->load(); !loaded) return std::unexpected(loaded.error());
  engine->had_organizations_ = engine->state_->has_organizations();
  engine->writer_ = std::thread([raw = engine.get()] { raw->run(); });
  // What takes no time is done before anybody asks.
  engine->view_jobs_->wait_until_idle(kPatienceAtStart);
  return engine;
}

Engine::Engine(Options options, DirectoryLock lock, Metrics& metrics)
    : options_(std::move(options)), lock_(std::move(lock)), metrics_(metrics) {}

Engine::~Engine() { stop(); }

void Engine::make_view_jobs() {
  view_jobs_ = std::make_unique<ViewJobs>(
      options_.directory / "bulk",
      ViewJobs::Host{.database = [this] { return database(); },
                     .on_writer = [this](const auto& work) { return on_writer(work); },
                     .tell = [this](auto fact) { tell_of_view(std::move(fact)); },
                     .ended = [this] { rewriter_->wake(); }});
}

void Engine::stop() {
  if (view_jobs_) view_jobs_->stop();  // before the writer, which it may be waiting for
  if (state_keeper_) state_keeper_->stop();
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  if (writer_.joinable()) writer_.join();
  if (rewriter_) rewriter_->stop();
}

/// Opens the disk and folds the log: the same code at start and after a failed write.
std::expected<void, std::string> Engine::load() try {
  auto kept = std::async([this] { return state_keeper_->read(); });  // meanwhile
  auto opened = Database::open(options_.directory, Database::Mode::read_write, options_.key_encryption_key,
                               options_.env, views_ ? views_ : options_.views);
  if (!opened) return std::unexpected(opened.error());
  std::shared_ptr<Database> database = std::move(*opened);
  if (!views_) views_ = database->shared_views();
  auto state = state_keeper_->use(kept.get(), *database);
  auto from = state->tail();
  if (auto folded = fold_log(*database, *state, database->log().tail()); !folded) return folded;
  // Of fewer it is written later, by the keeper's own thread: nobody waits for the disk.
  if (state->tail().value - from.value > kManyFolded) state_keeper_->keep(*state, *database);
  auto tree = database->tree().catch_up();
  if (tree.hashed >= kTileWidth)
    spdlog::info("the log's tree was made anew over its last {} entries", tree.hashed);
  edge_ = std::move(tree.edge);
  state_ = std::move(state);
  auto rebuilds = last_rebuilds(*database);
  view_jobs_->begin(*database, rebuilds.cancelled);
  exchange_database(std::move(database));
  keys_epoch_.fetch_add(1, std::memory_order_release);
  access_epoch_.fetch_add(1, std::memory_order_release);
  writable_.store(true, std::memory_order_release);
  tell_of_growth();
  for (const auto& begun : rebuilds.without_end) {
    if (view_jobs_->find(begun.job)) continue;
    tell_of_view(RebuildFailed{begun.projection, begun.job, 0, "the service was killed before it was begun"});
  }
  return {};
} catch (const std::exception& error) {
  return std::unexpected("The data in " + options_.directory.string() + " cannot be read: " + error.what() +
                         ".");
}

void Engine::submit(Submission submission) {
  std::string_view refusal;
  {
    std::lock_guard guard(mutex_);
    if (stopping_) {
      refusal = "the service is stopping";
    } else if (!is_writable()) {
      refusal = "the storage cannot be written at the moment";
    } else if (queue_.size() >= options_.queue_limit) {
      refusal = "too many commands are waiting";
    } else {
      queue_.push_back(std::move(submission));
      waiting_.store(queue_.size(), std::memory_order_relaxed);
      // The writer sleeps only when the queue is empty.
      if (queue_.size() == 1) work_.notify_one();
      return;
    }
  }
  submission.done(Unavailable{refusal});
}

/// Until something is to be done that nobody asks for.
std::chrono::microseconds Engine::time_to_rest() const {
  std::chrono::microseconds rest = kUsageFlush;
  auto next = state_ ? state_->next_expiry() : std::nullopt;
  if (!next) return rest;
  return std::clamp(std::chrono::microseconds(next->micros - system_now().micros), 0us, rest);
}

/// What is waiting, in order and bounded; nothing after a while without any. nullopt when the engine stops.
std::optional<std::vector<Submission>> Engine::take() {
  std::unique_lock guard(mutex_);
  work_.wait_for(guard, time_to_rest(), [this] { return !queue_.empty() || !tasks_.empty() || stopping_; });
  if (queue_.empty() && stopping_) return std::nullopt;
  metrics_.set_queue_depth(queue_.size());
  std::vector<Submission> taken;
  if (queue_.size() <= options_.batch_limit) {
    taken.swap(queue_);
  } else {
    auto end = queue_.begin() + static_cast<std::ptrdiff_t>(options_.batch_limit);
    taken.assign(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
  }
  waiting_.store(queue_.size(), std::memory_order_relaxed);
  return taken;
}

void Engine::run() {
  count_nothing_of_rocksdb();
  auto flushed = std::chrono::steady_clock::now();
  while (auto submissions = take()) {
    run_tasks();
    add_expiries(*submissions);
    if (!submissions->empty()) write(std::move(*submissions));
    if (!is_writable()) recover();
    if (auto now = std::chrono::steady_clock::now(); is_writable() && now - flushed >= kUsageFlush) {
      flush_uses();
      tell_what_was_seen(false);
      flushed = now;
    }
  }
  if (is_writable()) {
    flush_uses();
    tell_what_was_seen(true);
    if (is_writable() && state_) state_keeper_->keep(*state_, *database());
    if (is_writable()) database()->flush_before_closing();
  }
  state_.reset();
  run_tasks();
}

bool Engine::on_writer(const std::function<void()>& work) {
  std::promise<bool> done;
  auto outcome = done.get_future();
  {
    std::lock_guard guard(mutex_);
    if (stopping_ || !is_writable()) return false;
    tasks_.push_back({&work, &done});
    work_.notify_one();
  }
  return outcome.get();
}

/// What a task leaves behind that throws is known only from the disk.
void Engine::run_tasks() {
  std::vector<Task> tasks;
  {
    std::lock_guard guard(mutex_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) {
    if (!is_writable() || !state_) {
      task.done->set_value(false);
      continue;
    }
    try {
      (*task.work)();
      task.done->set_value(true);
    } catch (...) {
      writable_.store(false, std::memory_order_release);
      task.done->set_exception(std::current_exception());
    }
  }
}

void Engine::tell_of_view(NoteProjection::Fact fact) {
  if (const auto* verified = std::get_if<ProjectionVerified>(&fact))
    metrics_.set_view_right(verified->projection, verified->identical);
  submit(own_submission({}, NoteProjection{std::move(fact)}));
}

/// Applications whose time is over are deactivated before anything else is decided, so that what is decided
/// knows of it.
void Engine::add_expiries(std::vector<Submission>& submissions) const {
  if (!state_) return;
  auto now = system_now();
  std::vector<Submission> due;
  for (const auto& [organization, id] : state_->expired(now, options_.batch_limit))
    due.push_back(own_submission(organization, ExpireApplication{id}));
  submissions.insert(submissions.begin(), std::make_move_iterator(due.begin()),
                     std::make_move_iterator(due.end()));
}

void Engine::flush_uses() {
  usage_.flush(*database());
  credential_uses_.flush(*database());
}

void Engine::tell_what_was_seen(bool all) try {
  std::vector<Submission> due;
  auto write_some = [&](std::size_t at_least) {
    if (due.size() < at_least || due.empty() || !is_writable()) return;
    write(std::move(due));
    due.clear();
  };
  for (auto& [organization, command] : credential_uses_.due(*reader())) {
    due.push_back(own_submission(organization, command));
    due.back().done = [this, told = std::move(command)](const Outcome& outcome) {
      if (std::holds_alternative<Committed>(outcome)) credential_uses_.told(told.id, told);
    };
    write_some(options_.batch_limit);
  }
  for (auto& [organization, command] : seen_.due(*reader(), system_now(), all)) {
    due.push_back(own_submission(organization, std::move(command)));
    write_some(options_.batch_limit);
  }
  write_some(0);
} catch (const std::exception& error) {
  spdlog::error("what was seen of credentials cannot be told to the log: {}", error.what());
}

/// Decide each, commit all, answer each.
void Engine::write(std::vector<Submission> submissions) {
  std::vector<Outcome> outcomes;
  outcomes.reserve(submissions.size());
  bool access_changed = false;
  bool keys_changed = false;
  bool erased = false;
  std::vector<std::optional<Stall>> stalls;
  std::optional<std::string> failure;
  RightOfWay ours;
  try {
    Batch batch(database(), *state_, edge_);
    for (auto& submission : submissions) {
      if (auto* cancel = std::get_if<CancelRebuild>(&submission.command))
        cancel->is_settled = view_jobs_->is_settled(cancel->job);
      outcomes.push_back(batch.decide(submission));
    }
    auto started = std::chrono::steady_clock::now();
    if (auto committed = batch.commit(); !committed) {
      failure = committed.error().reason;
    } else {
      std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
      if (batch.events() > 0) metrics_.observe_commit(submissions.size(), took.count());
      access_changed = batch.changes_access();
      keys_changed = batch.changes_keys();
      erased = batch.erases();
      stalls = batch.stalls();
      start_rebuilds(batch.rebuilds());
      for (const auto& job : batch.cancelled_rebuilds()) view_jobs_->cancel(job);
      for (auto& outcome : outcomes) {
        // Where nothing happened to its subject, the byline of that need not be among the rows.
        if (auto* done = std::get_if<Committed>(&outcome); done && done->version != Version{})
          done->rows = batch.changed_rows();
      }
    }
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure) {
    spdlog::error("commands could not be made durable: {}", *failure);
    writable_.store(false, std::memory_order_release);
    return refuse_all(submissions, {.reason = "the storage failed while it was written", .in_doubt = true});
  }
  if (keys_changed) keys_epoch_.fetch_add(1, std::memory_order_release);
  if (erased) rewriter_->wake();
  if (access_changed) access_epoch_.fetch_add(1, std::memory_order_release);
  tell_of_growth();  // after these: who looks at what is new does so with what counts from then on
  for (std::size_t i = 0; i < submissions.size(); ++i) submissions[i].done(std::move(outcomes[i]));
  for (std::size_t i = 0; i < stalls.size(); ++i) {
    if (!stalls[i]) continue;
    std::string name(views_->name_of(static_cast<View>(i)));
    spdlog::error("the view {} cannot fold the entry at position {} and is not read any more: {}", name,
                  stalls[i]->position.value, stalls[i]->reason);
    tell_of_view(ProjectionStalled{name, stalls[i]->position.value, stalls[i]->reason});
  }
}

/// Together those that were asked for together; but not what the engine told of itself.
void Engine::start_rebuilds(const std::vector<RebuildStarted>& asked) {
  for (auto first = asked.begin(); first != asked.end();) {
    auto last = std::find_if(first, asked.end(), [&](const auto& other) { return other.job != first->job; });
    std::vector<View> views;
    for (auto each = first; each != last; ++each) {
      if (auto view = views_->named(each->projection)) views.push_back(*view);
    }
    auto most = first->most_per_second.value_or(0);
    std::expected<void, ViewJobs::Busy> started;
    if (!view_jobs_->find(first->job))
      started = view_jobs_->start(first->job, ViewJobKind::rebuild, views, most);
    if (!started) {
      for (auto view : views)
        tell_of_view(RebuildFailed{std::string(views_->name_of(view)), first->job, 0,
                                   "the view " + std::string(views_->name_of(started.error().view)) +
                                       " is in another piece of work"});
    }
    first = last;
  }
}

/// What the failed write left behind is known only from the disk: the state in memory goes, and the database
/// is opened anew once the disk takes writes again. Until then, what can be read is read.
void Engine::recover() {
  state_.reset();
  for (auto delay = kFirstProbe; wait_refusing(delay); delay = std::min(delay * 2, kSlowestProbe)) {
    if (auto room = check_writable(options_.directory); !room) {
      spdlog::error("the storage cannot be written yet: {}", room.error());
      continue;
    }
    if (!close_database()) return;
    auto loaded = load();
    if (loaded) return spdlog::info("the storage can be written again");
    spdlog::error("the storage cannot be written yet: {}", loaded.error());
    if (auto readable = Database::open(options_.directory, Database::Mode::read_only,
                                       options_.key_encryption_key, options_.env, views_)) {
      exchange_database(std::move(*readable));
    }
  }
}

/// Waits, and refuses what came in meanwhile. False when the engine stops.
bool Engine::wait_refusing(std::chrono::milliseconds delay) {
  std::vector<Submission> refused;
  bool stopping = false;
  {
    std::unique_lock guard(mutex_);
    stopping = work_.wait_for(guard, delay, [this] { return stopping_; });
    refused.swap(queue_);
    waiting_.store(0, std::memory_order_relaxed);
  }
  run_tasks();  // which refuses them
  refuse_all(refused, {.reason = "the storage cannot be written at the moment"});
  return !stopping;
}

/// Waits for the requests that are still reading. False when the engine stops meanwhile.
bool Engine::close_database() {
  auto old = exchange_database(nullptr);
  rewriter_->interrupt();
  state_keeper_->interrupt();
  view_jobs_->interrupt();
  while (old.use_count() > 1) {
    if (!wait_refusing(1ms)) return false;
  }
  return true;
}

std::shared_ptr<Database> Engine::database() const {
  std::lock_guard guard(database_mutex_);
  return database_;
}

/// Gives the one before, so that it is closed outside of the lock.
std::shared_ptr<Database> Engine::exchange_database(std::shared_ptr<Database> database) {
  std::lock_guard guard(database_mutex_);
  database_.swap(database);
  return database;
}

std::unique_ptr<Reader> Engine::reader() const {
  auto current = database();
  return current ? std::make_unique<DatabaseReader>(std::move(current)) : nullptr;
}

std::unique_ptr<Reader> Engine::reader_after(const Committed& committed) const {
  auto current = reader();
  if (!current || !committed.rows) return current;
  return std::make_unique<CommittedReader>(committed.rows, std::move(current));
}

std::unique_ptr<Reader> Engine::snapshot() const {
  auto current = database();
  return current ? std::make_unique<DatabaseReader>(std::move(current), DatabaseReader::Kind::frozen)
                 : nullptr;
}

std::unique_ptr<LogReader> Engine::log_reader() const {
  auto current = database();
  return current && current->has_tree() ? std::make_unique<LogReader>(std::move(current)) : nullptr;
}

void Engine::note_use(const OrganizationId& organization, const AccountId& account,
                      const Permission& permission) {
  usage_.note(organization, account, permission, system_now());
}

void Engine::note_credential_use(const OrganizationId& organization, const AccountId& account,
                                 const CredentialId& id, std::string_view from) {
  credential_uses_.note_use(organization, account, id, from, system_now());
}

void Engine::note_credential_refusal(const OrganizationId& organization, const AccountId& account,
                                     const CredentialId& id, std::string_view from) {
  credential_uses_.note_refusal(organization, account, id, from, system_now());
}

std::optional<bool> Engine::take_once(std::string_view text, Time until) try {
  auto current = database();
  if (!current || !is_writable()) return std::nullopt;
  return used_once_.take(*current, text, until, system_now());
} catch (const std::exception& error) {
  spdlog::error("{}", error.what());
  return std::nullopt;
}

void Engine::note_failed_sign_in(const AccountId& claimed, std::string_view from, bool locked_out) {
  seen_.note_failed_sign_in(claimed, from, locked_out, system_now());
}

void Engine::note_refusal(const OrganizationId& organization, const AccountId& account,
                          std::string_view operation, std::string_view from) {
  seen_.note_refusal(organization, account, operation, from, system_now());
}

void Engine::note_token(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
                        std::string_view from) {
  seen_.note_token(organization, account, id, from, system_now());
}

void Engine::listen(std::function<void()> listener) {
  std::lock_guard guard(listener_mutex_);
  listener_ = std::move(listener);
}

void Engine::tell_of_growth() {
  tail_.store(state_->tail().value, std::memory_order_release);
  metrics_.set_log_tail(state_->tail().value);
  state_keeper_->grown(state_->tail());
  std::lock_guard guard(listener_mutex_);
  if (listener_) listener_();
}

CredentialSightings Engine::sightings_of(const CredentialId& id, const CredentialRow& row) const {
  auto current = database();
  if (!current)
    return {{row.used_at, row.used_from.value_or("")}, {row.refused_at, row.refused_from.value_or("")}};
  return credential_uses_.newest(*current, id, row);
}

std::optional<std::vector<PermissionUse>> Engine::uses_of(const OrganizationId& organization,
                                                          const AccountId& account, Day since) const {
  auto current = database();
  if (!current) return std::nullopt;
  return usage_.of(*current, organization, account, since);
}

std::vector<ViewStatus> Engine::view_statuses() const {
  std::vector<ViewStatus> statuses;
  auto current = database();
  if (!current) return statuses;
  auto states = current->view_states_now();
  auto live = current->live_rows();
  for (std::size_t i = 0; i < states.size(); ++i) {
    ViewStatus status{.view = static_cast<View>(i),
                      .version = (*views_)[static_cast<View>(i)].version(),
                      .rows_version = states[i].version,
                      .checkpoint = states[i].checkpoint,
                      .live = (*live)[i] != nullptr,
                      .stall = states[i].stall};
    if (auto rows = current->generation(status.view, states[i].generation)) {
      current->rocks().GetIntProperty(rows.get(), "rocksdb.estimate-num-keys", &status.rows);
      current->rocks().GetIntProperty(rows.get(), "rocksdb.total-sst-files-size", &status.bytes);
      std::uint64_t in_memory = 0;
      current->rocks().GetIntProperty(rows.get(), "rocksdb.cur-size-all-mem-tables", &in_memory);
      status.bytes += in_memory;
    }
    if (!status.live && !status.stall) status.stall = view_jobs_->last_failure(status.view);
    statuses.push_back(std::move(status));
  }
  return statuses;
}

std::vector<std::pair<std::string, double>> Engine::storage_figures() const {
  std::vector<std::pair<std::string, double>> figures;
  auto current = database();
  if (!current) return figures;
  for (const char* name : {"cur-size-all-mem-tables", "estimate-table-readers-mem", "total-sst-files-size",
                           "estimate-pending-compaction-bytes", "num-running-compactions",
                           "num-running-flushes", "background-errors"}) {
    std::uint64_t value = 0;
    if (current->rocks().GetAggregatedIntProperty("rocksdb." + std::string(name), &value)) {
      figures.emplace_back(name, static_cast<double>(value));
    }
  }
  return figures;
}

}  // namespace byline
