#pragma once

#include "support/raw_connection.hpp"
#include "support/service.hpp"

namespace byline::test {

/// One real service for all tests of a process that leave it as it is.
inline Service& live_service() {
  static Service service;
  return service;
}

}  // namespace byline::test
