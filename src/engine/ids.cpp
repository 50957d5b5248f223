#include "engine/ids.hpp"

#include <sodium.h>

#include <cstring>

namespace byline {
namespace {

/// Random bytes fetched in blocks: a system call for every id would cost more than the id.
class RandomBlock {
 public:
  void take(std::uint8_t* out, std::size_t count) {
    if (left_ < count) {
      randombytes_buf(bytes_.data(), bytes_.size());
      left_ = bytes_.size();
    }
    left_ -= count;
    std::memcpy(out, bytes_.data() + left_, count);
  }

 private:
  std::array<std::uint8_t, 2000> bytes_;
  std::size_t left_ = 0;
};

}  // namespace

std::array<std::uint8_t, 16> new_uuid(Time now) {
  thread_local RandomBlock random;
  std::array<std::uint8_t, 16> uuid;
  random.take(uuid.data() + 8, 8);
  auto millis = static_cast<std::uint64_t>(now.micros / 1000);
  for (std::size_t i = 0; i < 6; ++i) uuid[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  // RFC 9562 §6.2, method 3: what the clock knows below the millisecond, in twelve bits.
  auto fraction = static_cast<std::uint64_t>(now.micros % 1000) * 4096 / 1000;
  uuid[6] = static_cast<std::uint8_t>(0x70 | fraction >> 8);
  uuid[7] = static_cast<std::uint8_t>(fraction);
  uuid[8] = static_cast<std::uint8_t>(0x80 | (uuid[8] & 0x3F));
  return uuid;
}

}  // namespace byline
