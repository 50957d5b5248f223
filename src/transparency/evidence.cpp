#include "transparency/evidence.hpp"

#include "security/base64.hpp"

namespace byline::transparency {
namespace {

constexpr std::string_view kTitle = "byline evidence 1";
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

std::string path_text(const std::vector<TreeHash>& path) {
  std::string text;
  for (const auto& hash : path) text += (text.empty() ? "" : ",") + to_base64(hash);
  return text.empty() ? "-" : text;
}

std::optional<std::vector<TreeHash>> parse_path(std::string_view text) {
  std::vector<TreeHash> path;
  if (text == "-") return path;
  while (!text.empty()) {
    auto end = std::min(text.find(','), text.size());
    auto hash = hash_from_base64(text.substr(0, end));
    if (!hash) return std::nullopt;
    path.push_back(*hash);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return path;
}

/// Takes the word in front of a space.
std::string_view take_word(std::string_view& text) {
  auto end = std::min(text.find(' '), text.size());
  auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

std::expected<EvidenceEntry, std::string> parse_entry(std::string_view line) {
  EvidenceEntry entry;
  auto index = parse_size(take_word(line));
  auto opening = take_word(line);
  auto path = parse_path(take_word(line));
  if (!index || !path || opening.empty()) return std::unexpected("has a line that cannot be read");
  return EvidenceEntry{*index, opening == "-" ? std::string() : std::string(opening), std::move(*path),
                       std::string(line)};
}

}  // namespace

std::string sign_evidence(const Evidence& evidence, const security::NoteSigner& signer) {
  std::string text(kTitle);
  text += "\nof " + evidence.subject;
  text += "\ncheckpoint " + security::to_base64(security::to_string(evidence.checkpoint.note)) + "\n";
  for (const auto& [index, opening, path, entry] : evidence.entries) {
    text += "entry " + std::to_string(index) + " " + (opening.empty() ? "-" : opening) + " " +
            path_text(path) + " " + entry + "\n";
  }
  text += "end " + std::to_string(evidence.entries.size()) + "\n";
  return security::to_string(security::SignedNote{text, {signer.sign(text, 0)}});
}

std::expected<Evidence, std::string> check_evidence(std::string_view file,
                                                    const security::NoteVerifier& log_key) {
  auto note = security::parse_note(file, kMostBytes);
  if (!note) return std::unexpected(note.error());
  if (auto is_signed = log_key.check(*note); !is_signed) return std::unexpected(is_signed.error());
  Evidence evidence;
  std::string_view text = note->text;
  auto expect = [&text](std::string_view word) -> std::optional<std::string_view> {
    auto line = take_line(text);
    if (!line || take_word(*line) != word) return std::nullopt;
    return line;
  };
  constexpr auto kOther = "is not of a form that this release knows";
  if (take_line(text) != kTitle) return std::unexpected(kOther);
  auto subject = expect("of");
  auto checkpoint = expect("checkpoint");
  auto bytes = checkpoint ? security::from_base64(*checkpoint) : std::nullopt;
  if (!subject || !bytes) return std::unexpected(kOther);
  evidence.subject = *subject;
  auto parsed = parse_checkpoint(*bytes);
  if (!parsed) return std::unexpected("has a checkpoint that " + parsed.error());
  if (auto is_signed = log_key.check(parsed->note); !is_signed)
    return std::unexpected("has a checkpoint that " + is_signed.error());
  evidence.checkpoint = std::move(*parsed);
  const auto& [origin, size, root] = evidence.checkpoint.checkpoint;
  if (origin != log_key.name()) return std::unexpected("has a checkpoint of another log");

  for (;;) {
    auto line = take_line(text);
    if (!line) return std::unexpected("has no end");
    auto word = take_word(*line);
    if (word == "end") {
      if (parse_size(*line) != evidence.entries.size() || !text.empty())
        return std::unexpected("has another number of entries than it says");
      return evidence;
    }
    if (word != "entry") return std::unexpected(kOther);
    auto entry = parse_entry(*line);
    if (!entry) return std::unexpected(entry.error());
    if (!evidence.entries.empty() && entry->index <= evidence.entries.back().index)
      return std::unexpected("has entries out of order");
    bool is_proven = entry->index < size &&
                     root_by_inclusion(entry->index, size, leaf_hash(entry->entry), entry->path) == root;
    if (!is_proven) {
      return std::unexpected("does not prove the entry at position " + std::to_string(entry->index + 1) +
                             ": it is not in the tree of the checkpoint");
    }
    evidence.entries.push_back(std::move(*entry));
  }
}

}  // namespace byline::transparency
