#include "http/scope.hpp"

#include "domain/rules.hpp"

namespace byline::http {

std::optional<PermissionSet> read_scope(std::string_view text) {
  PermissionSet scope;
  for (std::size_t begin = 0; begin <= text.size();) {
    auto end = std::min(text.find(' ', begin), text.size());
    auto name = text.substr(begin, end - begin);
    auto colon = name.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto area = area_named(name.substr(0, colon));
    auto operation = operation_named(name.substr(colon + 1));
    if (!area || !operation) return std::nullopt;
    scope.insert(*area, *operation);
    begin = end + 1;
  }
  return scope;
}

std::string scope_of(const PermissionMatrix& access) {
  std::string scope;
  for_each_permission(access, [&scope](Area area, Operation operation, Level) {
    if (!scope.empty()) scope += ' ';
    scope += permission_name(area, operation);
  });
  return scope;
}

std::string first_beyond(const PermissionSet& scope, const PermissionMatrix& access) {
  for (std::size_t a = 0; a < kAreaCount; ++a) {
    for (std::size_t o = 0; o < kOperationCount; ++o) {
      auto area = static_cast<Area>(a);
      auto operation = static_cast<Operation>(o);
      if (scope.contains(area, operation) && access.at(area, operation) == Level::none)
        return permission_name(area, operation);
    }
  }
  return {};
}

}  // namespace byline::http
