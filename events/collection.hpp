#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/field.hpp"

namespace byline {

template <>
struct EnumNames<Area> {
  static std::optional<Area> find(std::string_view name) { return area_named(name); }
};

/// The areas in which each operation on a collection's records needs a permission, every one of them:
/// creating a case needs engage:create and people:create.
struct RequiredPermissions {
  std::vector<Area> view;
  std::vector<Area> edit;
  std::vector<Area> create;
  std::vector<Area> remove;

  const std::vector<Area>& of(Operation operation) const {
    switch (operation) {
      case Operation::view:
        return view;
      case Operation::edit:
        return edit;
      case Operation::create:
        return create;
      case Operation::remove:
        return remove;
    }
    return view;
  }
  std::vector<Area>& of(Operation operation) {
    return const_cast<std::vector<Area>&>(std::as_const(*this).of(operation));
  }
  static void fields(auto& self, auto&& field) {
    field("view", self.view);
    field("edit", self.edit);
    field("create", self.create);
    field("delete", self.remove);
  }
  friend bool operator==(const RequiredPermissions&, const RequiredPermissions&) = default;
};

/// An organization keeps records of a kind of its own, under `/{service}/{name}`. `schema` is the JSON Schema
/// that their attributes fit, where there is one.
struct CollectionCreated {
  static constexpr EventType kType{"CollectionCreated", 1, SubjectKind::collection};
  std::string service;
  std::string name;
  RequiredPermissions permissions;
  std::optional<JsonText> schema;

  static void fields(auto& self, auto&& field) {
    field("service", self.service);
    field("name", self.name);
    field("permissions", self.permissions);
    field("schema", self.schema);
  }
  friend bool operator==(const CollectionCreated&, const CollectionCreated&) = default;
};

struct CollectionPermissionsChanged {
  static constexpr EventType kType{"CollectionPermissionsChanged", 1, SubjectKind::collection};
  RequiredPermissions permissions;

  static void fields(auto& self, auto&& field) { field("permissions", self.permissions); }
  friend bool operator==(const CollectionPermissionsChanged&, const CollectionPermissionsChanged&) = default;
};

/// Without a value attributes are free again. Records that are there already stay as they are.
struct CollectionSchemaChanged {
  static constexpr EventType kType{"CollectionSchemaChanged", 1, SubjectKind::collection};
  std::optional<JsonText> schema;

  static void fields(auto& self, auto&& field) { field("schema", self.schema); }
  friend bool operator==(const CollectionSchemaChanged&, const CollectionSchemaChanged&) = default;
};

struct CollectionDeleted {
  static constexpr EventType kType{"CollectionDeleted", 1, SubjectKind::collection};

  static void fields(auto&, auto&&) {}
  friend bool operator==(const CollectionDeleted&, const CollectionDeleted&) = default;
};

}  // namespace byline
