#include "security/random.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace byline::security {
namespace {

struct Fetched {
  std::array<std::uint8_t, 2048> bytes;
  std::size_t left = 0;
  Fetched() = default;
  Fetched(const Fetched&) = delete;
  Fetched& operator=(const Fetched&) = delete;
  ~Fetched() { sodium_memzero(bytes.data(), bytes.size()); }
};

}  // namespace

void fill_random(std::span<std::uint8_t> wanted) {
  thread_local Fetched fetched;
  while (!wanted.empty()) {
    if (fetched.left == 0) {
      randombytes_buf(fetched.bytes.data(), fetched.bytes.size());
      fetched.left = fetched.bytes.size();
    }
    auto count = std::min(wanted.size(), fetched.left);
    auto* from = fetched.bytes.data() + fetched.left - count;
    std::copy_n(from, count, wanted.data());
    sodium_memzero(from, count);
    fetched.left -= count;
    wanted = wanted.subspan(count);
  }
}

}  // namespace byline::security
