#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

namespace byline {

/// Gives equal values one small number, so that a million accounts with the same roles hold the list once. A
/// value is kept for as long as somebody holds its number.
template <class T>
class Interner {
 public:
  /// Each call is one holder.
  std::uint32_t hold(const T& value) {
    auto [found, fresh] = numbers_.try_emplace(value, 0);
    if (fresh) {
      found->second = free_.empty() ? static_cast<std::uint32_t>(values_.size()) : free_.back();
      if (free_.empty()) {
        values_.emplace_back();
      } else {
        free_.pop_back();
      }
      values_[found->second].value = value;
    }
    ++values_[found->second].holders;
    return found->second;
  }
  /// One holder less; the number may mean something else afterwards.
  void release(std::uint32_t number) {
    auto& held = values_[number];
    if (--held.holders > 0) return;
    numbers_.erase(held.value);
    held.value = T();
    free_.push_back(number);
  }
  const T& operator[](std::uint32_t number) const { return values_[number].value; }

  /// Numbers given out so far, whether or not somebody holds them.
  std::size_t size() const { return values_.size(); }
  std::uint32_t holders(std::uint32_t number) const { return values_[number].holders; }
  /// Gives the next number this value and its holders; none: the number is free.
  void restore(T value, std::uint32_t holders) {
    auto number = static_cast<std::uint32_t>(values_.size());
    if (holders > 0) {
      numbers_.emplace(value, number);
    } else {
      free_.push_back(number);
    }
    values_.push_back({std::move(value), holders});
  }

 private:
  struct Held {
    T value;
    std::uint32_t holders = 0;
  };
  boost::unordered_flat_map<T, std::uint32_t> numbers_;
  std::vector<Held> values_;
  std::vector<std::uint32_t> free_;
};

}  // namespace byline
