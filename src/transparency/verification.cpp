#include "transparency/verification.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstring>
#include <memory>
#include <mutex>

#include "engine/fresh_fold.hpp"
#include "events/codec.hpp"
#include "projections/checkpoint_keys.hpp"
#include "transparency/hashed_log.hpp"

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
  Verifier(Database& database, const VerificationOptions& options)
      : database_(database), options_(options), since_(options.since), keys_(database.subject_keys()) {}

  std::expected<Verification, std::string> run() {
    read_checkpoints();
    hash();
    if (options_.views && options_.entries) fold_.emplace(database_.shared_views());
    if (options_.entries) walk();
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
      if (auto parsed = parse_checkpoint(kept.note)) {
        published_ = std::move(*parsed);
        result_.checkpoint = published_->checkpoint;
      } else {
        find(0, "The checkpoint that was published last " + parsed.error() + ".");
      }
    }
    auto key = options_.key ? options_.key : own_key(database_);
    if (key) result_.key = key->text();
    if (key && kept.note.empty()) find(0, "The checkpoint that was published last is missing.");
    look_at_signature(published_, key, "The checkpoint that was published last");
    look_at_signature(since_, key, "The older checkpoint");
  }

  /// By the key that was given, or by the log's own of that name: a log may have had another one before.
  void look_at_signature(const std::optional<SignedCheckpoint>& checkpoint,
                         const std::optional<security::NoteVerifier>& given, const std::string& which) {
    if (!checkpoint) return;
    const auto& origin = checkpoint->checkpoint.origin;
    auto key = given && given->name() == origin ? given : own_key(database_, origin);
    if (!key) return find(0, which + " is of the log " + origin + ", whose key is not known.");
    if (auto by_log = key->check(checkpoint->note); !by_log) find(0, which + " " + by_log.error() + ".");
  }

  // -- entry by entry --

  /// Every entry's bytes against the tree.
  void hash() {
    std::mutex mutex;
    std::vector<Finding> found;
    auto look = [&](std::uint64_t number, std::span<const TreeHash> leaves) {
      auto tile = stored_leaves(number, leaves.size());
      std::lock_guard guard(mutex);
      if (leaves.size() == kTileWidth && tile.size() != kTileWidth * sizeof(TreeHash)) {
        found.push_back({number * kTileWidth + 1,
                         "The tile of the tree over this entry and those after it is missing or damaged."});
      }
      for (std::size_t i = 0; i < leaves.size() && tile.size() >= (i + 1) * sizeof(TreeHash); ++i) {
        if (hash_in(tile, i) == leaves[i] || leaves[i] == TreeHash{}) continue;
        found.push_back(
            {number * kTileWidth + i + 1,
             "The entry is not the one that the tree was made of: its bytes, or the tile's, were changed."});
      }
    };
    HashedLog hashed(database_.log(), plausible_end(), look,
                     options_.entries ? HashedLog::Progress() : options_.progress);
    for (auto position : hashed.missing()) found.push_back({position, "There is no entry at this position."});
    std::ranges::sort(found, {}, &Finding::position);
    for (auto& finding : found) find(finding.position, std::move(finding.what));
    result_.size = hashed.size();
    result_.root = root_of(hashed, hashed.size());
    hold_against_checkpoints(hashed);
    hold_against_upper_tiles(hashed);
  }

  /// The last position, but where somebody put an entry far behind all others: to hash what is not there
  /// between them would take for ever.
  Position plausible_end() {
    const auto& log = database_.log();
    auto tail = log.tail();
    std::string bytes;
    for (std::uint64_t power = kTileWidth; power < tail.value / 2; power *= 2) {
      bool is_gap = true;
      for (std::uint64_t next = 0; next < kTileWidth && is_gap; ++next)
        is_gap = !log.read_one({power + next}, bytes);
      if (!is_gap) continue;
      find(tail.value, "There is an entry at this position, far behind all others.");
      return {power};
    }
    return tail;
  }

  /// What the tree has for those leaves; the last ones of all are not in it until a checkpoint is published.
  std::string stored_leaves(std::uint64_t number, std::size_t width) const {
    if (width == kTileWidth) return database_.tree().stored({0, number});
    bool kept = published_ && number == published_->checkpoint.size / kTileWidth;
    return kept ? edge_ : std::string();
  }

  void hold_against_checkpoints(const HashedLog& hashed) {
    std::vector<Checkpoint> checkpoints;
    for (const auto* one : std::array<const std::optional<SignedCheckpoint>*, 2>{&published_, &since_}) {
      if (*one) checkpoints.push_back((*one)->checkpoint);
    }
    std::ranges::sort(checkpoints, {}, &Checkpoint::size);
    std::uint64_t proven = 0;
    for (const auto& checkpoint : checkpoints) {
      if (checkpoint.size > hashed.size()) {
        find(hashed.size() + 1, "The log ends before this position, but " + std::to_string(checkpoint.size) +
                                    " entries were signed.");
      } else if (root_of(hashed, checkpoint.size) == checkpoint.root) {
        proven = checkpoint.size;
      } else {
        find(0, "The first " + std::to_string(checkpoint.size) + " entries are not those that were signed" +
                    (proven > 0 ? ", though the first " + std::to_string(proven) + " are" : "") + ".");
      }
    }
  }

  void hold_against_upper_tiles(const HashedLog& hashed) {
    for (unsigned level = 1; hashed.size() >> (level * kTileHeight) > 0; ++level) {
      std::string tile;
      for (std::uint64_t index = 0; index < hashed.size() >> (level * kTileHeight); ++index) {
        if (index % kTileWidth == 0) tile = database_.tree().stored({level, index / kTileWidth});
        bool there = tile.size() >= (index % kTileWidth + 1) * sizeof(TreeHash);
        if (there && hash_in(tile, index % kTileWidth) == hashed.subtree(level * kTileHeight, index))
          continue;
        // What is wrong below was said already.
        auto below = database_.tree().stored({level - 1, index});
        bool whole = below.size() == kTileWidth * sizeof(TreeHash);
        if (there && (!whole || hash_in(tile, index % kTileWidth) == hash_of_tile(below))) continue;
        find((index << (level * kTileHeight)) + 1, "The tile " + path_of({level, index / kTileWidth}) +
                                                       " of the tree is not made of those below it.");
      }
    }
  }

  /// Every entry against those before it.
  void walk() {
    constexpr std::uint64_t kProgressEvery = 10'000;
    for (auto cursor = database_.log().read({}); cursor->next();) {
      auto position = cursor->position().value;
      hold_against_neighbors(position, cursor->bytes());
      if (options_.progress && position % kProgressEvery == 0) options_.progress(position, result_.size);
    }
    for (const auto& [owner, position] : closed_)
      find(position,
           "The key of the entry's personal data was destroyed, but the log has no event that erased it.");
    if (commit_end_ > result_.size) {
      find(result_.size,
           "The log ends within a commit: it is to end at position " + std::to_string(commit_end_) + ".");
    }
  }

  void hold_against_neighbors(std::uint64_t position, std::string_view bytes) {
    auto entry = decode(bytes, &keys_);
    if (!entry) {
      fold_.reset();  // without it the views would differ, which says no more
      return find(position, "The entry cannot be decoded: " + entry.error().reason + ".");
    }
    if (entry->position.value != position) {
      find(position,
           "The entry says that it stands at position " + std::to_string(entry->position.value) + ".");
    }
    look_at_seal(*entry);
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
    if (fold_) {
      try {
        fold_->apply(*entry);
      } catch (const std::exception& error) {
        find(position, "The views cannot be folded any further: " + std::string(error.what()) + ".");
        fold_.reset();
      }
    }
  }

  /// What cannot be opened must have been erased.
  void look_at_seal(const LogEntry& entry) {
    if (entry.seal == SealState::locked) {
      fold_.reset();
      if (database_.has_key()) {
        find(entry.position.value,
             "The entry's personal data cannot be opened: its key is missing or another one.");
      } else {
        result_.opened = false;
        auto owner = data_owner(entry);
        if (owner && !keys_.has(*owner))
          find(entry.position.value, "The key of the entry's personal data is missing.");
      }
    }
    if (entry.seal == SealState::open && !erases_data(entry.event)) return;
    auto owner = data_owner(entry);
    if (!owner) return;
    if (erases_data(entry.event)) {
      closed_.erase(owner->key());
      erased_.insert(owner->key());
    } else if (entry.seal == SealState::erased && !erased_.contains(owner->key())) {
      closed_.emplace(owner->key(), entry.position.value);
    }
  }

  std::expected<void, std::string> compare_views() {
    for (const auto* projection : database_.views()) {
      auto view = projection->view();
      std::string name(projection->name());
      if (!database_.rows(view)) {
        find(0, "The view " + name + " is missing.");
        continue;
      }
      const auto& state = database_.view_states()[static_cast<std::size_t>(view)];
      // One that was defined a moment ago is being built for the first time; of a log that was imported, all
      // are.
      bool is_being_built =
          !state.stall && (state.checkpoint == Position{} ||
                           (database_.views().declared(view) && state.checkpoint != database_.log().tail()));
      if (state.version != projection->version() || is_being_built) {
        result_.other_views.push_back(name);
        continue;
      }
      auto compared = fold_->compare(database_, view);
      if (!compared.identical) {
        find(0, "The view " + name + " is not what the log gives: rows differ, first at the key " +
                    compared.first_difference + ".");
      }
    }
    return {};
  }

  Database& database_;
  const VerificationOptions& options_;
  Verification result_;
  std::optional<SignedCheckpoint> published_;
  const std::optional<SignedCheckpoint>& since_;
  std::string edge_;
  std::optional<FreshFold> fold_;
  const SubjectKeys keys_;
  boost::unordered_flat_map<std::string, std::uint64_t> closed_;  ///< owners of erased data; where it was met
  boost::unordered_flat_set<std::string> erased_;                 ///< of whom the log says that it was erased
  Commit commit_;
  CommandId command_;
  std::uint64_t commit_end_ = 0;
  Time last_at_;
  boost::unordered_flat_map<SubjectKey, std::uint32_t, SubjectHash> versions_;
};

}  // namespace

