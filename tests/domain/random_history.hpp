#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "domain/command.hpp"
#include "domain/state.hpp"
#include "support/ids.hpp"

namespace byline::test {

/// Two organizations' life, as chance has it: commands of every kind, valid and not, from every sort of
/// actor, decided and folded one after the other as the writer does. One seed, one history.
class RandomHistory {
 public:
  explicit RandomHistory(std::uint32_t seed);

  /// One more command, decided and, if accepted, folded.
  void step();

  const State& state() const { return state_; }
  const std::vector<LogEntry>& log() const { return log_; }
  /// How often each kind of command was accepted, and each code was a reason to refuse.
  const std::map<std::size_t, int>& accepted() const { return accepted_; }
  const std::map<Code, int>& refused() const { return refused_; }

  // Everything that commands have ever named.
  std::vector<OrganizationId> organizations;
  std::vector<AccountId> accounts;
  std::vector<RoleId> roles;
  std::vector<RecordId> records;
  std::vector<TeamId> teams;
  std::vector<CollectionId> collections;
  std::vector<CredentialId> credentials;
  std::vector<SigningKeyId> keys;
  static std::vector<std::string> addresses();
  static std::vector<std::string> role_names();

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  template <class T>
  const T& any(const std::vector<T>& of) {
    return of[random_() % of.size()];
  }
  template <class I>
  I fresh(std::vector<I>& known);
  template <class I>
  I new_of(std::vector<I>& known) {
    return chance(5) ? any(known) : fresh(known);
  }
  AccountId some_account();
  RoleId some_role();
  RecordId some_record();
  AccountId new_account();
  RoleId new_role();
  RecordId new_record();
  std::vector<RoleId> some_roles(const OrganizationId& organization);
  std::vector<AccountId> some_accounts();
  std::vector<Grantee> some_grantees();
  std::string some_collection();
  RequiredPermissions some_requirements();
  PermissionMatrix some_permissions();
  EmailAddress some_email();
  AccountId some_actor(const OrganizationId& organization);
  Command some_command(const OrganizationId& organization);
  void run(Context context, const Command& command);
  Time now() const;
  Time some_time();
  NoteProjection::Fact some_fact_of_a_view();
  ApplicationSettings some_settings();
  CredentialProof some_proof();
  std::vector<HeldCredential> held_by(const AccountId& account) const;
  template <class I>
  ErasureTarget target_of(const OrganizationId& organization, SubjectKind kind, const I& id) const;
  AccountId some_holder();
  TokenId new_token() { return numbered_id<TokenId>(next_id_++); }
  std::optional<CredentialState> state_of(const CredentialId& id) const;
  void follow_credential(const LogEntry& entry);

  std::mt19937 random_;
  std::uint64_t next_id_ = 1;
  State state_;
  std::vector<LogEntry> log_;
  std::map<CredentialId, CredentialState> credential_states_;
  AccountId acting_;
  CredentialId last_used_credential_;
  std::map<std::string, Version> versions_;  ///< by subject, printed
  std::map<std::size_t, int> accepted_;
  std::map<Code, int> refused_;
};

}  // namespace byline::test
