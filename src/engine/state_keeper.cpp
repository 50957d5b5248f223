#include "engine/state_keeper.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <xxhash.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "domain/state_form.hpp"
#include "engine/crew.hpp"
#include "engine/fold.hpp"
#include "files/durable_file.hpp"
#include "log/merkle.hpp"

namespace byline {
namespace {

namespace fs = std::filesystem;

/// What a file begins with. Behind it comes the state, and at the end a hash of all that.
struct Head {
  std::array<char, 8> kind = {'b', 'y', 'l', 's', 't', 'a', 't', 'e'};
  std::uint32_t form = kStateForm;
  std::uint32_t release = release_digest();
  std::uint64_t position = 0;
  TreeHash entry{};     ///< of the entry at that position, as a leaf of the tree
  security::Key key{};  ///< its mark: with another key the log is to say that it cannot be opened

  /// What a release folds, another one may fold otherwise.
  static std::uint32_t release_digest() { return static_cast<std::uint32_t>(fingerprint(BYLINE_VERSION)); }
  bool fits() const { return kind == Head{}.kind && form == Head{}.form && release == Head{}.release; }
};
static_assert(std::has_unique_object_representations_v<Head>);
using Checksum = XXH64_hash_t;

[[noreturn]] void fail(const char* what) {
  throw std::runtime_error(what + std::string(std::strerror(errno)));
}

/// A file's bytes.
class Mapped {
 public:
  explicit Mapped(const fs::path& file) {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status{};
    if (opened.get() < 0 || ::fstat(opened.get(), &status) != 0) fail("it cannot be opened: ");
    if (!S_ISREG(status.st_mode)) throw std::runtime_error("it is not a file");
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ == 0) return;
    auto* mapped = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE | MAP_POPULATE, opened.get(), 0);
    if (mapped == MAP_FAILED) fail("it cannot be read: ");
    start_ = static_cast<const char*>(mapped);
  }
  ~Mapped() {
    if (start_) ::munmap(const_cast<char*>(start_), size_);
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  std::string_view bytes() const { return {start_, size_}; }

 private:
  const char* start_ = nullptr;
  std::size_t size_ = 0;
};

/// The hash of the entry there; nullopt where there is none.
std::optional<TreeHash> hash_at(const Database& database, Position position) {
  std::string entry;
  if (!database.log().read_one(position, entry)) return std::nullopt;
  return leaf_hash(entry);
}

}  // namespace

struct StateKeeper::Kept {
  Head head;
  std::unique_ptr<State> state;  ///< nullptr where it cannot be used
  std::string reason;            ///< for which it cannot
};

namespace {

/// Throws std::runtime_error, which says why it cannot be used.
StateKeeper::Kept read_file(const fs::path& file) {
  Mapped mapped(file);
  auto bytes = mapped.bytes();
  Head head;
  Checksum checksum = 0;
  if (bytes.size() < sizeof head + sizeof checksum) throw std::runtime_error("it is too short");
  std::memcpy(&head, bytes.data(), sizeof head);
  if (!head.fits()) throw std::runtime_error("it is of another release");
  std::memcpy(&checksum, bytes.data() + bytes.size() - sizeof checksum, sizeof checksum);
  bytes.remove_suffix(sizeof checksum);
  if (XXH3_64bits(bytes.data(), bytes.size()) != checksum) throw std::runtime_error("it is damaged");
  auto state = read_state(bytes.substr(sizeof head));
  if (state->tail().value != head.position)
    throw std::runtime_error("it is of another position than it says");
  return {head, std::move(state), {}};
}

/// Throws std::runtime_error where it is not of this log.
void check(const Head& head, const Database& database) {
  if (head.key != database.key_mark())
    throw std::runtime_error("it was made with another key-encryption key");
  if (hash_at(database, {head.position}) != head.entry) throw std::runtime_error("it is of another log");
}

/// All of it or nothing, and durable on return. Throws std::runtime_error.
void write(const fs::path& file, const Head& head, const State& state) {
  DurableFile out(file);
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> hash(XXH3_createState(), &XXH3_freeState);
  XXH3_64bits_reset(hash.get());
  auto put = [&](std::string_view piece) {
    XXH3_64bits_update(hash.get(), piece.data(), piece.size());
    out.write(piece);
  };
  put({reinterpret_cast<const char*>(&head), sizeof head});
  write_state(state, put);
  Checksum checksum = XXH3_64bits_digest(hash.get());
  put({reinterpret_cast<const char*>(&checksum), sizeof checksum});
  out.put_in_place();
}

}  // namespace

