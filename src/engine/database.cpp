#include "engine/database.hpp"

#include <rocksdb/utilities/options_util.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "engine/directory_lock.hpp"
#include "engine/disk_probe.hpp"
#include "engine/manifest.hpp"
#include "engine/rocks_options.hpp"
#include "events/json_writer.hpp"
#include "log/rocks_log.hpp"
#include "projections/definition.hpp"

namespace byline {
namespace {

namespace fs = std::filesystem;
using rocksdb::ColumnFamilyDescriptor;
using rocksdb::ColumnFamilyHandle;

constexpr const char* kFormatKey = "format";
/// Of the whole directory; raised when an older release could not read it. Until 1 nothing was sealed.
constexpr const char* kFormat = "2";
constexpr const char* kOldFormats[] = {"1"};
constexpr const char* kReleaseKey = "release";  ///< the newest that wrote here
constexpr int kFollowerAttempts = 50;
constexpr int kFollowerMoments = 2;  ///< openings that were of more than one
constexpr std::string_view kErasurePrefix = "erasure.";
constexpr const char* kViewsKey = "views";
constexpr const char* kDefinitionsKey = "projections";
constexpr const char* kJobsKey = "jobs";
constexpr const char* kCheckpointKey = "checkpoint";
constexpr const char* kCheckpointEdgeKey = "checkpoint.edge";

std::string failure(const std::string& what, const rocksdb::Status& status) {
  return what + ": " + status.ToString();
}

/// Those that are there; for writing also those that must be.
std::vector<ColumnFamilyDescriptor> families_of(const rocksdb::DBOptions& options, const std::string& path,
                                                Database::Mode mode) {
  std::vector<std::string> names;
  if (!rocksdb::DB::ListColumnFamilies(options, path, &names).ok())
    names = {rocksdb::kDefaultColumnFamilyName};
  for (const char* needed : {"log", "tree", "keys", "answers", "usage"}) {
    if (mode == Database::Mode::read_write && std::ranges::find(names, needed) == names.end())
      names.emplace_back(needed);
  }
  std::vector<ColumnFamilyDescriptor> families;
  families.reserve(names.size());
  for (const auto& name : names) families.emplace_back(name, family_options(name));
  return families;
}

std::string view_states_json(const ViewSet& views, const ViewStates& states) {
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  for (auto view : views.views()) {
    const auto& state = states[static_cast<std::size_t>(view)];
    json.key(views.name_of(view));
    json.begin_object();
    json.member("generation", state.generation);
    json.member("version", state.version);
    json.member("checkpoint", state.checkpoint.value);
    if (const auto& stall = state.stall) {
      json.key("stall");
      json.begin_object();
      json.member("position", stall->position.value);
      json.member("reason", std::string_view(stall->reason));
      json.end_object();
    }
    json.end_object();
  }
  json.end_object();
  return text;
}

bool holds_tables(const fs::path& database) {
  std::error_code error;
  for (const auto& file : fs::directory_iterator(database, error)) {
    if (file.path().extension() == ".sst") return true;
  }
  return false;
}

void close_rocks(rocksdb::DB*& rocks, std::vector<ColumnFamilyHandle*>& handles) {
  for (auto* handle : handles) rocks->DestroyColumnFamilyHandle(handle);
  handles.clear();
  delete std::exchange(rocks, nullptr);
}

}  // namespace

// -- opening --

std::expected<std::unique_ptr<Database>, std::string> Database::open(
    const fs::path& directory, Mode mode, const std::optional<security::Key>& key_encryption_key,
    rocksdb::Env* env, std::shared_ptr<const ViewSet> views) {
  auto path = (directory / "db").string();
  if (mode != Mode::read_write && !exists(directory)) {
    return std::unexpected("There is no Byline data in " + directory.string() + ".");
  }
  // RocksDB would make a new, empty database in its place.
  if (!fs::exists(path + "/CURRENT") && holds_tables(path))
    return std::unexpected("The data in " + directory.string() +
                           " is damaged: the file db/CURRENT is missing.");
  auto options = database_options();
  if (env) options.env = env;
  std::unique_ptr<Database> database(new Database);
  database->views_ = std::move(views);
  if (key_encryption_key) database->wrapping_key_ = SubjectKeys::wrapping_key(*key_encryption_key);
  std::vector<ColumnFamilyHandle*> handles;
  rocksdb::DB* rocks = nullptr;
  rocksdb::Status status;
  switch (mode) {
    case Mode::read_write: {
      if (auto writable = check_writable(directory); !writable) {
        return std::unexpected("The data in " + directory.string() +
                               " cannot be opened: " + writable.error() + ".");
      }
      std::error_code ignored;
      fs::create_directories(path, ignored);
      options.row_cache = row_cache();
      status = rocksdb::DB::Open(options, path, families_of(options, path, mode), &handles, &rocks);
      break;
    }
    case Mode::read_only:
      status =
          rocksdb::DB::OpenForReadOnly(options, path, families_of(options, path, mode), &handles, &rocks);
      break;
    case Mode::follower: {
      options.create_if_missing = options.create_missing_column_families = false;
      options.max_open_files = -1;  // files that the writer deletes must stay open
      // Of its memtables, which it must not flush, RocksDB would warn on and on.
      options.info_log->SetInfoLogLevel(rocksdb::InfoLogLevel::ERROR_LEVEL);
      // Nobody writes: then it is read as it is. RocksDB's follower would pass over files that are missing.
      if (!DirectoryLock::is_held(directory)) {
        auto manifest = Manifest::of(path);
        status =
            rocksdb::DB::OpenForReadOnly(options, path, families_of(options, path, mode), &handles, &rocks);
        if (status.ok() || manifest.is_still_that_of(path)) break;
      }
      // A fresh one each time: followers of one process must not share it, nor may anybody have laid it out.
      try {
        database->follower_files_.emplace();
      } catch (const std::exception& error) {
        return std::unexpected("The data cannot be read beside a service: " + std::string(error.what()) +
                               ".");
      }
      // The service goes on meanwhile: where it wrote a table, or put a view in the place of another, between
      // one thing that is read here and the next, what was read is not of one moment.
      bool is_of_one_moment = false;
      int moments = 0;
      for (int attempt = 0; attempt < kFollowerAttempts && !is_of_one_moment; ++attempt) {
        if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (rocks) close_rocks(rocks, handles);
        auto manifest = Manifest::of(path);
        status = rocksdb::DB::OpenAsSecondary(options, path, database->follower_files_->path().string(),
                                              families_of(options, path, mode), &handles, &rocks);
        is_of_one_moment = manifest.is_still_that_of(path);
        if (!is_of_one_moment && status.ok() && ++moments == kFollowerMoments) break;
        if (is_of_one_moment && !status.ok() && !status.IsInvalidArgument()) break;
      }
      // Where that is so all the time, RocksDB reads on: which has been seen to crash, with views put in
      // place.
      if (status.ok() && !is_of_one_moment) status = rocks->TryCatchUpWithPrimary();
      break;
    }
  }
  database->rocks_.reset(rocks);
  if (auto adopted = database->adopt_families(std::move(handles)); status.ok() && !adopted) {
    return std::unexpected(adopted.error());
  }
  if (!status.ok())
    return std::unexpected(failure("The data in " + directory.string() + " cannot be opened", status));
  if (mode == Mode::read_only && std::ranges::find(database->rows_, nullptr) != database->rows_.end()) {
    return std::unexpected("Views are missing in " + directory.string() +
                           ". Start the service: it builds them from the log.");
  }
  if (mode == Mode::read_write) {
    if (auto ready = database->prepare_for_writing(); !ready) return std::unexpected(ready.error());
  }
  return database;
}

bool Database::exists(const fs::path& directory) {
  auto path = (directory / "db").string();
  if (!fs::exists(path + "/CURRENT")) return holds_tables(path);  // opening tells what is wrong
  std::vector<std::string> names;
  auto status = rocksdb::DB::ListColumnFamilies(database_options(), path, &names);
  return !status.ok() || std::ranges::find(names, "log") != names.end();  // likewise
}

std::expected<void, std::string> Database::adopt_families(std::vector<ColumnFamilyHandle*> handles) {
  handles_ = std::move(handles);
  auto is_view = [](ColumnFamilyHandle* handle) { return handle->GetName().starts_with("view."); };
  for (auto* handle : handles_) {
    if (is_view(handle)) generations_.push_back(own(handle));
  }
  std::erase_if(handles_, is_view);
  auto family = [this](std::string_view name) -> ColumnFamilyHandle* {
    auto found = std::ranges::find(handles_, name, [](auto* handle) { return handle->GetName(); });
    return found == handles_.end() ? nullptr : *found;
  };
  meta_ = family(rocksdb::kDefaultColumnFamilyName);
  answers_ = family("answers");
  usage_ = family("usage");
  keys_ = family("keys");
  if (!meta_) return {};
  if (auto known = read_format(); !known) return known;
  if (auto read = read_views(); !read) return read;
  if (auto read = read_view_states(); !read) return read;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    rows_[i] = find_generation(generation_name(static_cast<View>(i), view_states_[i].generation));
  }
  if (auto* log = family("log")) {
    log_ = std::make_unique<RocksLog>(*rocks_, *log, keys_);
    if (auto* tree = family("tree")) tree_ = std::make_unique<RocksTree>(*rocks_, *tree, *log_);
    publish_live_rows();
  }
  return {};
}

