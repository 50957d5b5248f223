#pragma once

#include <string>

#include "events/signing_key.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A key that access tokens are or were signed with. Key: its id.
struct SigningKeyRow {
  SignatureAlgorithm algorithm = SignatureAlgorithm::es256;
  JsonText public_key;
  std::string sealed_key;
  Time created_at;
  Time use_from;
  std::optional<Time> revoked_at;

  static void fields(auto& self, auto&& field) {
    field("algorithm", self.algorithm);
    field("public_key", self.public_key);
    field("sealed_key", self.sealed_key);
    field("created_at", self.created_at);
    field("use_from", self.use_from);
    field("revoked_at", self.revoked_at);
  }
};

SigningKeyRow parse_signing_key_row(std::string_view bytes);

class SigningKeysProjection final : public Projection {
 public:
  View view() const override { return View::signing_keys; }
  int version() const override { return 2; }
  int oldest_that_fits() const override { return 1; }
  void apply(const LogEntry& entry, Rows& rows) const override;
};

}  // namespace byline
