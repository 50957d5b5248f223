#include "engine/seen.hpp"

namespace byline {
namespace {

constexpr std::size_t kMostOperations = 20;  ///< named in one event

}  // namespace

void Seen::Failures::add(const Failures& more) {
  attempts += more.attempts;
  lock_outs += more.lock_outs;
  last.add(more.last);
}

void Seen::Refusals::add(const Refusals& more) {
  organization = more.organization;
  attempts += more.attempts;
  for (const auto& [operation, count] : more.operations) {
    if (operations.size() < kMostOperations || operations.contains(operation)) operations[operation] += count;
  }
  last.add(more.last);
}

void Seen::Tokens::add(const Tokens& more) {
  organization = more.organization;
  account = more.account;
  tokens += more.tokens;
  last.add(more.last);
}

void Seen::note_failed_sign_in(const AccountId& claimed, std::string_view from, bool locked_out, Time now) {
  failures_.note(claimed, {1, locked_out ? 1U : 0U, {now, std::string(from)}});
}

void Seen::note_refusal(const OrganizationId& organization, const AccountId& account,
                        std::string_view operation, std::string_view from, Time now) {
  refusals_.note(account, {organization, {{std::string(operation), 1}}, 1, {now, std::string(from)}});
}

void Seen::note_token(const OrganizationId& organization, const AccountId& account, const CredentialId& id,
                      std::string_view from, Time now) {
  tokens_.note(id, {organization, account, 1, {now, std::string(from)}});
}

std::vector<Seen::Due> Seen::due(const Reader& reader, Time now, bool all) {
  std::vector<Due> found;
  auto same = [](const auto& id) { return id; };
  auto known = [&reader](const AccountId& id) { return find_home(reader, id) ? id : AccountId{}; };
  for (auto& [id, sum] : failures_.due(now, all, known)) {
    AuthenticationsFailed failed{{}, sum.attempts, sum.lock_outs, sum.last.at, std::move(sum.last.from)};
    if (!id.is_nil()) failed.account = id;
    auto home = find_home(reader, id);
    found.push_back({home.value_or(OrganizationId{}), {{SubjectKind::sign_in, id}, std::move(failed)}});
  }
  // Where there were too many to be told apart, they are nobody's, and left out.
  for (auto& [id, sum] : refusals_.due(now, all, same)) {
    if (id.is_nil()) continue;
    AccessRefused refused{id, sum.attempts, {}, sum.last.at, std::move(sum.last.from)};
    for (const auto& [operation, count] : sum.operations) refused.operations.push_back({operation, count});
    found.push_back({sum.organization, {{SubjectKind::access, id}, std::move(refused)}});
  }
  for (auto& [id, sum] : tokens_.due(now, all, same)) {
    if (id.is_nil()) continue;
    TokensIssued issued{sum.account, sum.tokens, sum.last.at, std::move(sum.last.from)};
    found.push_back({sum.organization, {{SubjectKind::credential_use, id}, std::move(issued)}});
  }
  return found;
}

}  // namespace byline
