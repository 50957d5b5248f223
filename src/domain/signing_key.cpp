#include "domain/signing_key.hpp"

#include "domain/rules.hpp"

namespace byline {

Decision decide(const State& state, const Context& context, const CreateSigningKey& command) {
  auto access = authorize(state, context, Area::admin_organization, Operation::edit);
  if (!access) return std::unexpected(std::move(access.error()));
  return std::vector<NewEvent>{
      {{SubjectKind::signing_key, command.id},
       SigningKeyCreated{command.algorithm, command.public_key, command.sealed_key, command.use_from}}};
}

Decision decide(const State&, const Context& context, const RevokeSigningKey& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  return std::vector<NewEvent>{{{SubjectKind::signing_key, command.id}, SigningKeyRevoked{}}};
}

}  // namespace byline
