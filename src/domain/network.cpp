#include "domain/network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace byline {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr std::size_t kMaxText = INET6_ADDRSTRLEN;

bool is_mapped(const Address& address) { return std::equal(kMapped.begin(), kMapped.end(), address.begin()); }

std::string to_text(const Network& network) {
  char text[kMaxText];
  bool four = is_mapped(network.address) && network.prefix >= 96;
  ::inet_ntop(four ? AF_INET : AF_INET6, network.address.data() + (four ? 12 : 0), text, sizeof text);
  return std::string(text) + "/" + std::to_string(network.prefix - (four ? 96 : 0));
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.empty() || text.size() >= kMaxText) return std::nullopt;
  std::string terminated(text);
  Address address{};
  if (::inet_pton(AF_INET6, terminated.c_str(), address.data()) == 1) return address;
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  if (::inet_pton(AF_INET, terminated.c_str(), address.data() + kMapped.size()) == 1) return address;
  return std::nullopt;
}

bool Network::contains(const Address& other) const {
  std::size_t whole = prefix / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), other.begin()))
    return false;
  if (prefix % 8 == 0) return true;
  auto mask = static_cast<std::uint8_t>(0xFF << (8 - prefix % 8));
  return (other.at(whole) & mask) == (address.at(whole) & mask);
}

std::optional<Network> parse_network(std::string_view text) {
  auto slash = text.find('/');
  auto address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  bool four = text.substr(0, slash).find(':') == std::string_view::npos;
  std::uint8_t offset = four ? 96 : 0;
  Network network{*address, 128};
  if (slash == std::string_view::npos) return network;
  auto digits = text.substr(slash + 1);
  std::uint8_t prefix = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size() || prefix > 128 - offset)
    return std::nullopt;
  network.prefix = static_cast<std::uint8_t>(prefix + offset);
  return network;
}

std::expected<std::string, Problem> parse_network_text(std::string_view text) {
  auto network = parse_network(text);
  if (!network) {
    return std::unexpected(
        Problem{Code::invalid_value, {}, "a network is written as 192.0.2.0/24 or 2001:db8::/32"});
  }
  for (std::size_t bit = network->prefix; bit < 128; ++bit) {
    if ((network->address.at(bit / 8) & (0x80 >> bit % 8)) != 0) {
      return std::unexpected(Problem{Code::invalid_value, {}, "the address has bits beyond its prefix"});
    }
  }
  return to_text(*network);
}

}  // namespace byline
