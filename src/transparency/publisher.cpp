#include "transparency/publisher.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>

#include "engine/clock.hpp"

namespace byline::transparency {
namespace {

constexpr int kConflict = 409;
constexpr auto kAskAgainAfter = std::chrono::seconds(10);  ///< for a checkpoint that a witness has not signed

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
    broken_ = take_up();
  } catch (const std::exception& error) {
    broken_ = error.what();
  }
  if (!broken_.empty()) spdlog::error("no checkpoints are published: {}", broken_);
  thread_ = std::thread([this] { run(); });
}

/// Goes on from the checkpoint that was published last. What is wrong with it, or nothing.
std::string Publisher::take_up() {
  auto log = engine_.log_reader();
  if (!log) return "the log has no tree";
  auto text = log->kept_checkpoint().note;
  auto kept = parse_checkpoint(text);
  bool is_ours = kept && kept->checkpoint.origin == key_.verifier().name();
  if (options_.begins_anew && !is_ours) {  // a first one, or one of another name
    auto first = sign(*log);
    log->keep_checkpoint({security::to_string(first->note), first->edge});
    adopt(std::move(first));
    return {};
  }
  if (text.empty()) return "the last checkpoint is missing";
  if (!kept) return "the last checkpoint " + kept.error();
  if (!is_ours) return "the last checkpoint is of the log " + kept->checkpoint.origin;
  if (auto by_us = key_.verifier().check(kept->note); !by_us) return "the last checkpoint " + by_us.error();
  const auto& last = kept->checkpoint;
  if (last.size > log->size()) {
    return "the log has " + std::to_string(log->size()) + " entries, but " + std::to_string(last.size) +
           " were signed: some are lost";
  }
  if (root_of(log->tree(last.size), last.size) != last.root)
    return "the first " + std::to_string(last.size) +
           " entries are not those that were signed: the log was changed";
  adopt(std::make_shared<const Published>(Published{*kept, edge_of(*log, last.size)}));
  return {};
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
      if (broken_.empty()) publish();
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

void Publisher::adopt(std::shared_ptr<const Published> published) {
  std::lock_guard guard(mutex_);
  latest_ = std::move(published);
}

std::expected<std::shared_ptr<const Published>, std::string> Publisher::covering(std::uint64_t size) try {
  auto covers = [this, size](const auto& published) {
    return published && published->checkpoint.size >= size && !wants_signatures(*published);
  };
  if (auto last = latest(); covers(last)) return last;
  std::lock_guard publishing(publishing_);
  if (auto last = latest(); covers(last)) return last;  // while we waited
  auto fresh = publish();
  if (!fresh || fresh->checkpoint.size < size) return std::unexpected("The log has not so many entries yet.");
  return fresh;
} catch (const std::exception& error) {
  return std::unexpected("No checkpoint can be published: " + std::string(error.what()) + ".");
}

bool Publisher::wants_signatures(const Published& published) const {
  return published.note.signatures.size() < 1 + options_.witnesses.size();
}

/// Publishes what is there, where it is more than the last one had or a witness has not signed that. First
/// with the log's own signature, so that nobody waits for witnesses who does not want to.
std::shared_ptr<const Published> Publisher::publish() {
  if (!broken_.empty()) throw std::runtime_error(broken_);
  auto last = latest();
  auto log = engine_.is_writable() ? engine_.log_reader() : nullptr;  // what is in doubt is not signed
  if (!log) return last;
  auto now = std::chrono::steady_clock::now();
  if (last && last->checkpoint.size == log->size()) {
    log.reset();
    if (!wants_signatures(*last) || now - asked_at_ < kAskAgainAfter) return last;
  } else {
    last = sign(*log);
    log->keep_checkpoint({security::to_string(last->note), last->edge});
    log.reset();  // it would hold the database open while witnesses are asked
    adopt(last);
  }
  if (options_.witnesses.empty()) return last;
  asked_at_ = now;
  ask_witnesses(*last);
  return latest();
}

/// Signs everything that is there, having seen that it continues the last one.
std::shared_ptr<const Published> Publisher::sign(const LogReader& log) const {
  auto last = latest();
  auto fresh = std::make_shared<Published>();
  auto& checkpoint = fresh->checkpoint;
  checkpoint.origin = key_.verifier().name();
  checkpoint.size = log.size();
  auto tree = log.tree(checkpoint.size);
  checkpoint.root = root_of(tree, checkpoint.size);
  // Never to sign two checkpoints of which one does not continue the other.
  if (last && (last->checkpoint.size > checkpoint.size ||
               !is_consistent(last->checkpoint.size, last->checkpoint.root, checkpoint.size, checkpoint.root,
                              consistency_proof(tree, last->checkpoint.size, checkpoint.size)))) {
    throw std::runtime_error("the log does not continue the one of the checkpoint before, which had " +
                             std::to_string(last->checkpoint.size) + " entries: it was changed");
  }
  fresh->note.text = text_of(checkpoint);
  fresh->note.signatures.push_back(key_.sign(fresh->note.text, seconds_now()));
  fresh->edge = edge_of(log, checkpoint.size);
  return fresh;
}

/// Asks those that have not signed it, all at once: one that is slow holds up no other.
void Publisher::ask_witnesses(const Published& published) {
  std::vector<std::pair<std::size_t, std::future<std::expected<security::NoteSignature, std::string>>>>
      answers;
  answers.reserve(options_.witnesses.size());
  for (std::size_t i = 0; i < options_.witnesses.size(); ++i) {
    if (options_.witnesses[i].key.check(published.note)) continue;
    answers.emplace_back(i, std::async(std::launch::async,
                                       [&, i] { return ask(options_.witnesses[i], published, seen_[i]); }));
  }
  auto signed_by_more = std::make_shared<Published>(published);
  for (auto& [i, answer] : answers) {
    if (auto signature = answer.get()) {
      signed_by_more->note.signatures.push_back(std::move(*signature));
    } else {
      spdlog::warn("the witness {} did not sign the checkpoint of {} entries: {}",
                   options_.witnesses[i].key.name(), published.checkpoint.size, signature.error());
    }
  }
  if (auto log = engine_.log_reader())
    log->keep_checkpoint({security::to_string(signed_by_more->note), signed_by_more->edge});
  adopt(std::move(signed_by_more));
}

/// The witness tells what it has seen last, where it is not what we believe; then it is asked once more.
/// Nothing that it says is kept but what it signed.
std::expected<security::NoteSignature, std::string> Publisher::ask(const WitnessPeer& witness,
                                                                   const Published& published,
                                                                   std::uint64_t& seen) const try {
  auto size = published.checkpoint.size;
  auto old_size = std::min(seen, size);
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto body = "old " + std::to_string(old_size) + "\n";
    if (auto log = engine_.log_reader(); log && log->size() >= size) {
      for (const auto& hash : consistency_proof(log->tree(size), old_size, size))
        body += to_base64(hash) + "\n";
    } else {
      return std::unexpected("the log cannot be read");
    }
    auto reply =
        options_.post(witness.url + "/add-checkpoint", body + "\n" + security::to_string(published.note));
    if (!reply) return std::unexpected(reply.error());
    if (reply->status == kConflict) {
      auto other = parse_size(reply->body.substr(0, reply->body.find('\n')));
      if (!other || *other == old_size) return std::unexpected("it has seen another log of this name");
      if (*other > size) return std::unexpected("it has seen one of " + std::to_string(*other));
      old_size = *other;
      continue;
    }
    if (reply->status != 200)
      return std::unexpected("it answered with status " + std::to_string(reply->status));
    auto signatures = security::parse_note_signatures(reply->body);
    if (!signatures) return std::unexpected("its answer " + signatures.error());
    // Those of keys that we do not know are not passed on.
    auto found = std::ranges::find_if(*signatures, [&](const auto& one) {
      return one.name == witness.key.name() && one.id == witness.key.id();
    });
    if (found == signatures->end() || !witness.key.check({published.note.text, {*found}}))
      return std::unexpected("its answer has no right signature of its key");
    seen = size;
    return *found;
  }
  return std::unexpected("it changes its mind about what it has seen");
} catch (const std::exception& error) {
  return std::unexpected(error.what());
}

}  // namespace byline::transparency
