#include "events/upcast.hpp"

#include <algorithm>
#include <stdexcept>

namespace byline {
namespace {

const Upcaster* find_upcaster(std::span<const Upcaster> upcasters, std::string_view type,
                              std::int64_t schema) {
  auto found = std::ranges::find_if(
      upcasters, [&](const Upcaster& each) { return each.type == type && each.schema == schema; });
  return found == upcasters.end() ? nullptr : &*found;
}

auto find_field(EarlierForm& form, std::string_view name) {
  return std::ranges::find(form.fields, name,
                           [](const auto& field) -> std::string_view { return field.first; });
}

}  // namespace

/// So far every event has kept its name and its fields; what was added is optional.
std::span<const Upcaster> upcasters() { return {}; }

bool is_lifted(std::span<const Upcaster> upcasters, std::string_view type, std::int64_t schema) {
  return find_upcaster(upcasters, type, schema) != nullptr;
}

void lift(std::span<const Upcaster> upcasters, EarlierForm& form) {
  auto steps_left = upcasters.size();
  while (const auto* step = find_upcaster(upcasters, form.type, form.schema)) {
    if (steps_left-- == 0) throw std::logic_error("the upcasters lead in a circle at " + form.type);
    step->lift(form);
  }
}

void rename_field(EarlierForm& form, std::string_view name, std::string_view now) {
  if (auto found = find_field(form, name); found != form.fields.end()) found->first = now;
}

std::string take_field(EarlierForm& form, std::string_view name) {
  auto found = find_field(form, name);
  if (found == form.fields.end()) return {};
  auto json = std::move(found->second);
  form.fields.erase(found);
  return json;
}

void put_field(EarlierForm& form, std::string_view name, std::string json) {
  form.fields.emplace_back(name, std::move(json));
}

}  // namespace byline