namespace {

/// From the log itself, where the view is not there to tell.
std::optional<security::NoteVerifier> key_in_log(const Database& database, std::string_view origin) {
  std::optional<security::NoteVerifier> newest;
  auto mark = '"' + std::string(CheckpointKeyCreated::kType.name) + '"';
  for (auto cursor = database.log().read({}); cursor->next();) {
    if (cursor->bytes().find(mark) == std::string_view::npos) continue;
    auto entry = decode(cursor->bytes());
    const auto* created = entry ? std::get_if<CheckpointKeyCreated>(&entry->event) : nullptr;
    auto key = created ? security::NoteVerifier::parse(created->verifier_key) : std::nullopt;
    if (key && (origin.empty() || key->name() == origin)) newest = key;
  }
  return newest;
}

}  // namespace

std::optional<security::NoteVerifier> own_key(const Database& database, std::string_view origin) {
  auto* family = database.rows(View::checkpoint_keys);
  const auto& state = database.view_states()[static_cast<std::size_t>(View::checkpoint_keys)];
  if (!family || state.stall || state.checkpoint != database.log().tail())
    return key_in_log(database, origin);
  std::unique_ptr<rocksdb::Iterator> newest(database.rocks().NewIterator({}, family));
  for (newest->SeekToLast(); newest->Valid(); newest->Prev()) {
    auto key =
        security::NoteVerifier::parse(parse_checkpoint_key_row(newest->value().ToStringView()).verifier_key);
    if (key && (origin.empty() || key->name() == origin)) return key;
  }
  return std::nullopt;
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
