#include "transparency/verification.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstring>
#include <memory>

#include "engine/fresh_fold.hpp"
#include "events/codec.hpp"
#include "projections/checkpoint_keys.hpp"

namespace byline::transparency {
namespace {

using SubjectKey = std::array<std::uint8_t, 17>;

SubjectKey key_of(const Subject& subject) {
  SubjectKey key;
  key[0] = static_cast<std::uint8_t>(subject.kind);
  std::ranges::copy(subject.id, key.begin() + 1);
  return key;
}

struct SubjectHash {
  std::size_t operator()(const SubjectKey& key) const {
    std::size_t hash;
    std::memcpy(&hash, key.data() + 9, sizeof hash);  // the random end of a UUIDv7
    return hash;
  }
};

class Verifier {
 public:
  Verifier(Database& database, const VerificationOptions& options) : database_(database), options_(options) {}

  std::expected<Verification, std::string> run() {
    read_checkpoints();
    if (options_.views && options_.entries) fold_.emplace();
    walk();
    look_at_end();
    if (fold_) {
      if (auto compared = compare_views(); !compared) return std::unexpected(compared.error());
    }
    return std::move(result_);
  }

 private:
  void find(std::uint64_t position, std::string what) {
    if (result_.findings.size() < options_.max_findings) {
      result_.findings.push_back({position, std::move(what)});
    } else {
      result_.more = true;
    }
  }

  // -- what is signed --

  void read_checkpoints() {
    auto kept = database_.kept_checkpoint();
    edge_ = kept.edge;
    if (!kept.note.empty()) {
      auto parsed = parse_checkpoint(kept.note);
      if (!parsed) return find(0, "The checkpoint that was published last " + parsed.error() + ".");
      published_ = std::move(*parsed);
      result_.checkpoint = published_->checkpoint;
    }
    key_ = options_.key ? options_.key : own_key(database_);
    if (!key_) {
      if (published_ || options_.since) find(0, "There is no key to check checkpoints with.");
      return;
    }
    result_.key = key_->text();
    auto check = [this](const std::optional<SignedCheckpoint>& checkpoint, const std::string& which) {
      if (!checkpoint) return;
      if (auto by_log = key_->check(checkpoint->note); !by_log) find(0, which + " " + by_log.error() + ".");
    };
    check(published_, "The checkpoint that was published last");
    check(options_.since, "The older checkpoint");
  }

  std::array<const std::optional<SignedCheckpoint>*, 2> signed_checkpoints() const {
    return {&published_, &options_.since};
  }

  // -- entry by entry --

  void walk() {
    constexpr std::uint64_t kProgressEvery = 10'000;
    auto all = database_.log().tail().value;
    std::uint64_t last = 0;
    for (auto cursor = database_.log().read({}); cursor->next();) {
      auto position = cursor->position().value;
      for (auto missing = last + 1; missing < position && !result_.more; ++missing)
        find(missing, "There is no entry at this position.");
      last = position;
      hold_against_tree(position, cursor->bytes());
      if (options_.entries) hold_against_neighbors(position, cursor->bytes());
      if (options_.progress && position % kProgressEvery == 0) options_.progress(position, all);
    }
    result_.size = last;
    result_.root = tree_.root();
  }

  void hold_against_tree(std::uint64_t position, std::string_view bytes) {
    auto hash = leaf_hash(bytes);
    tree_.add(hash);
    if (auto stored = stored_leaf(position - 1); stored && *stored != hash)
      find(position, "The entry's bytes are not those that the tree was made of: it was changed.");
    for (const auto* checkpoint : signed_checkpoints()) {
      if (*checkpoint && (*checkpoint)->checkpoint.size == tree_.size())
        hold_against_checkpoint((*checkpoint)->checkpoint);
    }
  }

  /// What the tree has for that leaf; the last ones of all are not in it until a checkpoint is published.
  std::optional<TreeHash> stored_leaf(std::uint64_t index) {
    auto at = index % kTileWidth;
    if (auto number = index / kTileWidth; number != tile_number_) {
      tile_number_ = number;
      bool full = (number + 1) * kTileWidth <= database_.log().tail().value;
      bool kept = published_ && number == published_->checkpoint.size / kTileWidth;
      tile_ = full ? database_.tree().stored({0, number}) : kept ? edge_ : std::string();
      if (full && tile_.size() != kTileWidth * sizeof(TreeHash))
        find(index + 1, "The tile of the tree over this entry and those after it is missing or damaged.");
    }
    if (tile_.size() < (at + 1) * sizeof(TreeHash)) return std::nullopt;
    return hash_in(tile_, at);
  }

  void hold_against_checkpoint(const Checkpoint& checkpoint) {
    if (tree_.root() == checkpoint.root) {
      proven_ = std::max(proven_, checkpoint.size);
      return;
    }
    find(0, "The first " + std::to_string(checkpoint.size) + " entries are not those that were signed" +
                (proven_ > 0 ? ", though the first " + std::to_string(proven_) + " are" : "") + ".");
  }

