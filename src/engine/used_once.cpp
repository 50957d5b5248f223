#include "engine/used_once.hpp"

#include <sodium.h>

#include <cstring>
#include <stdexcept>
#include <string>

namespace byline {
namespace {

// Beside the counts of uses, whose keys are longer: a letter and a digest of the text. Value: until when,
// eight bytes in the machine's order.
constexpr char kTable = 'J';
constexpr std::size_t kDigest = 24;

std::string key_of(std::string_view text) {
  std::string key(1 + kDigest, kTable);
  crypto_generichash(reinterpret_cast<unsigned char*>(key.data()) + 1, kDigest,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr, 0);
  return key;
}

}  // namespace

bool UsedOnce::take(Database& database, std::string_view text, Time until, Time now) {
  auto key = key_of(text);
  std::lock_guard guard(locks_.at(static_cast<unsigned char>(key.back()) % locks_.size()));
  std::string value;
  auto status = database.rocks().Get({}, database.usage(), key, &value);
  if (status.ok() && !is_expired_mark(key, value, now)) return false;
  if (!status.ok() && !status.IsNotFound())
    throw std::runtime_error("what was used once cannot be read: " + status.ToString());
  value.assign(reinterpret_cast<const char*>(&until.micros), sizeof until.micros);
  if (status = database.rocks().Put({}, database.usage(), key, value); !status.ok())
    throw std::runtime_error("what was used once cannot be written: " + status.ToString());
  return true;
}

bool is_expired_mark(std::string_view key, std::string_view value, Time now) {
  Time until;
  if (key.size() != 1 + kDigest || value.size() != sizeof until.micros) return false;
  std::memcpy(&until.micros, value.data(), sizeof until.micros);
  return until <= now;
}

}  // namespace byline
