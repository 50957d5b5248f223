#pragma once

#include <sys/mman.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace byline {

/// Memory for what is large and read all over the place, such as a table of a million accounts: asks the
/// system for large pages, of which the processor can remember where all of them are. A read takes half the
/// time then. What is small comes from where all memory comes from.
template <class T>
struct LargePageAllocator {
  using value_type = T;

  LargePageAllocator() = default;
  template <class Other>
  LargePageAllocator(const LargePageAllocator<Other>&) {}

  T* allocate(std::size_t count) {
    if (!is_large(count)) return std::allocator<T>().allocate(count);
    auto bytes = (count * sizeof(T) + kPage - 1) / kPage * kPage;
    void* memory = std::aligned_alloc(kPage, bytes);
    if (!memory) throw std::bad_alloc();
    (void)::madvise(memory, bytes, MADV_HUGEPAGE);  // where there are none, small ones do
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (!is_large(count)) return std::allocator<T>().deallocate(memory, count);
    std::free(memory);
  }
  friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) { return true; }

 private:
  static constexpr std::size_t kPage = 2 << 20;  ///< bytes, on x86-64 and most ARM
  static bool is_large(std::size_t count) { return count * sizeof(T) >= 2 * kPage; }
};

/// A map that may grow large.
template <class Key, class Value>
using LargeMap = boost::unordered_flat_map<Key, Value, boost::hash<Key>, std::equal_to<Key>,
                                           LargePageAllocator<std::pair<const Key, Value>>>;

}  // namespace byline
