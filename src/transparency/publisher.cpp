#include "transparency/publisher.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>

#include "engine/clock.hpp"

namespace byline::transparency {
namespace {

constexpr int kConflict = 409;

std::int64_t seconds_now() { return system_now().micros / 1'000'000; }

std::string edge_of(const LogReader& log, std::uint64_t size) {
  auto width = partial_width(size, 0);
  return width > 0 ? log.tile({0, size / kTileWidth, width}) : std::string();
}

}  // namespace

Publisher::Publisher(Engine& engine, security::NoteSigner key, Options options)
    : engine_(engine),
      key_(std::move(key)),
      options_(std::move(options)),
      seen_(options_.witnesses.size(), 0) {
  try {
    auto log = engine_.log_reader();
    auto kept = parse_checkpoint(log ? log->kept_checkpoint().note : std::string());
    // One that was published under another name is another log's.
    if (kept && key_.verifier().check(kept->note))
      latest_ = std::make_shared<const Published>(Published{*kept, edge_of(*log, kept->checkpoint.size)});
  } catch (const std::exception& error) {
    spdlog::error("the last checkpoint cannot be read: {}", error.what());
  }
  thread_ = std::thread([this] { run(); });
}

Publisher::~Publisher() { stop(); }

void Publisher::stop() {
  {
    std::lock_guard guard(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Publisher::run() {
  if (options_.interval.count() == 0) return;
  std::unique_lock guard(mutex_);
  while (!stopping_) {
    guard.unlock();
    try {
      std::lock_guard publishing(publishing_);
      publish();
    } catch (const std::exception& error) {
      spdlog::error("no checkpoint can be published: {}", error.what());
    }
    guard.lock();
    wake_.wait_for(guard, options_.interval, [this] { return stopping_; });
  }
}

std::shared_ptr<const Published> Publisher::latest() const {
  std::lock_guard guard(mutex_);
  return latest_;
}

std::expected<std::shared_ptr<const Published>, std::string> Publisher::covering(std::uint64_t size) try {
  auto covers = [size](const auto& checkpoint) { return checkpoint && checkpoint->checkpoint.size >= size; };
  if (auto last = latest(); covers(last)) return last;
  std::lock_guard publishing(publishing_);
  if (auto last = latest(); covers(last)) return last;  // while we waited
  auto fresh = publish();
  if (!covers(fresh)) return std::unexpected("The log has not so many entries yet.");
  return fresh;
} catch (const std::exception& error) {
  return std::unexpected("No checkpoint can be published: " + std::string(error.what()) + ".");
}

/// Signs what is there, where it is more than the last one had, and asks the witnesses.
std::shared_ptr<const Published> Publisher::publish() {
  auto log = engine_.log_reader();
  auto last = latest();
  if (!log || (last && last->checkpoint.size == log->size())) return last;
  // Never to sign two checkpoints of which one does not continue the other.
  if (last && last->checkpoint.size > log->size()) {
    throw std::runtime_error("the log has " + std::to_string(log->size()) + " entries, but " +
                             std::to_string(last->checkpoint.size) + " were signed: some are lost");
  }
  auto fresh = std::make_shared<Published>();
  auto& checkpoint = fresh->checkpoint;
  checkpoint.origin = key_.verifier().name();
  checkpoint.size = log->size();
  auto tree = log->tree(checkpoint.size);
  checkpoint.root = root_of(tree, checkpoint.size);
  if (last && !is_consistent(last->checkpoint.size, last->checkpoint.root, checkpoint.size, checkpoint.root,
                             consistency_proof(tree, last->checkpoint.size, checkpoint.size))) {
    throw std::runtime_error("the log does not continue the one of the checkpoint before, which had " +
                             std::to_string(last->checkpoint.size) + " entries: it was changed");
  }
  fresh->note.text = text_of(checkpoint);
  fresh->note.signatures.push_back(key_.sign(fresh->note.text, seconds_now()));
  fresh->edge = edge_of(*log, checkpoint.size);
  collect_signatures(*fresh, *log);
  log->keep_checkpoint({security::to_string(fresh->note), fresh->edge});
  std::lock_guard guard(mutex_);
  latest_ = fresh;
  return fresh;
}

/// Asks all witnesses at once: one that is slow holds up no other.
void Publisher::collect_signatures(SignedCheckpoint& checkpoint, const LogReader& log) {
  std::vector<std::future<std::optional<security::NoteSignature>>> answers;
  answers.reserve(options_.witnesses.size());
  for (std::size_t i = 0; i < options_.witnesses.size(); ++i) {
    answers.push_back(std::async(std::launch::async, [&, i, signed_by_log = checkpoint] {
      return ask(options_.witnesses[i], signed_by_log, log, seen_[i]);
    }));
  }
  for (auto& answer : answers) {
    if (auto signature = answer.get()) checkpoint.note.signatures.push_back(std::move(*signature));
  }
}

/// The witness tells what it has seen last, where it is not what we believe; then it is asked once more.
std::optional<security::NoteSignature> Publisher::ask(const WitnessPeer& witness,
                                                      const SignedCheckpoint& checkpoint,
                                                      const LogReader& log, std::uint64_t& seen) const {
  auto size = checkpoint.checkpoint.size;
  auto give_up = [&](const std::string& why) {
    spdlog::warn("the witness {} did not sign the checkpoint of {} entries: {}", witness.key.name(), size,
                 why);
    return std::nullopt;
  };
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (seen > size) return give_up("it has seen one of " + std::to_string(seen));
    auto body = "old " + std::to_string(seen) + "\n";
    for (const auto& hash : consistency_proof(log.tree(size), seen, size)) body += to_base64(hash) + "\n";
    auto reply =
        options_.post(witness.url + "/add-checkpoint", body + "\n" + security::to_string(checkpoint.note));
    if (!reply) return give_up(reply.error());
    if (reply->status == kConflict) {
      auto other = parse_size(reply->body.substr(0, reply->body.find('\n')));
      if (!other || *other == seen) return give_up("it has seen another log of this name");
      seen = *other;
      continue;
    }
    if (reply->status != 200) return give_up("it answered with status " + std::to_string(reply->status));
    auto signatures = security::parse_note_signatures(reply->body);
    if (!signatures) return give_up("its answer " + signatures.error());
    // Those of keys that we do not know are not passed on.
    auto found = std::ranges::find_if(*signatures, [&](const auto& one) {
      return one.name == witness.key.name() && one.id == witness.key.id();
    });
    if (found == signatures->end() || !witness.key.check({checkpoint.note.text, {*found}}))
      return give_up("its answer has no right signature of its key");
    seen = size;
    return *found;
  }
  return give_up("it changes its mind about what it has seen");
}

}  // namespace byline::transparency
