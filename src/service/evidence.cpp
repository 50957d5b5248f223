#include <sodium.h>

#include <algorithm>
#include <map>
#include <set>

#include "byline/evidence.hpp"
#include "engine/log_reader.hpp"
#include "events/about.hpp"
#include "events/codec.hpp"
#include "projections/checkpoint_keys.hpp"
#include "service/checkpoint_key.hpp"
#include "service/keys.hpp"
#include "transparency/evidence.hpp"
#include "transparency/opening.hpp"
#include "transparency/verification.hpp"

namespace byline {
namespace {

/// Which entries belong to an application's life: its own events and deeds; the roles it ever had; and who
/// did all that, by name. Learned in one pass over the log, and only then known: its roles are older than it.
class Life {
 public:
  explicit Life(const AccountId& application) : application_(application) {}

  void learn(const LogEntry& entry) {
    if (entry.subject.kind == SubjectKind::role)
      who_made_roles_[entry.subject.as<RoleId>()].insert(entry.actor);
    if (!is_its_own(entry)) return;
    people_.insert(entry.actor);
    if (const auto* registered = std::get_if<ApplicationRegistered>(&entry.event)) {
      is_known_ = is_known_ || entry.subject.id == application_.bytes;
      take(registered->roles);
    }
    if (const auto* changed = std::get_if<ApplicationRolesChanged>(&entry.event)) take(changed->roles);
    if (const auto* owned = std::get_if<ApplicationOwnerChanged>(&entry.event); owned && owned->owner)
      people_.insert(*owned->owner);
  }

  bool has(const LogEntry& entry) const {
    if (is_its_own(entry)) return true;
    if (entry.subject.kind == SubjectKind::role) return roles_.contains(entry.subject.as<RoleId>());
    bool names = erases_data(entry.event) || std::holds_alternative<UserCreated>(entry.event) ||
                 std::holds_alternative<UserRenamed>(entry.event) ||
                 std::holds_alternative<ApplicationRegistered>(entry.event) ||
                 std::holds_alternative<ApplicationRenamed>(entry.event);
    return names && is_of_it(entry.subject.as<AccountId>());
  }
  bool is_known() const { return is_known_; }

 private:
  bool is_its_own(const LogEntry& entry) const {
    if (entry.actor == application_ || entry.subject.id == application_.bytes) return true;
    return std::visit(
        [&](const auto& fact) {
          bool names = account_of(entry.event) == application_;
          if constexpr (requires { fact.assignee; }) names = names || fact.assignee == application_;
          if constexpr (requires { fact.members; }) names = names || has_it(fact.members);
          if constexpr (requires { fact.accounts; }) names = names || has_it(fact.accounts);
          return names;
        },
        entry.event);
  }
  bool is_of_it(const AccountId& person) const {
    return people_.contains(person) || std::ranges::any_of(roles_, [&](const RoleId& role) {
             auto made = who_made_roles_.find(role);
             return made != who_made_roles_.end() && made->second.contains(person);
           });
  }
  bool has_it(const std::vector<AccountId>& accounts) const {
    return std::ranges::find(accounts, application_) != accounts.end();
  }
  void take(const std::vector<RoleId>& roles) { roles_.insert(roles.begin(), roles.end()); }

