#pragma once

#include <nlohmann/json_fwd.hpp>

#include "http/route.hpp"

namespace byline::http {

/// Adds to an operation's `responses` the ways in which its route can be refused, status by status, with the
/// codes that may stand in each.
void add_error_responses(const Route& route, nlohmann::ordered_json& responses);

/// The answers that are the same for all: `components/responses`.
nlohmann::ordered_json shared_error_responses();

}  // namespace byline::http