std::expected<void, std::string> Database::read_format() {
  std::string release;
  auto status = rocks_->Get({}, meta_, kFormatKey, &format_);
  if (status.ok()) {
    status = rocks_->Get({}, meta_, kReleaseKey, &release);
    if (status.IsNotFound()) return check_format();  // data of a build before the first release
  }
  if (status.IsNotFound()) return {};  // a fresh database
  if (!status.ok())
    return std::unexpected(failure("The row that says which format the data has cannot be read", status));
  release_ = parse_release(release);
  if (!release_) return std::unexpected("The row that says which release wrote the data is damaged.");
  if (!reads(this_release(), *release_)) {
    return std::unexpected("The data was written by Byline " + release + ", and this is " +
                           to_string(this_release()) + ", which cannot read it: use Byline " +
                           std::to_string(release_->major) + "." + std::to_string(release_->minor) +
                           " or newer.");
  }
  return check_format();
}

std::expected<void, std::string> Database::check_format() const {
  if (format_ == kFormat || std::ranges::find(kOldFormats, format_) != std::end(kOldFormats)) return {};
  return std::unexpected("The data has format " + format_ +
                         ", which this release does not know. A newer release made it.");
}

bool Database::has_newest_format() const { return format_ == kFormat; }

std::expected<void, std::string> Database::read_views() {
  if (!views_) {
    std::string text;
    auto status = rocks_->Get({}, meta_, kDefinitionsKey, &text);
    if (!status.ok() && !status.IsNotFound())
      return std::unexpected(failure("The row with the definitions of projections cannot be read", status));
    auto definitions = parse_definitions(status.ok() ? text : "[]");
    if (!definitions) return std::unexpected(definitions.error());
    views_ = std::make_shared<const ViewSet>(std::move(*definitions));
  }
  rows_.resize(views_->size());
  view_states_.resize(views_->size());
  return {};
}