StateKeeper::StateKeeper(const fs::path& directory, std::function<std::shared_ptr<Database>()> database,
                         std::uint64_t apart)
    : file_(file_in(directory)), database_(std::move(database)), apart_(apart), thread_([this] { run(); }) {}

StateKeeper::~StateKeeper() { stop(); }

std::shared_ptr<StateKeeper::Kept> StateKeeper::read() {
  std::lock_guard guard(file_mutex_);
  auto kept = std::make_shared<Kept>();
  try {
    if (fs::exists(file_)) *kept = read_file(file_);
  } catch (const std::exception& error) {
    kept->reason = error.what();
  }
  return kept;
}

std::unique_ptr<State> StateKeeper::use(std::shared_ptr<Kept> kept, const Database& database) {
  auto [head, state, reason] = std::move(*std::exchange(kept, nullptr));
  try {
    if (state) check(head, database);
  } catch (const std::exception& error) {
    reason = error.what();
    state = nullptr;
  }
  if (!reason.empty())
    spdlog::warn("the write model in {} is not used, but folded from the log: {}", file_.string(), reason);
  std::lock_guard guard(file_mutex_);
  bool is_there = state && state->tail() >= earliest_;  // no erasure took it away meanwhile
  kept_.store(is_there ? state->tail().value : 0);
  return state ? std::move(state) : std::make_unique<State>();
}

void StateKeeper::keep(const State& state, const Database& database) {
  std::lock_guard guard(file_mutex_);
  constexpr std::uint64_t kAboutAsNew = 1000;  // which are folded in no time
  auto position = state.tail();
  if (position < earliest_ || position.value < kept_.load() + std::min(kAboutAsNew, apart_)) return;
  try {
    Head head;
    head.position = position.value;
    auto entry = hash_at(database, position);
    if (!entry)
      throw std::runtime_error("the log has no entry at position " + std::to_string(position.value));
    head.entry = *entry;
    head.key = database.key_mark();
    write(file_, head, state);
    kept_.store(position.value);
  } catch (const std::exception& error) {
    spdlog::warn("the write model cannot be kept; the next start takes longer: {}", error.what());
  }
}

void StateKeeper::forget_before(Position erasure) {
  std::lock_guard guard(file_mutex_);
  earliest_ = std::max(earliest_, erasure);
  if (kept_.load() >= erasure.value) return;
  fs::remove(file_);
  kept_.store(0);
}

void StateKeeper::grown(Position tail) {
  if (!is_due(tail)) return;
  std::lock_guard guard(mutex_);
  if (due_) return;
  due_ = true;
  changed_.notify_all();
}

void StateKeeper::stop() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
    interrupted_.store(true);
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void StateKeeper::run() {
  give_way();
  std::unique_lock guard(mutex_);
  while (!stopping_) {
    if (!due_) {
      changed_.wait(guard);
      continue;
    }
    due_ = false;
    interrupted_.store(false);
    guard.unlock();
    keep_anew();
    guard.lock();
    constexpr std::chrono::seconds kRest{1};  // what cannot be done now is tried again, but not all the time
    changed_.wait_for(guard, kRest, [this] { return stopping_; });
  }
}

void StateKeeper::keep_anew() {
  auto database = database_();
  if (!database || !is_due(database->log().tail())) return;
  auto state = use(read(), *database);
  constexpr std::uint64_t kStep = 20'000;  // until one looks whether somebody wants the database
  for (auto end = database->log().tail(); state->tail() < end;) {
    if (interrupted_.load()) return;
    auto step = std::min(end, Position{state->tail().value + kStep});
    if (auto folded = fold_log(*database, *state, step, Haste::gives_way); !folded) {
      spdlog::error("the write model cannot be kept: {}", folded.error());
      return;
    }
  }
  keep(*state, *database);
}

bool is_kept_state_right(const fs::path& directory, const Database& database) {
  std::unique_ptr<State> kept;
  try {
    auto read = read_file(StateKeeper::file_in(directory));
    check(read.head, database);
    kept = std::move(read.state);
  } catch (const std::exception&) {
    return true;
  }
  State folded;
  if (auto done = fold_log(database, folded, kept->tail()); !done) throw std::runtime_error(done.error());
  return is_same(*kept, folded);
}

}  // namespace byline
