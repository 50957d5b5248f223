#include "domain/credential.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

constexpr std::int64_t kMicros = 1'000'000;

/// The account, for a caller who may administer its credentials.
std::expected<const State::Account*, Rejection> find_holder(const State& state, const Context& context,
                                                            SubjectKind kind, const AccountId& id) {
  bool own = context.actor == id && kind == SubjectKind::user;
  auto area = kind == SubjectKind::user ? Area::admin_users : Area::admin_applications;
  auto access = own ? authenticate(state, context) : authorize(state, context, area, Operation::edit);
  if (!access) return std::unexpected(std::move(access.error()));
  const auto* account = state.find_account(id);
  if (!account || account->kind != kind || account->organization != context.organization)
    return refuse(Code::not_found);
  return account;
}

/// The same, for a caller who may also do all that the account may.
std::expected<const State::Account*, Rejection> find_holder_to_open(const State& state,
                                                                    const Context& context, SubjectKind kind,
                                                                    const AccountId& id) {
  auto holder = find_holder(state, context, kind, id);
  if (!holder) return holder;
  auto access = authenticate(state, context);
  if (!access->covers(state.access_of(**holder)))
    return refuse(Code::role_exceeds_giver, {}, "what the account may do goes beyond it");
  return holder;
}

std::expected<CredentialState, Rejection> find_credential(const Context& context, const AccountId& account,
                                                          const std::optional<CredentialState>& current) {
  if (!current || current->account != account) return refuse(Code::not_found);
  if (!is_current(context, current->version)) return refuse(Code::stale_version);
  return *current;
}

/// The end that a credential issued at `from` gets, where `wanted` is asked for.
std::optional<Time> end_of(const State& state, const Context& context, CredentialKind kind, Time from,
                           const std::optional<Time>& wanted, std::vector<Problem>& problems) {
  if (wanted && *wanted <= context.now)
    problems.push_back({Code::invalid_value, "expires_at", "it must be in the future"});
  auto latest = kind == CredentialKind::client_secret ? latest_secret_end(state, context.organization, from)
                                                      : std::nullopt;
  if (!latest) return wanted;
  if (wanted && *wanted > *latest) {
    problems.push_back(
        {Code::invalid_value, "expires_at", "the organization's secrets end by " + to_string(*latest)});
  }
  return wanted ? wanted : latest;
}

void check_number(std::size_t held, std::vector<Problem>& problems) {
  if (held >= kMaxCredentialsOfAccount) {
    problems.push_back({Code::too_large,
                        {},
                        std::to_string(kMaxCredentialsOfAccount) + " credentials that are not revoked"});
  }
}

CredentialKind kind_of(const IssueCredential& command) {
  if (const auto* secret = std::get_if<MadeSecret>(&command.proof)) return secret->kind;
  return std::holds_alternative<PublicKeyProof>(command.proof) ? CredentialKind::public_key
                                                               : CredentialKind::key_set;
}

Event issued(const IssueCredential& command, const std::optional<Time>& end) {
  if (const auto* secret = std::get_if<MadeSecret>(&command.proof)) {
    if (secret->kind == CredentialKind::access_token) {
      return AccessTokenIssued{command.account, command.label.value_or(""), secret->digest, secret->hint,
                               end};
    }
    return ClientSecretIssued{command.account, secret->digest, secret->hint, command.label, end, {}};
  }
  if (const auto* key = std::get_if<PublicKeyProof>(&command.proof))
    return PublicKeyRegistered{command.account, key->key, key->thumbprint, command.label, end};
  return KeySetRegistered{command.account, std::get<KeySetProof>(command.proof).url, command.label, end};
}

}  // namespace