std::expected<void, std::string> Database::read_view_states() {
  std::string text;
  auto status = rocks_->Get({}, meta_, kViewsKey, &text);
  if (status.IsNotFound()) return {};  // a fresh database
  if (!status.ok())
    return std::unexpected(failure("The row that says how far the views are cannot be read", status));
  try {
    auto json = nlohmann::json::parse(text);
    for (std::size_t i = 0; i < view_states_.size(); ++i) {
      auto found = json.find(std::string(views_->name_of(static_cast<View>(i))));
      if (found == json.end()) continue;  // a view that came with a newer release, or was defined since
      view_states_[i] = {
          found->at("generation"), found->at("version"), {found->at("checkpoint").get<std::uint64_t>()}};
      if (auto stall = found->find("stall"); stall != found->end())
        view_states_[i].stall = {{stall->at("position").get<std::uint64_t>()}, stall->at("reason")};
    }
  } catch (const nlohmann::json::exception&) {
    return std::unexpected("The row that says how far the views are is damaged.");
  }
  return {};
}

std::expected<void, std::string> Database::prepare_for_writing() {
  rocksdb::WriteOptions durable;
  durable.sync = true;
  rocksdb::WriteBatch batch;
  batch.Put(meta_, kFormatKey, kFormat);
  format_ = kFormat;
  release_ = std::max(release_.value_or(Release{}), this_release());
  batch.Put(meta_, kReleaseKey, to_string(*release_));
  auto states = view_states_;
  std::vector<std::pair<View, std::uint32_t>> missing;
  for (auto view : views_->views()) {
    if (!rows(view)) missing.emplace_back(view, next_generation(view));
  }
  auto made = open_generations(missing);
  if (!made) return std::unexpected(made.error());
  for (std::size_t i = 0; i < missing.size(); ++i) {
    auto [view, generation] = missing[i];
    rows_[static_cast<std::size_t>(view)] = (*made)[i];
    states[static_cast<std::size_t>(view)] = {generation, (*views_)[view].version(), Position{}};
  }
  put_view_states(batch, states);
  batch.Put(meta_, kDefinitionsKey, views_->definitions_json());
  if (auto status = rocks_->Write(durable, &batch); !status.ok()) {
    return std::unexpected(failure("The database cannot be written", status));
  }
  adopt(states);
  publish_live_rows();
  return {};
}

