#include "domain/checkpoint_key.hpp"

#include "domain/rules.hpp"

namespace byline {

Decision decide(const State&, const Context& context, const CreateCheckpointKey& command) {
  if (context.actor != kSystemAccount) return refuse(Code::permission_missing);
  return std::vector<NewEvent>{{{SubjectKind::signing_key, command.id},
                                CheckpointKeyCreated{command.verifier_key, command.sealed_key}}};
}

}  // namespace byline
