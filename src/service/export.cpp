#include "byline/export.hpp"

#include <sodium.h>

#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "engine/database.hpp"
#include "events/codec.hpp"
#include "log/merkle.hpp"
#include "security/base64.hpp"
#include "service/check_log.hpp"
#include "service/new_directory.hpp"

namespace byline {
namespace {

using Json = nlohmann::ordered_json;
using transparency::to_base64;

constexpr int kForm = 1;
constexpr const char* kFirstMember = "byline_export";
constexpr std::uint64_t kBetweenRoots = 256;  ///< entries, after which a line has the root of the tree so far
constexpr std::size_t kMaxLine = 64 << 20;    ///< bytes

Json root_line(const TreeRoot& tree) { return {{"size", tree.size()}, {"root", to_base64(tree.root())}}; }

/// SHA-256 over the lines that have keys, each with its line feed: no tree covers these.
class KeysHash {
 public:
  KeysHash() { crypto_hash_sha256_init(&state_); }
  void add(std::string_view line) {
    update(line);
    update("\n");
  }
  /// In base64; ends it.
  std::string text() {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256_final(&state_, reinterpret_cast<unsigned char*>(hash.data()));
    return security::to_base64(hash);
  }

 private:
  void update(std::string_view bytes) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }
  crypto_hash_sha256_state state_;
};

// -- reading --

/// Something is wrong with a line.
struct WrongLine : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Lines, the last of which ends too.
class Lines {
 public:
  explicit Lines(std::istream& in) : in_(in) {}

  /// False at the end. Throws WrongLine.
  bool next() {
    line_.clear();
    ++number_;
    for (auto* buffer = in_.rdbuf(); line_.size() <= kMaxLine;) {
      auto byte = buffer->sbumpc();
      if (byte == std::char_traits<char>::eof()) {
        if (line_.empty()) return false;
        wrong("it has no end: the file was cut off");
      }
      if (byte == '\n') return true;
      line_.push_back(static_cast<char>(byte));
    }
    wrong("it is too long");
  }
  const std::string& text() const { return line_; }
  /// Throws WrongLine where it is no object.
  Json json() const {
    auto parsed = Json::parse(line_, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object()) wrong("it is not a JSON object");
    return parsed;
  }
  [[noreturn]] void wrong(const std::string& what) const {
    throw WrongLine("Line " + std::to_string(number_) + " is wrong: " + what + ".");
  }

 private:
  std::istream& in_;
  std::string line_;
  std::uint64_t number_ = 0;
};

/// A member's value; throws WrongLine where it is missing or of another type.
template <class T>
T member(const Lines& line, const Json& json, const char* name) {
  auto found = json.find(name);
  if (found == json.end()) line.wrong("it has no member " + std::string(name));
  try {
    return found->get<T>();
  } catch (const Json::exception&) {
    line.wrong("its member " + std::string(name) + " is of another type");
  }
}

class Import {
 public:
  Import(std::istream& in, Database& database, const ExportProgress& progress)
      : lines_(in), database_(database), progress_(progress) {}

  ExportedLog run() {
    read_head();
    while (true) {
      if (!lines_.next()) lines_.wrong("the last line, which tells how many there are, is missing");
      const auto& text = lines_.text();
      if (text.starts_with("{\"position\":")) {
        take_entry();
      } else if (text.starts_with("{\"size\":")) {
        take_root();
      } else if (text.starts_with("{\"owner\":")) {
        take_key();
      } else if (text.starts_with("{\"entries\":")) {
        break;
      } else {
        lines_.wrong("it is none of an export");
      }
    }
    take_end();
    if (lines_.next()) lines_.wrong("it comes after the end");
    return done_;
  }

  /// That of the last checkpoint's log.
  const std::optional<security::NoteVerifier>& log_key() const { return log_key_; }

 private:
  void read_head() {
    if (!lines_.next()) lines_.wrong("there is none");
    auto head = lines_.json();
    auto form = member<int>(lines_, head, kFirstMember);
    if (form > kForm) lines_.wrong("a newer release made it, in form " + std::to_string(form));
  }

