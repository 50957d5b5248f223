#include "projections/signing_keys.hpp"

#include "projections/key.hpp"
#include "projections/row.hpp"

namespace byline {

SigningKeyRow parse_signing_key_row(std::string_view bytes) { return parse_row<SigningKeyRow>(bytes); }

void SigningKeysProjection::apply(const LogEntry& entry, Rows& rows) const {
  if (entry.subject.kind != SubjectKind::signing_key) return;
  auto key = make_key(entry.subject.as<SigningKeyId>());
  if (auto* created = std::get_if<SigningKeyCreated>(&entry.event)) {
    rows.put(
        key,
        write_row(SigningKeyRow{
            created->algorithm, created->public_key, created->sealed_key, entry.at, created->use_from, {}}));
  } else if (std::holds_alternative<SigningKeyRevoked>(entry.event)) {
    update_row<SigningKeyRow>(rows, key, [&](auto& row) { row.revoked_at = entry.at; });
  }
}

}  // namespace byline