KeptCheckpoint Database::kept_checkpoint() const {
  KeptCheckpoint kept;
  for (auto [key, text] :
       {std::pair(kCheckpointKey, &kept.note), std::pair(kCheckpointEdgeKey, &kept.edge)}) {
    auto status = rocks_->Get({}, meta_, key, text);
    if (!status.ok() && !status.IsNotFound())
      throw std::runtime_error("the checkpoint cannot be read: " + status.ToString());
  }
  return kept;
}

void Database::keep_checkpoint(const KeptCheckpoint& checkpoint) {
  rocksdb::WriteBatch batch;
  batch.Put(meta_, kCheckpointKey, checkpoint.note);
  batch.Put(meta_, kCheckpointEdgeKey, checkpoint.edge);
  if (auto status = rocks_->Write({}, &batch); !status.ok())
    throw std::runtime_error("the checkpoint cannot be kept: " + status.ToString());
}

// -- what was erased --

void Database::note_erasure(rocksdb::WriteBatch& batch, Position position) const {
  batch.Put(meta_, std::string(kErasurePrefix) + std::to_string(position.value), {});
}

std::vector<std::string> Database::noted_erasures() const {
  std::vector<std::string> notes;
  std::unique_ptr<rocksdb::Iterator> note(rocks_->NewIterator({}, meta_));
  for (note->Seek(kErasurePrefix); note->Valid() && note->key().starts_with(kErasurePrefix); note->Next())
    notes.push_back(note->key().ToString());
  if (!note->status().ok())
    throw std::runtime_error("the notes of erasures cannot be read: " + note->status().ToString());
  return notes;
}

void Database::rewrite_files(const std::vector<std::string>& erasures, std::atomic<bool>& canceled) {
  auto must = [](const rocksdb::Status& status) {
    if (!status.ok()) throw std::runtime_error("files cannot be written anew: " + status.ToString());
  };
  // Who still looks at what was before would have it carried over into the new files.
  std::uint64_t oldest = 0;
  rocks_->GetIntProperty("rocksdb.oldest-snapshot-sequence", &oldest);
  if (oldest > 0 && oldest <= rocks_->GetLatestSequenceNumber())
    throw std::runtime_error("somebody still reads what was before");
  // Then no write-ahead log from before is needed any more, and RocksDB deletes it.
  std::vector<Family> views;
  {
    std::lock_guard guard(families_mutex_);
    views = generations_;
  }
  // What is being built may still hold something of them; where it does in the end, it is written anew then.
  if (views.size() > views_->size()) throw std::runtime_error("a view is being built");
  auto all_families = handles_;
  for (const auto& view : views) all_families.push_back(view.get());
  must(rocks_->Flush({}, all_families));
  rocksdb::CompactRangeOptions all;
  all.exclusive_manual_compaction = false;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  all.canceled = &canceled;
  std::vector<ColumnFamilyHandle*> families = {keys_, usage_};
  for (const auto& view : views) families.push_back(view.get());
  for (auto* family : families) must(rocks_->CompactRange(all, family, nullptr, nullptr));
  rocksdb::WriteBatch done;
  for (const auto& note : erasures) done.Delete(meta_, note);
  must(rocks_->Write({}, &done));
}

