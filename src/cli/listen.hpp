#pragma once

#include <cstdint>
#include <string>

namespace byline::cli {

// What every command that listens has.

/// Reads `127.0.0.1:8080`, `[::1]:0` or `localhost:8080`. What is wrong, as a sentence; empty where nothing
/// is.
std::string read_listen(const std::string& text, std::string& address, std::uint16_t& port);

/// Writes the port to a file, where one is named: beside it and moved in place, so that who waits for the
/// file never reads half of it. Likewise.
std::string write_port_file(const std::string& file, std::uint16_t port);

}  // namespace byline::cli