  const AccountId application_;
  std::set<RoleId> roles_;
  std::set<AccountId> people_;
  std::map<RoleId, std::set<AccountId>> who_made_roles_;  ///< or changed them; of all
  bool is_known_ = false;
};

}  // namespace

std::expected<std::string, std::string> make_evidence(const std::filesystem::path& data,
                                                      const std::filesystem::path& key_file,
                                                      const std::string& application) try {
  auto id = parse_id<AccountId>(application);
  if (!id)
    return std::unexpected("--evidence takes an application's id, and \"" + application + "\" is none.");
  auto keys = keys_if_there({.data = data, .file = key_file});
  if (!keys) return std::unexpected(keys.error());
  if (!*keys) {
    return std::unexpected(
        std::string("Evidence is signed and opened with the key-encryption key, which is not here: give it "
                    "with --key-file."));
  }
  auto database = Database::open(data, Database::Mode::follower, (*keys)->seal_key);
  if (!database) return std::unexpected(database.error());
  LogReader log(std::move(*database));
  auto signer = checkpoint_signer(log.database(), (*keys)->seal_key);
  if (!signer) return std::unexpected(signer.error());
  transparency::Evidence evidence;
  auto checkpoint = transparency::parse_checkpoint(log.kept_checkpoint().note);
  if (!checkpoint)
    return std::unexpected(std::string("The log has no checkpoint yet: start the service once."));
  evidence.checkpoint = std::move(*checkpoint);
  auto size = evidence.checkpoint.checkpoint.size;
  auto openers = log.database().subject_keys();
  auto each_entry = [&](auto&& take) -> std::string {
    for (auto cursor = log.read({}); cursor->next() && cursor->position().value <= size;) {
      auto entry = decode(cursor->bytes(), &openers);
      if (!entry)
        return "The log cannot be read at position " + std::to_string(cursor->position().value) + ": " +
               entry.error().reason + ".";
      take(*entry, cursor->bytes());
    }
    return {};
  };
  Life life(*id);
  if (auto failed = each_entry([&](const LogEntry& entry, std::string_view) { life.learn(entry); });
      !failed.empty())
    return std::unexpected(failed);
  if (!life.is_known()) {
    return std::unexpected("There is no application with the id " + application + " in the first " +
                           std::to_string(size) + " entries, which the last checkpoint covers.");
  }
  evidence.subject = "application " + to_string(*id);
  auto tree = log.tree(size);
  auto failed = each_entry([&](const LogEntry& entry, std::string_view bytes) {
    if (!life.has(entry)) return;
    auto index = entry.position.value - 1;
    evidence.entries.push_back({index, transparency::opening_of(openers, entry, bytes),
                                inclusion_proof(tree, index, size), std::string(bytes)});
  });
  if (!failed.empty()) return std::unexpected(failed);
  return transparency::sign_evidence(evidence, *signer);
} catch (const std::exception& error) {
  return std::unexpected("The data cannot be read: " + std::string(error.what()) + ".");
}

std::expected<CheckedEvidence, std::string> check_evidence(std::string_view file,
                                                           const std::string& key_text) {
  if (sodium_init() < 0) return std::unexpected("The cryptographic library cannot be used on this machine.");
  auto key = security::NoteVerifier::parse(key_text);
  if (!key || key->type() != security::NoteKeyType::ed25519)
    return std::unexpected("\"" + key_text + "\" is no verifier key of a log.");
  auto evidence = transparency::check_evidence(file, *key);
  if (!evidence) return std::unexpected("The evidence " + evidence.error() + ".");
  CheckedEvidence checked{
      evidence->subject, evidence->checkpoint.checkpoint.origin, evidence->checkpoint.checkpoint.size, {}};
  transparency::Openings openings;
  for (const auto& one : evidence->entries) openings.learn_of_erasure(one.entry);
  for (const auto& one : evidence->entries) {
    auto wrong = [&](const char* what) {
      return std::unexpected("The evidence " + std::string(what) + " the entry at position " +
                             std::to_string(one.index + 1) + ".");
    };
    // A key that does not open what it came for would let the entry read as if it said less.
    if (!one.opening.empty() && !openings.add(one.entry, one.opening))
      return wrong("has a key that does not open");
    auto entry = decode(one.entry, &openings);
    if (entry && entry->position.value != one.index + 1) return wrong("has another place for");
    if (entry && entry->seal == SealState::locked) return wrong("leaves out what would open");
    std::string shown;
    checked.events.emplace_back(one.index + 1, std::string(shown_form(one.entry, openings, shown)));
  }
  return checked;
}

}  // namespace byline