void Database::flush_before_closing() {
  constexpr std::uint64_t kMuch = 16 << 20;  // bytes
  std::uint64_t in_memory = 0;
  rocks_->GetAggregatedIntProperty("rocksdb.cur-size-all-mem-tables", &in_memory);
  if (in_memory < kMuch) return;
  auto views = [this] {
    std::lock_guard guard(families_mutex_);
    return generations_;
  }();
  auto families = handles_;
  for (const auto& view : views) families.push_back(view.get());
  if (auto status = rocks_->Flush({}, families); !status.ok())
    spdlog::warn("the next start takes longer: memory cannot be written to tables: {}", status.ToString());
}

security::Key Database::key_mark() const {
  return wrapping_key_ ? security::derive_key(*wrapping_key_, "mark", {}) : security::Key{};
}

Database::~Database() {
  tree_.reset();
  log_.reset();
  if (rocks_) {
    live_.reset();
    rows_.clear();
    generations_.clear();
    for (auto* handle : handles_) rocks_->DestroyColumnFamilyHandle(handle);
    rocks_.reset();
  }
  follower_files_.reset();
}

// -- views --

void Database::put_view_states(rocksdb::WriteBatch& batch, const ViewStates& states) const {
  batch.Put(meta_, kViewsKey, view_states_json(*views_, states));
}

void Database::adopt(const ViewStates& states) {
  bool changes = false;
  for (std::size_t i = 0; i < states.size(); ++i)
    changes = changes || states[i].stall != view_states_[i].stall;
  {
    std::lock_guard guard(families_mutex_);
    view_states_ = states;
  }
  if (changes) publish_live_rows();
}

ViewStates Database::view_states_now() const {
  std::lock_guard guard(families_mutex_);
  return view_states_;
}

bool Database::is_live(View view) const {
  auto index = static_cast<std::size_t>(view);
  const auto& state = view_states_[index];
  return rows_[index] && !state.stall && state.checkpoint == log_->tail() &&
         (*views_)[view].fits(state.version);
}

void Database::publish_live_rows() {
  auto live = std::make_shared<ViewFamilies>(rows_.size());
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (is_live(static_cast<View>(i))) (*live)[i] = rows_[i];
  }
  std::lock_guard guard(families_mutex_);
  live_ = std::move(live);
  live_epoch_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const ViewFamilies> Database::live_rows() const {
  std::lock_guard guard(families_mutex_);
  return live_;
}

// -- generations of views --

std::string Database::generation_name(View view, std::uint32_t generation) const {
  return "view." + std::string(views_->name_of(view)) + "." + std::to_string(generation);
}

Family Database::own(ColumnFamilyHandle* handle) {
  return {handle, [rocks = rocks_.get()](ColumnFamilyHandle* last) {
            if (last) rocks->DestroyColumnFamilyHandle(last);
          }};
}

Family Database::find_generation(const std::string& name) const {
  std::lock_guard guard(families_mutex_);
  auto found = std::ranges::find(generations_, name, [](const Family& family) { return family->GetName(); });
  return found == generations_.end() ? nullptr : *found;
}

std::uint32_t Database::next_generation(View view) const {
  auto next = view_states_[static_cast<std::size_t>(view)].generation + 1;
  while (find_generation(generation_name(view, next))) ++next;
  return next;
}

