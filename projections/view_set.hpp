#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/projection.hpp"

namespace byline {

class DeclaredProjection;
struct ProjectionDefinition;

/// The views of a database: first those that Byline has itself, in the order of `View`, then those that a
/// configuration defines. Does not change once it is made, so that threads may share it.
///
///   const auto& views = database.views();
///   for (const auto* projection : views) projection->apply(entry, rows_of(projection->view()));
class ViewSet {
 public:
  /// Those that Byline has itself, and after them those that are defined, in this order.
  explicit ViewSet(std::vector<ProjectionDefinition> defined);
  /// The same with another in place of the one that has the same view, for tests of what a later release
  /// would do. It outlives the set.
  ViewSet(std::vector<ProjectionDefinition> defined, const Projection& instead);
  ~ViewSet();
  ViewSet(const ViewSet&) = delete;
  ViewSet& operator=(const ViewSet&) = delete;
  /// Those that Byline has itself.
  static const std::shared_ptr<const ViewSet>& built_in();

  std::size_t size() const { return all_.size(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  /// The view must be one of the set, here and below.
  const Projection& operator[](View view) const { return *all_.at(static_cast<std::size_t>(view)); }
  std::string_view name_of(View view) const { return (*this)[view].name(); }
  std::vector<std::string> names_of(const std::vector<View>& views) const;
  /// nullopt where there is none of that name.
  std::optional<View> named(std::string_view name) const;
  /// Every view, in its order.
  std::vector<View> views() const;
  /// nullptr for a view that Byline has itself.
  const DeclaredProjection* declared(View view) const;
  /// The definitions as JSON, of which `parse_definitions` makes the same again.
  std::string definitions_json() const;

 private:
  std::vector<std::unique_ptr<const DeclaredProjection>> declared_;
  std::vector<const Projection*> all_;
};

}  // namespace byline
