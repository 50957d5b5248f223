#include "domain/sign_in.hpp"

#include <algorithm>

#include "domain/limits.hpp"
#include "domain/rules.hpp"

namespace byline {
namespace {

/// Whether the caller is this user, and active.
std::expected<void, Rejection> check_self(const State& state, const Context& context,
                                          const AccountId& account) {
  auto access = authenticate(state, context);
  if (!access) return std::unexpected(std::move(access.error()));
  const auto* found = state.find_account(account);
  if (context.actor != account || !found || found->kind != SubjectKind::user)
    return refuse(Code::permission_missing);
  return {};
}

bool has(const std::vector<HeldCredential>& held, CredentialKind kind, const CredentialId& id) {
  return std::ranges::any_of(held, [&](const HeldCredential& credential) {
    return credential.kind == kind && credential.id == id && !credential.over;
  });
}
bool has(const std::vector<HeldCredential>& held, CredentialKind kind) {
  return std::ranges::any_of(held, [&](const auto& credential) { return credential.kind == kind; });
}

NewEvent revoked(const AccountId& account, const CredentialId& id) {
  return {{SubjectKind::credential, id}, CredentialRevoked{account}};
}

}  // namespace

Decision decide(const State& state, const Context& context, const SetPassword& command) {
  if (auto self = check_self(state, context, command.account); !self) return std::unexpected(self.error());
  bool is_known = command.verified && has(command.held, CredentialKind::password, *command.verified);
  bool is_linked = command.link && has(command.held, CredentialKind::sign_in_link, *command.link);
  bool is_first = !command.link && !has(command.held, CredentialKind::password);
  if (!is_known && !is_linked && !is_first) return refuse(Code::credential_over);
  if (!is_known && !is_linked && came_by_ending_token(context)) return refuse(Code::permission_missing);
  if (!command.problems.empty()) return std::unexpected(Rejection{command.problems});

  std::vector<NewEvent> events{
      {{SubjectKind::credential, command.id}, PasswordSet{command.account, command.sealed_hash}}};
  for (const auto& held : command.held) {
    bool ends = held.kind == CredentialKind::password || held.kind == CredentialKind::sign_in_link ||
                (held.kind == CredentialKind::session && held.id != context.credential);
    if (ends) events.push_back(revoked(command.account, held.id));
  }
  return events;
}

Decision decide(const State& state, const Context& context, const RegisterTotp& command) {
  if (auto self = check_self(state, context, command.account); !self) return std::unexpected(self.error());
  if (!command.problems.empty()) return std::unexpected(Rejection{command.problems});
  // A token that got out must not keep its owner from signing in.
  if (context.credential_kind != CredentialKind::session) return refuse(Code::permission_missing);
  std::vector<NewEvent> events{{{SubjectKind::credential, command.id},
                                TotpRegistered{command.account, command.sealed_secret, command.label}}};
  for (const auto& held : command.held) {
    if (held.kind == CredentialKind::totp) events.push_back(revoked(command.account, held.id));
  }
  return events;
}

Decision decide(const State& state, const Context& context, const StartSession& command) {
  if (auto self = check_self(state, context, command.account); !self) return std::unexpected(self.error());
  std::vector<NewEvent> events;
  if (command.identity) {
    if (command.linked_to && *command.linked_to != command.account) return refuse(Code::permission_missing);
    // One of each provider: or who is given the address of somebody else there would be that one here.
    auto is_of_issuer = [&](const HeldCredential& held) {
      return held.kind == CredentialKind::external_identity && held.fingerprint == command.identity->issuer;
    };
    if (!command.linked_to && std::ranges::any_of(command.held, is_of_issuer))
      return refuse(Code::permission_missing);
    if (!command.linked_to) {
      events.push_back(
          {{SubjectKind::credential, command.identity_id},
           ExternalIdentityLinked{command.account, command.identity->issuer, command.identity->name}});
    }
  } else if (!command.verified || !has(command.held, CredentialKind::password, *command.verified)) {
    return refuse(Code::credential_over);
  }
  events.push_back({{SubjectKind::credential, command.id},
                    SessionStarted{command.account, command.digest, command.means, command.from,
                                   command.agent, command.expires_at}});
  // Those that are over go, and of too many the oldest, which stand first.
  auto is_alive = [](const HeldCredential& held) {
    return held.kind == CredentialKind::session && !held.over;
  };
  auto alive = static_cast<std::size_t>(std::ranges::count_if(command.held, is_alive));
  for (const auto& held : command.held) {
    if (held.kind != CredentialKind::session) continue;
    if (!held.over && alive < kMaxSessionsOfUser) continue;
    if (!held.over) --alive;
    events.push_back(revoked(command.account, held.id));
  }
  return events;
}

}  // namespace byline
