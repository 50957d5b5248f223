#include "byline/verify.hpp"

#include <sodium.h>

#include <fstream>
#include <iterator>

#include "engine/state_keeper.hpp"
#include "events/codec.hpp"
#include "events/time.hpp"
#include "projections/checkpoint_keys.hpp"
#include "service/follower.hpp"
#include "transparency/opening.hpp"
#include "transparency/proof.hpp"
#include "transparency/verification.hpp"

namespace byline {
namespace {

using security::NoteVerifier;

std::expected<NoteVerifier, std::string> read_key(const std::string& text) {
  auto key = NoteVerifier::parse(text);
  if (!key) {
    return std::unexpected(
        "\"" + text + "\" is no verifier key: it is a name, an id and a key with a plus sign between them.");
  }
  return *key;
}

std::expected<NoteVerifier, std::string> read_log_key(const std::string& text) {
  auto key = read_key(text);
  if (key && key->type() != security::NoteKeyType::ed25519)
    return std::unexpected("\"" + text + "\" is the key of a witness, not of a log.");
  return key;
}

std::expected<transparency::SignedCheckpoint, std::string> read_checkpoint(
    const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in) return std::unexpected("The file " + file.string() + " cannot be read.");
  auto checkpoint = transparency::parse_checkpoint(text);
  if (!checkpoint)
    return std::unexpected("The checkpoint in " + file.string() + " " + checkpoint.error() + ".");
  return checkpoint;
}

}  // namespace

std::expected<VerifyReport, std::string> verify_log(const VerifyOptions& options) {
  if (sodium_init() < 0) return std::unexpected("The cryptographic library cannot be used on this machine.");
  transparency::VerificationOptions wanted;
  wanted.entries = options.entries;
  wanted.views = options.views;
  wanted.progress = options.progress;
  if (!options.key.empty()) {
    auto key = read_log_key(options.key);
    if (!key) return std::unexpected(key.error());
    wanted.key = *key;
  }
  if (!options.since.empty()) {
    auto checkpoint = read_checkpoint(options.since);
    if (!checkpoint) return std::unexpected(checkpoint.error());
    wanted.since = std::move(*checkpoint);
  }
  auto database = open_follower(options.data, options.key_file);
  if (!database) return std::unexpected(database.error());
  auto verified = transparency::verify(**database, wanted);
  if (!verified) return std::unexpected(verified.error());
  VerifyReport report{verified->size,
                      transparency::to_base64(verified->root),
                      verified->checkpoint ? verified->checkpoint->size : 0,
                      verified->key,
                      {},
                      verified->more,
                      std::move(verified->other_views),
                      verified->opened};
  for (auto& finding : verified->findings)
    report.findings.push_back({finding.position, std::move(finding.what)});
  if (report.findings.empty() && options.views && verified->opened) {
    try {
      if (!is_kept_state_right(options.data, **database))
        report.findings.push_back(
            {0,
             "The write model in " + StateKeeper::file_in(options.data).string() +
                 " is not the one that the log gives: stop the service, delete the file and start again."});
    } catch (const std::exception& error) {
      return std::unexpected(error.what());
    }
  }
  return report;
}

std::expected<ProvenEvent, std::string> verify_proof(std::string_view text, const std::string& key_text,
                                                     const std::vector<std::string>& witnesses,
                                                     const std::string& opening) {
  auto key = read_log_key(key_text);
  if (!key) return std::unexpected(key.error());
  auto proof = transparency::parse_proof(text);
  if (!proof) return std::unexpected("The proof " + proof.error() + ".");
  if (auto checked = check(*proof, *key); !checked)
    return std::unexpected("The proof " + checked.error() + ".");
  ProvenEvent proven{proof->index + 1,
                     proof->entry,
                     proof->checkpoint.checkpoint.origin,
                     proof->checkpoint.checkpoint.size,
                     {}};
  transparency::Openings openings;
  if (!opening.empty() && !openings.add(proof->entry, opening))
    return std::unexpected("The key of the event does not open it.");
  std::string shown;
  if (!opening.empty()) proven.json = shown_form(proof->entry, openings, shown);
  for (const auto& witness : witnesses) {
    auto witness_key = read_key(witness);
    if (!witness_key) return std::unexpected(witness_key.error());
    if (witness_key->type() != security::NoteKeyType::cosignature)
      return std::unexpected("\"" + witness + "\" is the key of a log, not of a witness.");
    auto seen = witness_key->check(proof->checkpoint.note);
    if (!seen) return std::unexpected("The proof has a checkpoint that " + seen.error() + ".");
    proven.witnesses.push_back(witness_key->name() + " at " + to_string(Time{*seen * 1'000'000}));
  }
  return proven;
}

std::expected<std::string, std::string> checkpoint_key(const std::filesystem::path& data) {
  auto database = Database::open(data, Database::Mode::follower);
  if (!database) return std::unexpected(database.error());
  auto key = transparency::own_key(**database);
  if (!key) return std::unexpected("The log has no key for checkpoints yet: start the service once.");
  return key->text();
}

}  // namespace byline
