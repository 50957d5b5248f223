#include "transparency/proof.hpp"

#include "security/base64.hpp"

namespace byline::transparency {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kMaxPath = 63;

}  // namespace

std::string to_string(const Proof& proof) {
  std::string text(kFirstLine);
  text += '\n';
  text.append(kExtra) += security::to_base64(proof.entry) + "\n";
  text.append(kIndex) += std::to_string(proof.index) + "\n";
  for (const auto& hash : proof.path) text += to_base64(hash) + "\n";
  return text + "\n" + security::to_string(proof.checkpoint.note);
}

std::expected<Proof, std::string> parse_proof(std::string_view text) {
  auto wrong = [](const char* what) { return std::unexpected(std::string(what)); };
  Proof proof;
  if (take_line(text) != kFirstLine) return wrong("does not begin with the line c2sp.org/tlog-proof@v1");
  auto extra = take_line(text);
  auto entry = extra && extra->starts_with(kExtra) ? security::from_base64(extra->substr(kExtra.size()))
                                                   : std::nullopt;
  if (!entry) return wrong("has no second line with the event (extra …)");
  proof.entry = std::move(*entry);
  auto index_line = take_line(text);
  auto index = index_line && index_line->starts_with(kIndex) ? parse_size(index_line->substr(kIndex.size()))
                                                             : std::nullopt;
  if (!index) return wrong("has no third line with the event's index (index …)");
  proof.index = *index;
  for (auto line = take_line(text); line != ""; line = take_line(text)) {
    auto hash = line ? hash_from_base64(*line) : std::nullopt;
    if (!hash || proof.path.size() == kMaxPath) return wrong("has a line among its hashes that is none");
    proof.path.push_back(*hash);
  }
  auto checkpoint = parse_checkpoint(text);
  if (!checkpoint) return std::unexpected("has a checkpoint that " + checkpoint.error());
  proof.checkpoint = std::move(*checkpoint);
  return proof;
}

std::expected<void, std::string> check(const Proof& proof, const security::NoteVerifier& log_key) {
  const auto& [checkpoint, note] = proof.checkpoint;
  if (auto by_log = log_key.check(note); !by_log)
    return std::unexpected("has a checkpoint that " + by_log.error());
  if (checkpoint.origin != log_key.name())
    return std::unexpected("is of the log " + checkpoint.origin + ", not of " + log_key.name());
  auto root = root_by_inclusion(proof.index, checkpoint.size, leaf_hash(proof.entry), proof.path);
  if (!root) return std::unexpected("has not as many hashes as its index and its checkpoint's size want");
  if (*root != checkpoint.root)
    return std::unexpected("does not lead from its event to its checkpoint's root");
  return {};
}

}  // namespace byline::transparency
