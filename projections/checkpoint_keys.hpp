#pragma once

#include <string>

#include "events/checkpoint_key.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A key that the log's checkpoints are or were signed with. Key: its id, so that the newest is the last.
struct CheckpointKeyRow {
  std::string verifier_key;
  std::string sealed_key;
  Time created_at;

  static void fields(auto& self, auto&& field) {
    field("verifier_key", self.verifier_key);
    field("sealed_key", self.sealed_key);
    field("created_at", self.created_at);
  }
};

CheckpointKeyRow parse_checkpoint_key_row(std::string_view bytes);

class CheckpointKeysProjection final : public Projection {
 public:
  View view() const override { return View::checkpoint_keys; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
