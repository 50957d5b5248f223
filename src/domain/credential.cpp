#include "domain/credential.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

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

/// Whether an account of that kind can have such a credential by its being issued.
bool is_issued_to(SubjectKind holder, CredentialKind kind) {
  switch (kind) {
    case CredentialKind::client_secret:
    case CredentialKind::public_key:
    case CredentialKind::key_set:
    case CredentialKind::certificate:
    case CredentialKind::certificate_name:
      return holder == SubjectKind::application;
    case CredentialKind::access_token:
    case CredentialKind::initial_access_token:
    case CredentialKind::sign_in_link:
      return holder == SubjectKind::user;
    default:
      return false;
  }
}

/// A token that ends is not there to get one that ends later, or never.
void check_no_longer(const Context& context, CredentialKind kind, const std::optional<Time>& end,
                     std::vector<Problem>& problems) {
  bool is_token = kind == CredentialKind::access_token || kind == CredentialKind::initial_access_token;
  if (!came_by_ending_token(context) || !is_token || (end && *end <= *context.credential_ends)) return;
  problems.push_back({Code::invalid_value, "expires_at",
                      "the token that asks for it ends at " + to_string(*context.credential_ends)});
}

}  // namespace

Time link_end(Time now) { return {now.micros + kLinkLifetime * kMicrosPerSecond}; }

CredentialKind kind_of(const CredentialProof& proof) {
  struct {
    CredentialKind operator()(const MadeSecret& secret) const { return secret.kind; }
    CredentialKind operator()(const PublicKeyProof&) const { return CredentialKind::public_key; }
    CredentialKind operator()(const KeySetProof&) const { return CredentialKind::key_set; }
    CredentialKind operator()(const CertificateProof&) const { return CredentialKind::certificate; }
    CredentialKind operator()(const CertificateNameProof&) const { return CredentialKind::certificate_name; }
    CredentialKind operator()(const InitialAccessProof&) const {
      return CredentialKind::initial_access_token;
    }
  } kind;
  return std::visit(kind, proof);
}

Event opening(const AccountId& account, const CredentialProof& proof, const std::optional<std::string>& label,
              const std::optional<Time>& expires_at) {
  struct {
    const AccountId& account;
    const std::optional<std::string>& label;
    const std::optional<Time>& end;

    Event operator()(const MadeSecret& secret) const {
      switch (secret.kind) {
        case CredentialKind::access_token:
          return AccessTokenIssued{account, label.value_or(""), secret.digest, secret.hint, end};
        case CredentialKind::registration_access_token:
          return RegistrationAccessTokenIssued{account, secret.digest, secret.hint};
        case CredentialKind::sign_in_link:
          return SignInLinkIssued{account, secret.digest, secret.hint, end.value_or(Time{})};
        default:
          return ClientSecretIssued{account, secret.digest, secret.hint, label, end, {}};
      }
    }
    Event operator()(const PublicKeyProof& key) const {
      return PublicKeyRegistered{account, key.key, key.thumbprint, label, end};
    }
    Event operator()(const KeySetProof& set) const { return KeySetRegistered{account, set.url, label, end}; }
    Event operator()(const CertificateProof& proof) const {
      return CertificateRegistered{account, proof.certificate, proof.thumbprint, label, end};
    }
    Event operator()(const CertificateNameProof& proof) const {
      return CertificateNameRegistered{account, proof.type, proof.name, label, end};
    }
    Event operator()(const InitialAccessProof& proof) const {
      return InitialAccessTokenIssued{account, proof.digest, proof.hint, proof.roles, proof.max_registrations,
                                      label,   end};
    }
  } open{account, label, expires_at};
  return std::visit(open, proof);
}

Decision decide(const State& state, const Context& context, const IssueCredential& command) {
  auto holder = find_holder_to_open(state, context, command.holder, command.account);
  if (!holder) return std::unexpected(std::move(holder.error()));
  auto problems = command.problems;
  auto kind = kind_of(command.proof);
  if (!is_issued_to(command.holder, kind)) {
    problems.push_back({Code::invalid_value, "kind",
                        command.holder == SubjectKind::user
                            ? "users are given access_token, initial_access_token and sign_in_link"
                            : "applications are given client_secret, public_key, key_set, certificate and "
                              "certificate_name"});
  }
  if (kind == CredentialKind::sign_in_link) {
    // Or a token that got out would be enough to get a password.
    auto edits = authorize(state, context, Area::admin_users, Operation::edit);
    if (!edits) return std::unexpected(std::move(edits.error()));
    if (context.actor == command.account && context.credential_kind == CredentialKind::access_token)
      return refuse(Code::permission_missing);
  }
  if (const auto* initial = std::get_if<InitialAccessProof>(&command.proof))
    check_roles(state, context, state.access_of(**holder), initial->roles, {}, problems);
  auto end = end_of(state, context, kind, context.now, command.expires_at, problems);
  check_no_longer(context, kind, end, problems);
  if (kind == CredentialKind::sign_in_link) {
    end = end.value_or(link_end(context.now));
    if (end->micros > context.now.micros + kMaxLinkLifetime * kMicrosPerSecond)
      problems.push_back({Code::invalid_value, "expires_at", "a link ends within a week"});
  }
  check_number(command.held, problems);
  if (!problems.empty()) return std::unexpected(Rejection{std::move(problems)});
  return std::vector<NewEvent>{
      {{SubjectKind::credential, command.id}, opening(command.account, command.proof, command.label, end)}};
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
  Time last{context.now.micros + command.overlap * kMicrosPerSecond};
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
  if (!is_issued_to(command.holder, current->kind))
    return refuse(Code::invalid_value, {}, "a " + std::string(name_of(current->kind)) + " cannot be changed");
  auto problems = command.problems;
  auto end = current->expires_at;
  if (command.expires_at) {
    end = end_of(state, context, current->kind, current->issued_at, *command.expires_at, problems);
    // More time is as good as another one.
    if (end != current->expires_at && (!end || (current->expires_at && *end > *current->expires_at))) {
      auto opened = find_holder_to_open(state, context, command.holder, command.account);
      if (!opened) return std::unexpected(std::move(opened.error()));
      check_no_longer(context, current->kind, end, problems);
      if (current->kind == CredentialKind::sign_in_link)
        problems.push_back({Code::invalid_value, "expires_at", "a link is not prolonged: issue another one"});
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
  bool guards = is_of_sign_in(current->kind) && current->kind != CredentialKind::session &&
                current->kind != CredentialKind::sign_in_link;
  if (guards && context.actor == command.account) {
    // Not by a token that got out.
    if (context.credential_kind != CredentialKind::session) return refuse(Code::permission_missing);
  } else if (guards) {
    auto opened = find_holder_to_open(state, context, command.holder, command.account);
    if (!opened) return std::unexpected(std::move(opened.error()));
  }
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

Decision decide(const State& state, const Context& context, const NoteSeen& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  return std::visit(
      [&]<class Sum>(const Sum& sum) -> Decision {
        // Attempts to be an account are told also of one that is not there; the rest is of one that was.
        if constexpr (!std::is_same_v<Sum, AuthenticationsFailed>) {
          if (!state.find_account(sum.account)) return std::vector<NewEvent>{};
        }
        return std::vector<NewEvent>{{command.about, sum}};
      },
      command.sum);
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
