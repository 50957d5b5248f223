#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace byline {

/// Memory that the system has promised, and has yet to find and clear.
struct PromisedMemory {
  static constexpr std::size_t kPage = 2 << 20;  ///< bytes, on x86-64 and most ARM
  std::byte* start = nullptr;
  std::size_t pages = 0, claimed = 0;

  /// Asks for the next page, which may take a millisecond or two.
  void claim_one() {
    // Where that is refused, it comes when it is first touched.
    (void)::madvise(start + kPage * claimed++, kPage, MADV_POPULATE_WRITE);
  }
};

/// Memory for what is large and read all over the place, such as a table of a million accounts: asks the
/// system for large pages, of which the processor can remember where all of them are. A read takes half the
/// time then. What is small comes from where all memory comes from.
template <class T>
struct LargePageAllocator {
  using value_type = T;

  LargePageAllocator() = default;
  /// Says there what it allocated last.
  explicit LargePageAllocator(PromisedMemory* promised) : promised_(promised) {}
  template <class Other>
  LargePageAllocator(const LargePageAllocator<Other>& other) : promised_(other.promised_) {}

  T* allocate(std::size_t count) {
    if (!is_large(count)) return std::allocator<T>().allocate(count);
    auto pages = (count * sizeof(T) + kPage - 1) / kPage;
    void* memory = std::aligned_alloc(kPage, pages * kPage);
    if (!memory) throw std::bad_alloc();
    (void)::madvise(memory, pages * kPage, MADV_HUGEPAGE);  // where there are none, small ones do
    if (promised_) *promised_ = {static_cast<std::byte*>(memory), pages};
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (!is_large(count)) return std::allocator<T>().deallocate(memory, count);
    std::free(memory);
  }
  friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) { return true; }

 private:
  template <class Other>
  friend struct LargePageAllocator;
  static constexpr std::size_t kPage = PromisedMemory::kPage;
  static bool is_large(std::size_t count) { return count * sizeof(T) >= 2 * kPage; }

  PromisedMemory* promised_ = nullptr;
};

/// A map that may grow large, and never keeps anybody waiting for it: a table of a million that is full is
/// not moved into a larger one at once, which takes a tenth of a second, but some entries with each that is
/// added. The memory of the larger one is claimed page by page before.
template <class Key, class Value>
class LargeMap {
 public:
  LargeMap() = default;
  LargeMap(const LargeMap& other) {
    reserve(other.size());
    other.for_each([this](const Key& key, const Value& value) { table_.emplace(key, value); });
  }
  LargeMap& operator=(const LargeMap&) = delete;

  std::size_t size() const { return table_.size() + left_.size(); }
  /// For so many, and some more before a larger table is prepared.
  void reserve(std::size_t count) { table_.reserve(count + count / (kParts - 1) + 1); }
  bool contains(const Key& key) const { return find(key) != nullptr; }
  /// nullptr where there is none. What it points to stays there until something is added or erased.
  const Value* find(const Key& key) const {
    if (auto found = table_.find(key); found != table_.end()) return &found->second;
    if (left_.empty()) return nullptr;
    auto found = left_.find(key);
    return found == left_.end() ? nullptr : &found->second;
  }
  Value& operator[](const Key& key) {
    if (!left_.empty()) {
      if (auto found = left_.find(key); found != left_.end()) return found->second;
      move_some();
    } else if (table_.size() >= kMovedAtOnce && room() <= last_part()) {
      if (auto found = table_.find(key); found != table_.end()) return found->second;
      prepare();
      if (room() == 0) {
        left_.swap(table_);
        table_.swap(larger_);
        promised_ = {};
        next_ = left_.begin();
      }
    }
    return table_[key];
  }
  void erase(const Key& key) {
    auto found = left_.empty() ? left_.end() : left_.find(key);
    if (found == left_.end()) {
      table_.erase(key);
      return;
    }
    if (found == next_) ++next_;
    left_.erase(found);
  }
  /// `visit(key, value)`, in no order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const auto* table : {&table_, &left_}) {
      for (const auto& [key, value] : *table) visit(key, value);
    }
  }
  friend bool operator==(const LargeMap& one, const LargeMap& other) {
    bool same = one.size() == other.size();
    one.for_each([&](const Key& key, const Value& value) {
      const auto* theirs = same ? other.find(key) : nullptr;
      same = theirs && *theirs == value;
    });
    return same;
  }

 private:
  using Table = boost::unordered_flat_map<Key, Value, boost::hash<Key>, std::equal_to<Key>,
                                          LargePageAllocator<std::pair<const Key, Value>>>;
  static constexpr std::size_t kMovedAtOnce = 1 << 14;
  static constexpr int kMovedWithOne = 8;
  /// Of a table: while the last is filled, the next table is prepared.
  static constexpr std::size_t kParts = 32;

  std::size_t room() const { return table_.max_load() - std::min(table_.max_load(), table_.size()); }
  std::size_t last_part() const { return table_.max_load() / kParts; }
  /// The table that comes after this one: so that its pages are there when the last place is taken.
  void prepare() {
    if (larger_.max_load() < 2 * table_.max_load()) return larger_.reserve(2 * table_.max_load());
    auto left = promised_.pages - promised_.claimed;
    if (left > 0 && room() * promised_.pages <= left * last_part()) promised_.claim_one();
  }
  void move_some() {
    for (int i = 0; i < kMovedWithOne && !left_.empty(); ++i) {
      auto moved = next_++;
      table_.emplace(std::move(*moved));
      left_.erase(moved);
    }
    if (left_.empty()) left_ = Table();
  }

  Table table_;
  PromisedMemory promised_;  ///< of the larger one
  Table larger_{typename Table::allocator_type(&promised_)};
  Table left_;                     ///< of the one before, to be moved
  typename Table::iterator next_;  ///< in it
};

}  // namespace byline
