#include "security/sodium.hpp"

#include <sodium.h>

namespace byline::security {

bool prepare_sodium() {
  static const bool ready = [] {
    randombytes_set_implementation(&randombytes_internal_implementation);
    return sodium_init() >= 0;
  }();
  return ready;
}

}  // namespace byline::security