Decision decide(const State& state, const Context& context, const IssueCredential& command) {
  auto holder = find_holder_to_open(state, context, command.holder, command.account);
  if (!holder) return std::unexpected(std::move(holder.error()));
  auto problems = command.problems;
  auto kind = kind_of(command);
  bool of_user = command.holder == SubjectKind::user;
  if (of_user != (kind == CredentialKind::access_token)) {
    problems.push_back({Code::invalid_value, "kind",
                        of_user ? "users have access tokens" : "only users have access tokens"});
  }
  auto end = end_of(state, context, kind, context.now, command.expires_at, problems);
  check_number(command.held, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{{{SubjectKind::credential, command.id}, issued(command, end)}};
}

Decision decide(const State& state, const Context& context, const RotateSecret& command) {
  auto holder = find_holder_to_open(state, context, SubjectKind::application, command.account);
  if (!holder) return std::unexpected(std::move(holder.error()));
  auto old = find_credential(context, command.account, command.current);
  if (!old) return std::unexpected(std::move(old.error()));
  if (old->kind != CredentialKind::client_secret)
    return refuse(Code::invalid_value, {}, "only client secrets are rotated");
  if (old->is_over(context.now)) return refuse(Code::credential_over);
  auto problems = command.problems;
  auto end = end_of(state, context, CredentialKind::client_secret, context.now, command.expires_at, problems);
  check_number(command.held, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  auto label = command.label;
  if (!label && !old->label.empty()) label = old->label;
  Subject replaced{SubjectKind::credential, command.replaced};
  std::vector<NewEvent> events{
      {{SubjectKind::credential, command.id},
       ClientSecretIssued{command.account, command.digest, command.hint, label, end, command.replaced}}};
  Time last{context.now.micros + command.overlap * kMicros};
  if (command.overlap == 0) {
    events.push_back({replaced, CredentialRevoked{command.account}});
  } else if (!old->expires_at || last < *old->expires_at) {
    events.push_back({replaced, CredentialExpiryChanged{command.account, last}});
  }
  return events;
}

Decision decide(const State& state, const Context& context, const ChangeCredential& command) {
  auto holder = find_holder(state, context, command.holder, command.account);
  if (!holder) return std::unexpected(std::move(holder.error()));
  auto current = find_credential(context, command.account, command.current);
  if (!current) return std::unexpected(std::move(current.error()));
  if (current->is_over(context.now)) return refuse(Code::credential_over);
  auto problems = command.problems;
  auto end = current->expires_at;
  if (command.expires_at) {
    end = end_of(state, context, current->kind, current->issued_at, *command.expires_at, problems);
    // More time is as good as another one.
    if (end != current->expires_at && (!end || (current->expires_at && *end > *current->expires_at))) {
      auto opened = find_holder_to_open(state, context, command.holder, command.account);
      if (!opened) return std::unexpected(std::move(opened.error()));
    }
  }
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});

  Subject subject{SubjectKind::credential, command.id};
  std::vector<NewEvent> events;
  if (command.label && *command.label != current->label) {
    auto label = command.label->empty() ? std::nullopt : command.label;
    events.push_back({subject, CredentialRelabelled{command.account, label}});
  }
  if (end != current->expires_at) events.push_back({subject, CredentialExpiryChanged{command.account, end}});
  return events;
}

Decision decide(const State& state, const Context& context, const RevokeCredential& command) {
  auto holder = find_holder(state, context, command.holder, command.account);
  if (!holder) return std::unexpected(std::move(holder.error()));
  auto current = find_credential(context, command.account, command.current);
  if (!current) return std::unexpected(std::move(current.error()));
  if (current->revoked) return std::vector<NewEvent>{};
  return std::vector<NewEvent>{{{SubjectKind::credential, command.id}, CredentialRevoked{command.account}}};
}

Decision decide(const State& state, const Context& context, const NoteCredentialUse& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  std::vector<NewEvent> events;
  if (!state.find_account(command.account)) return events;  // deleted meanwhile
  Subject subject{SubjectKind::credential_use, command.id};
  if (command.used) events.push_back({subject, *command.used});
  if (command.refused) events.push_back({subject, *command.refused});
  return events;
}

Decision decide(const State&, const Context& context, const NoteFailedSignIns& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  return std::vector<NewEvent>{{{SubjectKind::sign_in, command.id}, command.failed}};
}

Decision decide(const State& state, const Context& context, const RevokeToken& command) {
  const auto* account = state.find_account(command.account);
  auto area = account && account->kind == SubjectKind::user ? Area::admin_users : Area::admin_applications;
  auto access = context.actor == command.account ? authenticate(state, context)
                                                 : authorize(state, context, area, Operation::edit);
  if (!access) return std::unexpected(std::move(access.error()));
  if (!account || account->organization != context.organization) return refuse(Code::not_found);
  if (command.revoked || command.expires_at <= context.now) return std::vector<NewEvent>{};
  return std::vector<NewEvent>{
      {{SubjectKind::token, command.id}, TokenRevoked{command.account, command.expires_at}}};
}

}  // namespace byline
