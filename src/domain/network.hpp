#pragma once

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/problem.hpp"

namespace byline {

/// An address of IPv4 or IPv6. One of IPv4 stands among those of IPv6 as RFC 4291 §2.5.5.2 maps it.
using Address = std::array<std::uint8_t, 16>;
std::optional<Address> parse_address(std::string_view text);

/// The addresses that have their first bits in common (CIDR, RFC 4632).
struct Network {
  Address address{};          ///< the bits that are not in common are zero
  std::uint8_t prefix = 128;  ///< how many are

  bool contains(const Address& other) const;
};

/// `192.0.2.0/24`, `2001:db8::/32`, or a single address.
std::optional<Network> parse_network(std::string_view text);

/// A network as it is kept: the shortest form, with its prefix. Refused are texts that are none, and those
/// with bits beyond the prefix, which say another network than was meant.
std::expected<std::string, Problem> parse_network_text(std::string_view text);

}  // namespace byline