  void hold_against_neighbors(std::uint64_t position, std::string_view bytes) {
    auto entry = decode(bytes);
    if (!entry) return find(position, "The entry cannot be decoded: " + entry.error().reason + ".");
    if (entry->position.value != position) {
      find(position,
           "The entry says that it stands at position " + std::to_string(entry->position.value) + ".");
    }
    auto& commit = entry->commit;
    bool begins = position == commit_end_ + 1;
    if (begins ? commit.first.value != position || commit.count == 0
               : commit != commit_ || entry->command != command_) {
      find(position, "The commit that the entry says it belongs to is not the one that stands here.");
    }
    if (begins) {
      commit_ = commit;
      command_ = entry->command;
      commit_end_ = position + std::max(commit.count, 1U) - 1;
    }
    auto& version = versions_[key_of(entry->subject)];
    if (entry->version.value != ++version) {
      find(position, "The entry is version " + std::to_string(entry->version.value) +
                         " of its subject, where " + std::to_string(version) + " would be the next.");
      version = entry->version.value;
    }
    if (entry->at < last_at_) find(position, "The entry is of an earlier time than the one before it.");
    last_at_ = std::max(last_at_, entry->at);
    if (fold_) fold_->apply(*entry);
  }

  void look_at_end() {
    if (commit_end_ > result_.size && options_.entries) {
      find(result_.size,
           "The log ends within a commit: it is to end at position " + std::to_string(commit_end_) + ".");
    }
    for (const auto* checkpoint : signed_checkpoints()) {
      if (!*checkpoint || (*checkpoint)->checkpoint.size <= result_.size) continue;
      find(result_.size + 1, "The log ends before this position, but " +
                                 std::to_string((*checkpoint)->checkpoint.size) + " entries were signed.");
    }
    // Tiles above the leaves are made of those below.
    std::uint64_t index = 0;
    for (unsigned level = 1; result_.size >> (level * kTileHeight) > 0; ++level) {
      auto hashes = result_.size >> (level * kTileHeight);
      for (index = 0; index < hashes; ++index) {
        auto tile = database_.tree().stored({level, index / kTileWidth});
        auto below = database_.tree().stored({level - 1, index});
        bool there = tile.size() >= (index % kTileWidth + 1) * sizeof(TreeHash) &&
                     below.size() == kTileWidth * sizeof(TreeHash);
        if (there && hash_in(tile, index % kTileWidth) == hash_of_tile(below)) continue;
        find((index << (level * kTileHeight)) + 1, "The tile " + path_of({level, index / kTileWidth}) +
                                                       " of the tree is not made of those below it.");
      }
    }
  }

  std::expected<void, std::string> compare_views() {
    for (std::size_t i = 0; i < kViewCount; ++i) {
      auto view = static_cast<View>(i);
      if (!database_.rows(view)) {
        find(0, "The view " + std::string(name_of(view)) + " is missing.");
        continue;
      }
      auto compared = fold_->compare(database_, view);
      if (!compared) return std::unexpected(compared.error());
      if (!compared->identical) {
        find(0, "The view " + std::string(name_of(view)) +
                    " is not what the log gives: rows differ, first at the key " +
                    compared->first_difference + ".");
      }
    }
    return {};
  }

  Database& database_;
  const VerificationOptions& options_;
  Verification result_;
  std::optional<security::NoteVerifier> key_;
  std::optional<SignedCheckpoint> published_;
  std::string edge_;
  std::string tile_;  ///< the one over the entry at hand
  std::uint64_t tile_number_ = UINT64_MAX;
  TreeRoot tree_;
  std::uint64_t proven_ = 0;  ///< so many entries are those of a checkpoint
  std::optional<FreshFold> fold_;
  Commit commit_;
  CommandId command_;
  std::uint64_t commit_end_ = 0;
  Time last_at_;
  boost::unordered_flat_map<SubjectKey, std::uint32_t, SubjectHash> versions_;
};

}  // namespace

std::optional<security::NoteVerifier> own_key(const Database& database) {
  auto* family = database.rows(View::checkpoint_keys);
  if (!family) return std::nullopt;
  std::unique_ptr<rocksdb::Iterator> newest(database.rocks().NewIterator({}, family));
  newest->SeekToLast();
  if (!newest->Valid()) return std::nullopt;
  return security::NoteVerifier::parse(parse_checkpoint_key_row(newest->value().ToStringView()).verifier_key);
}

std::expected<Verification, std::string> verify(Database& database, const VerificationOptions& options) try {
  if (!database.has_tree())
    return std::unexpected(
        "The data is of an early release, which kept no tree: start the service once, it makes one.");
  return Verifier(database, options).run();
} catch (const std::exception& error) {
  return std::unexpected("The data cannot be read: " + std::string(error.what()) + ".");
}

}  // namespace byline::transparency