std::expected<void, std::string> Database::create_families(const std::vector<std::string>& names) {
  std::vector<rocksdb::ColumnFamilyDescriptor> wanted;
  wanted.reserve(names.size());
  for (const auto& name : names) wanted.emplace_back(name, family_options(name));
  std::vector<ColumnFamilyHandle*> handles;
  auto status = rocks_->CreateColumnFamilies(wanted, &handles);
  std::lock_guard guard(families_mutex_);
  for (auto* handle : handles) generations_.push_back(own(handle));  // of them those that were made
  if (!status.ok()) return std::unexpected(failure("The rows of a view cannot be made", status));
  return {};
}

std::expected<std::vector<Family>, std::string> Database::open_generations(
    const std::vector<std::pair<View, std::uint32_t>>& wanted) {
  std::vector<std::string> missing;
  for (const auto& [view, number] : wanted) {
    if (!generation(view, number)) missing.push_back(generation_name(view, number));
  }
  if (auto made = create_families(missing); !made) return std::unexpected(made.error());
  std::vector<Family> families;
  families.reserve(wanted.size());
  for (const auto& [view, number] : wanted) families.push_back(generation(view, number));
  return families;
}

std::expected<void, std::string> Database::put_in_order(ColumnFamilyHandle& family,
                                                        std::atomic<bool>& canceled) {
  // Files that lie over each other have to be read one by one.
  std::uint64_t overlapping = 0;
  rocks_->GetIntProperty(&family, "rocksdb.num-files-at-level0", &overlapping);
  if (overlapping <= 2) return {};
  rocksdb::CompactRangeOptions all;
  all.exclusive_manual_compaction = false;
  all.max_subcompactions = 2;
  all.canceled = &canceled;
  if (auto status = rocks_->CompactRange(all, &family, nullptr, nullptr); !status.ok())
    return std::unexpected(failure("The rows of a view cannot be put in order", status));
  return {};
}

std::expected<std::vector<Family>, std::string> Database::swap_generations(
    const std::vector<FreshView>& fresh, rocksdb::WriteBatch& batch) {
  auto states = view_states_;
  for (const auto& [view, rows, state] : fresh) states[static_cast<std::size_t>(view)] = state;
  put_view_states(batch, states);
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (auto status = rocks_->Write(durable, &batch); !status.ok())
    return std::unexpected(failure("The rebuilt views cannot be put in place", status));
  {
    std::lock_guard guard(families_mutex_);
    view_states_ = states;
  }
  std::vector<Family> before;
  before.reserve(fresh.size());
  for (const auto& [view, rows, state] : fresh)
    before.push_back(std::exchange(rows_[static_cast<std::size_t>(view)], rows));
  publish_live_rows();
  return before;
}

void Database::drop_generations(const std::vector<Family>& families) {
  std::vector<ColumnFamilyHandle*> handles;
  handles.reserve(families.size());
  for (const auto& family : families) handles.push_back(family.get());
  if (!handles.empty()) rocks_->DropColumnFamilies(handles);
  std::lock_guard guard(families_mutex_);
  std::erase_if(generations_,
                [&](const Family& family) { return std::ranges::find(families, family) != families.end(); });
}

void Database::drop_generations_but(const std::vector<std::string>& kept_names) {
  auto leftovers = generations_;
  std::erase_if(leftovers, [&](const Family& family) {
    return std::ranges::find(rows_, family) != rows_.end() ||
           std::ranges::find(kept_names, family->GetName()) != kept_names.end();
  });
  drop_generations(leftovers);
}

std::string Database::kept_jobs() const {
  std::string json;
  auto status = rocks_->Get({}, meta_, kJobsKey, &json);
  if (!status.ok() && !status.IsNotFound())
    throw std::runtime_error("what is to be gone on with cannot be read: " + status.ToString());
  return json;
}

void Database::keep_jobs(const std::string& json) {
  rocksdb::WriteOptions durable;
  durable.sync = true;
  if (auto status = rocks_->Put(durable, meta_, kJobsKey, json); !status.ok())
    throw std::runtime_error("what is to be gone on with cannot be kept: " + status.ToString());
}

}  // namespace byline
