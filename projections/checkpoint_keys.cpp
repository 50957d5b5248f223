#include "projections/checkpoint_keys.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {

CheckpointKeyRow parse_checkpoint_key_row(std::string_view bytes) {
  return parse_row<CheckpointKeyRow>(bytes);
}

void CheckpointKeysProjection::apply(const LogEntry& entry, Rows& rows) const {
  const auto* created = std::get_if<CheckpointKeyCreated>(&entry.event);
  if (!created) return;
  rows.put(make_key(entry.subject.as<SigningKeyId>()),
           write_row(CheckpointKeyRow{created->verifier_key, created->sealed_key, entry.at}));
}

}  // namespace byline
