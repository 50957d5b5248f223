#pragma once

#include <variant>

#include "domain/application.hpp"
#include "domain/checkpoint_key.hpp"
#include "domain/collection.hpp"
#include "domain/credential.hpp"
#include "domain/erasure.hpp"
#include "domain/organization.hpp"
#include "domain/projection.hpp"
#include "domain/record.hpp"
#include "domain/role.hpp"
#include "domain/sign_in.hpp"
#include "domain/signing_key.hpp"
#include "domain/team.hpp"
#include "domain/user.hpp"

namespace byline {

/// Everything that can be asked of Byline. `decide(state, context, command)` has an overload for each.
using Command = std::variant<
    FoundOrganization, ChangeOrganization, CreateUser, ChangeUser, DeleteUser, CreateRole, ChangeRole,
    DeleteRole, RegisterApplication, ChangeApplication, DeleteApplication, CreateRecord, ChangeRecord,
    DeleteRecord, CreateTeam, ChangeTeam, DeleteTeam, CreateCollection, ChangeCollection, DeleteCollection,
    ExpireApplication, IssueCredential, RotateSecret, ChangeCredential, RevokeCredential, NoteCredentialUse,
    RevokeToken, CreateSigningKey, RevokeSigningKey, NoteSeen, ChangeRegistration, SetPassword, RegisterTotp,
    StartSession, CreateCheckpointKey, EraseSubject, StartRebuild, CancelRebuild, NoteProjection>;

/// What the command is about.
inline Subject subject_of(const Command& command) {
  return std::visit(
      [](const auto& asked) {
        if constexpr (requires { asked.subject(); })
          return asked.subject();
        else
          return Subject{asked.kSubject, asked.id};
      },
      command);
}

}  // namespace byline