  void take_entry() {
    if (done_.keys > 0) lines_.wrong("an entry stands behind keys");
    auto expected = tree_.size() + 1;
    auto at = "position " + std::to_string(expected);
    auto entry = decode(lines_.text());
    if (!entry) lines_.wrong("the entry at " + at + " cannot be read: " + entry.error().reason);
    if (entry->position.value != expected)
      lines_.wrong("it is of position " + std::to_string(entry->position.value) + ", where " + at +
                   " should be");
    note_key(*entry);
    tree_.add(leaf_hash(lines_.text()));
    waiting_.push_back(lines_.text());
    if (waiting_.size() >= kAtOnce) store();
    done_.entries = tree_.size();
    constexpr std::uint64_t kTellEvery = 10'000;
    if (progress_ && done_.entries % kTellEvery == 0) progress_(done_.entries, 0);
  }

  void note_key(const LogEntry& entry) {
    const auto* created = std::get_if<CheckpointKeyCreated>(&entry.event);
    if (auto key = created ? security::NoteVerifier::parse(created->verifier_key) : std::nullopt)
      log_key_ = *key;
  }

  void take_root() {
    auto json = lines_.json();
    auto size = member<std::uint64_t>(lines_, json, "size");
    if (size != tree_.size())
      lines_.wrong("it is of " + std::to_string(size) + " entries, where " + std::to_string(tree_.size()) +
                   " come before it");
    if (member<std::string>(lines_, json, "root") != to_base64(tree_.root())) {
      auto since = (size - 1) / kBetweenRoots * kBetweenRoots + 1;
      lines_.wrong("one of the entries before it, from position " + std::to_string(since) +
                   " on, is not the one that was exported");
    }
  }

  void take_key() {
    store();
    auto json = lines_.json();
    auto owner = security::from_base64url(member<std::string>(lines_, json, "owner"));
    auto sealed = security::from_base64url(member<std::string>(lines_, json, "sealed_key"));
    if (!owner || !sealed || owner->empty()) lines_.wrong("the key in it is not base64url");
    keys_hash_.add(lines_.text());
    if (!keys_.empty() && *owner <= keys_.back().owner) lines_.wrong("it is not in the order of owners");
    keys_.push_back({std::move(*owner), std::move(*sealed)});
    ++done_.keys;
    if (keys_.size() >= kAtOnce) store_keys(1);
  }

  void take_end() {
    store();
    store_keys(0);
    auto json = lines_.json();
    done_.root = to_base64(tree_.root());
    for (auto [name, count] : {std::pair("entries", done_.entries), std::pair("keys", done_.keys)}) {
      if (auto said = member<std::uint64_t>(lines_, json, name); said != count)
        lines_.wrong("there were " + std::to_string(said) + " " + name + " at the export, and there are " +
                     std::to_string(count));
    }
    if (member<std::string>(lines_, json, "root") != done_.root)
      lines_.wrong(
          "the entries are not those that were exported: the root of the tree over them is another one");
    // Early builds wrote none.
    if (json.contains("keys_sha256") && member<std::string>(lines_, json, "keys_sha256") != keys_hash_.text())
      lines_.wrong("the keys are not those that were exported: their hash is another one");
    (void)database_.tree().catch_up();
    auto note = member<std::string>(lines_, json, "checkpoint");
    if (note.empty()) return;
    auto checkpoint = transparency::parse_checkpoint(note);
    if (!checkpoint || checkpoint->checkpoint.size > done_.entries)
      lines_.wrong("its checkpoint is of another log");
    auto size = checkpoint->checkpoint.size;
    auto width = partial_width(size, 0);
    auto edge = width > 0 ? database_.tree().read({0, size / kTileWidth, width}) : std::string();
    database_.keep_checkpoint({note, edge.substr(0, width * sizeof(TreeHash))});
  }

