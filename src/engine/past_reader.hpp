#pragma once

#include <functional>
#include <stdexcept>
#include <string>

#include "engine/reader.hpp"

namespace byline {

/// Rows as they were at a past moment, each folded from the few entries of the subject that its key ends
/// with, which an index finds: what a row costs does not grow with the log.
///
/// For rows that their own subject's events make: of users, applications (without what they say of
/// credentials), roles, teams, collections, records and organizations, and their bylines. Walking through
/// rows is for the present only, but for the audit view's.
class PastReader final : public Reader {
 public:
  /// Whether an entry had happened by then.
  using Covers = std::function<bool(const LogEntry&)>;
  /// The reader and the organization outlive it.
  PastReader(const Reader& now, const OrganizationId& organization, Covers covers)
      : now_(now), organization_(organization), covers_(std::move(covers)) {}

  std::optional<std::string> get(View view, std::string_view key) const override;
  std::unique_ptr<RowCursor> scan(View view, std::string_view prefix, std::string_view start,
                                  Direction direction) const override;
  /// nullopt for what had not happened yet.
  std::optional<LogEntry> entry(Position position) const override;
  Position tail() const override { return now_.tail(); }

 private:
  const Reader& now_;
  const OrganizationId& organization_;
  const Covers covers_;
};

}  // namespace byline
