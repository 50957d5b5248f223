#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

namespace byline {

/// Gives equal values one small number, so that a million accounts with the same roles hold the list once.
template <class T>
class Interner {
 public:
  std::uint32_t intern(const T& value) {
    auto [found, fresh] = numbers_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
    if (fresh) values_.push_back(value);
    return found->second;
  }
  const T& operator[](std::uint32_t number) const { return values_[number]; }

 private:
  boost::unordered_flat_map<T, std::uint32_t> numbers_;
  std::vector<T> values_;
};

}  // namespace byline
