#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "projections/definition.hpp"
#include "projections/projection.hpp"

namespace byline {

/// A row of a view that an operator defined, with the members of its key and its columns in the order of the
/// definition.
struct DeclaredRow {
  std::vector<ProjectionDefinition::Value> key;
  std::vector<ProjectionDefinition::Value> columns;
  Position position;  ///< of the last event that is in it
};

/// Keys of such rows begin with the organization whose the events are.
std::string declared_prefix(const OrganizationId& organization);
/// What stands for the row outside: opaque, and the same for as long as the key is. Of a row's key.
std::string declared_row_id(std::string_view key);
DeclaredRow parse_declared_row(std::string_view bytes);

/// Folds as a definition says. No event can stop it: what does not fit is passed over.
///
/// - An event whose key lacks a value, or has one that is no text, whole number, true or false, is passed
///   over, and so is one with a text in the key that is longer than kMaxKeyText.
/// - A column passes over what it cannot take: `sum` all but whole numbers of 64 bits, `min` and `max` what
/// is
///   of another kind than the first that they took, and all of them lists, objects, fractions, and texts
///   longer than kMaxColumnText. A sum that would leave 64 bits stays at their end from then on.
/// - Fields that tell of a person cannot be named in a definition, so that erasing leaves every row as it is.
class DeclaredProjection final : public Projection {
 public:
  DeclaredProjection(View view, ProjectionDefinition definition);

  View view() const override { return view_; }
  std::string_view name() const override { return definition_.name; }
  /// Made of the definition: another one is another version, and its rows are built anew.
  int version() const override { return version_; }
  void apply(const LogEntry& entry, Rows& rows) const override;

  const ProjectionDefinition& definition() const { return definition_; }

 private:
  const View view_;
  const ProjectionDefinition definition_;
  const int version_;
  std::vector<bool> takes_;  ///< by the index of the event's type
};

}  // namespace byline
