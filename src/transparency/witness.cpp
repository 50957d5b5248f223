#include "transparency/witness.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "files/durable_file.hpp"
#include "security/base64.hpp"

namespace byline::transparency {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxProof = 63;

/// `old SIZE`, the hashes of the proof, a blank line, and the checkpoint.
struct Submission {
  std::uint64_t old_size = 0;
  std::vector<TreeHash> proof;
  SignedCheckpoint checkpoint;
};

std::expected<Submission, std::string> parse_submission(std::string_view body) {
  constexpr std::string_view kOld = "old ";
  Submission submission;
  auto first = take_line(body);
  auto old_size = first && first->starts_with(kOld) ? parse_size(first->substr(kOld.size())) : std::nullopt;
  if (!old_size) return std::unexpected("The first line is to be old and a size.");
  submission.old_size = *old_size;
  for (auto line = take_line(body); line != ""; line = take_line(body)) {
    auto hash = line ? hash_from_base64(*line) : std::nullopt;
    if (!hash) return std::unexpected("A line of the proof is no hash in base64.");
    if (submission.proof.size() == kMaxProof) return std::unexpected("The proof has more than 63 hashes.");
    submission.proof.push_back(*hash);
  }
  auto checkpoint = parse_checkpoint(body);
  if (!checkpoint) return std::unexpected("The checkpoint " + checkpoint.error() + ".");
  submission.checkpoint = std::move(*checkpoint);
  return submission;
}

Witness::Answer refuse(unsigned status, std::string sentence) { return {status, std::move(sentence) + "\n"}; }

}  // namespace

Witness::Witness(fs::path directory, security::NoteSigner key, std::vector<security::NoteVerifier> logs)
    : directory_(std::move(directory)), key_(std::move(key)), logs_(std::move(logs)) {}

fs::path Witness::file_of(const std::string& origin) const {
  return directory_ / (security::sha256_base64url(origin) + ".checkpoint");
}

Witness::Answer Witness::add_checkpoint(std::string_view body, std::int64_t seconds) {
  auto submission = parse_submission(body);
  if (!submission) return refuse(400, submission.error());
  const auto& [checkpoint, note] = submission->checkpoint;
  auto is_its = [&](const auto& log) { return log.name() == checkpoint.origin; };
  if (std::ranges::none_of(logs_, is_its))
    return refuse(404, "There is no such log here: " + checkpoint.origin + ".");
  if (std::ranges::none_of(logs_,
                           [&](const auto& log) { return is_its(log) && log.check(note).has_value(); }))
    return refuse(403, "No key of the log has signed the checkpoint.");
  if (submission->old_size > checkpoint.size) return refuse(400, "The old size is larger than the new one.");

  std::lock_guard guard(mutex_);  // between looking at the last one and keeping this one nobody else does
  auto file = file_of(checkpoint.origin);
  Checkpoint last;
  if (fs::exists(file)) {
    std::ifstream in(file, std::ios::binary);
    auto kept = parse_checkpoint(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!kept) throw std::runtime_error(file.string() + " is damaged: it " + kept.error());
    last = kept->checkpoint;
  }
  if (submission->old_size != last.size) return {409, std::to_string(last.size) + "\n", "text/x.tlog.size"};
  if (last.size == checkpoint.size && last.size > 0 && last.root != checkpoint.root)
    return refuse(409, "Another checkpoint of this size was signed here before.");
  // Every log begins with the empty one, whose root is always the same.
  bool is_whole = last.size > 0 || (submission->proof.empty() &&
                                    (checkpoint.size > 0 || checkpoint.root == TreeRoot().root()));
  bool continues = last.size == 0 ||
                   is_consistent(last.size, last.root, checkpoint.size, checkpoint.root, submission->proof);
  if (!is_whole || !continues) {
    return refuse(422, "The proof does not show that the checkpoint continues the last one signed here.");
  }
  if (last == checkpoint) return {200, security::to_string(key_.sign(note.text, seconds))};  // kept already
  DurableFile written(file);
  written.write(security::to_string(note));
  written.put_in_place();
  return {200, security::to_string(key_.sign(note.text, seconds))};
}

}  // namespace byline::transparency
