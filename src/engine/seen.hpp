#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "domain/credential.hpp"
#include "engine/hourly_sums.hpp"
#include "engine/reader.hpp"

namespace byline {

/// What is seen of accounts and credentials and would fill the log if each time were an event: failed
/// attempts to be an account, what was refused to one, tokens that were issued. What was not told yet is lost
/// when the process is killed.
///
/// `note_…` may be called by any thread, `due` by the writer alone.
class Seen {
 public:
  /// Whether there is such an account is looked up when it is told, and not by who answers the attempt, whose
  /// time would tell. `claimed` is nil where what was claimed cannot be an account.
  void note_failed_sign_in(const AccountId& claimed, std::string_view from, bool locked_out, Time now);
  void note_refusal(const OrganizationId& organization, const AccountId& account, std::string_view operation,
                    std::string_view from, Time now);
  void note_token(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
                  std::string_view from, Time now);

  struct Due {
    OrganizationId organization;
    NoteSeen command;
  };
  /// What is to be told to the log now; it counts as told. `all`: also what else would wait for its hour.
  std::vector<Due> due(const Reader& reader, Time now, bool all);

 private:
  /// When and from where something was seen last.
  struct Last {
    Time at;
    std::string from;
    void add(const Last& more) {
      if (more.at > at) *this = more;
    }
  };
  struct Failures {
    std::uint64_t attempts = 0;
    std::uint64_t lock_outs = 0;
    Last last;
    void add(const Failures& more);
  };
  struct Refusals {
    OrganizationId organization;
    std::map<std::string, std::uint64_t, std::less<>> operations;
    std::uint64_t attempts = 0;
    Last last;
    void add(const Refusals& more);
  };
  struct Tokens {
    OrganizationId organization;
    AccountId account;
    std::uint64_t tokens = 0;
    Last last;
    void add(const Tokens& more);
  };
  HourlySums<AccountId, Failures> failures_;
  HourlySums<AccountId, Refusals> refusals_;
  HourlySums<CredentialId, Tokens> tokens_;
};

}  // namespace byline
