#include "events/about.hpp"

namespace byline {

const std::string* collection_of(const Event& event) {
  return std::visit(
      [](const auto& fact) -> const std::string* {
        if constexpr (requires { fact.collection; }) return &fact.collection;
        return nullptr;
      },
      event);
}

std::optional<AccountId> account_of(const Event& event) {
  return std::visit(
      [](const auto& fact) -> std::optional<AccountId> {
        if constexpr (requires { fact.account; }) return fact.account;
        return std::nullopt;
      },
      event);
}

}  // namespace byline
