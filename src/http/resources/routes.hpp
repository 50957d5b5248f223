#pragma once

#include "http/route.hpp"

namespace byline::http {

/// Every operation of the API.
std::span<const Route> routes();

/// The OpenAPI 3.1 document that describes them, for a service at this address.
std::string openapi_document(const std::string& base_url);

}  // namespace byline::http