  void store() {
    if (!waiting_.empty()) append(waiting_, {});
    waiting_.clear();
  }
  /// All but so many, against which the next is held.
  void store_keys(std::size_t kept) {
    if (keys_.size() > kept) append({}, std::span(keys_).first(keys_.size() - kept));
    keys_.erase(keys_.begin(), keys_.end() - static_cast<std::ptrdiff_t>(std::min(kept, keys_.size())));
  }
  void append(std::span<const std::string> entries, std::span<const KeyChange> keys) {
    rocksdb::WriteBatch nothing_else;
    auto& log = database_.log();
    if (auto done = log.append(log.tail(), entries, keys, nothing_else); !done)
      throw std::runtime_error(done.error().reason);
  }

  static constexpr std::size_t kAtOnce = 1000;  ///< written

  Lines lines_;
  Database& database_;
  const ExportProgress& progress_;
  ExportedLog done_;
  TreeRoot tree_;
  std::vector<std::string> waiting_;
  std::vector<KeyChange> keys_;
  KeysHash keys_hash_;
  std::optional<security::NoteVerifier> log_key_;
};

}  // namespace

std::expected<ExportedLog, std::string> export_log(const std::filesystem::path& data, std::ostream& out,
                                                   const ExportProgress& progress) try {
  auto opened = Database::open(data, Database::Mode::follower);
  if (!opened) return std::unexpected(opened.error());
  auto& database = **opened;
  auto tail = database.log().tail().value;
  if (auto sound = check_log(database, {.progress = progress}); !sound)
    return std::unexpected("What is damaged is not exported. " + sound.error() + " byline verify tells all.");
  TreeRoot tree;
  out << Json{{kFirstMember, kForm}, {"release", to_string(this_release())}}.dump() << '\n';
  for (auto cursor = database.log().read({}); cursor->next() && out;) {
    if (cursor->position().value != tree.size() + 1)
      return std::unexpected("The log has a gap: position " + std::to_string(tree.size() + 1) +
                             " is missing.");
    if (cursor->bytes().find('\n') != std::string_view::npos)
      return std::unexpected("The entry at position " + std::to_string(tree.size() + 1) + " is damaged.");
    out << cursor->bytes() << '\n';
    tree.add(leaf_hash(cursor->bytes()));
    if (tree.size() % kBetweenRoots == 0) out << root_line(tree).dump() << '\n';
    constexpr std::uint64_t kTellEvery = 10'000;
    if (progress && tree.size() % kTellEvery == 0) progress(tree.size(), tail);
  }
  ExportedLog done{tree.size(), 0, to_base64(tree.root())};
  KeysHash keys_hash;
  database.log().for_each_key([&](const KeyChange& key) {
    ++done.keys;
    auto line = Json{{"owner", security::to_base64url(key.owner)},
                     {"sealed_key", security::to_base64url(key.sealed_key)}}
                    .dump();
    keys_hash.add(line);
    out << line << '\n';
  });
  out << Json{{"entries", done.entries},
              {"keys", done.keys},
              {"root", done.root},
              {"keys_sha256", keys_hash.text()},
              {"checkpoint", database.kept_checkpoint().note}}
             .dump()
      << '\n';
  out.flush();
  if (!out) return std::unexpected("The export cannot be written to its end.");
  return done;
} catch (const std::exception& error) {
  return std::unexpected("The data in " + data.string() + " cannot be read: " + error.what() + ".");
}

std::expected<ExportedLog, std::string> import_log(std::istream& in, const std::filesystem::path& data,
                                                   const ExportProgress& progress) {
  ExportedLog imported;
  auto fill = [&](const std::filesystem::path& beside) -> std::expected<void, std::string> {
    auto opened = Database::open(beside, Database::Mode::read_write);
    if (!opened) return std::unexpected(opened.error());
    Import import(in, **opened, progress);
    try {
      imported = import.run();
    } catch (const WrongLine& wrong) {
      return std::unexpected(wrong.what());
    }
    if (auto sound = check_log(**opened, {.key = import.log_key(), .progress = progress}); !sound)
      return std::unexpected("The log that was exported is not right. " + sound.error());
    return {};
  };
  if (auto made = make_directory(data, fill); !made) return std::unexpected(made.error());
  return imported;
}

}  // namespace byline
