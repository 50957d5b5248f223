#pragma once

#include <string>

#include "events/field.hpp"

namespace byline {

/// `collection` is `service/name`, e.g. `intake/reports`. `attributes` is the caller's own JSON object.
struct RecordCreated {
  static constexpr EventType kType{"RecordCreated", 1};
  std::string collection;
  JsonText attributes;

  static void fields(auto& self, auto&& field) {
    field("collection", self.collection);
    field("attributes", self.attributes, kPersonal);
  }
  friend bool operator==(const RecordCreated&, const RecordCreated&) = default;
};

/// `attributes` holds only the members that took a new value, each whole.
struct RecordUpdated {
  static constexpr EventType kType{"RecordUpdated", 1};
  std::string collection;
  JsonText attributes;

  static void fields(auto& self, auto&& field) {
    field("collection", self.collection);
    field("attributes", self.attributes, kPersonal);
  }
  friend bool operator==(const RecordUpdated&, const RecordUpdated&) = default;
};

struct RecordDeleted {
  static constexpr EventType kType{"RecordDeleted", 1};
  std::string collection;

  static void fields(auto& self, auto&& field) { field("collection", self.collection); }
  friend bool operator==(const RecordDeleted&, const RecordDeleted&) = default;
};

}  // namespace byline
