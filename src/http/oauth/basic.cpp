#include "http/oauth/basic.hpp"

#include <sodium.h>

#include <algorithm>

#include "http/server/ascii.hpp"
#include "http/url_encoding.hpp"

namespace byline::http {

std::optional<BasicCredentials> read_basic(std::string_view header) {
  constexpr std::string_view kScheme = "basic ";
  if (!iequals(header.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  auto encoded = header.substr(std::min(header.size(), header.find_first_not_of(' ', kScheme.size())));
  std::string pair(encoded.size(), '\0');
  std::size_t length = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(pair.data()), pair.size(), encoded.data(),
                        encoded.size(), nullptr, &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  pair.resize(length);
  auto colon = pair.find(':');
  if (colon == std::string::npos) return std::nullopt;
  auto id = form_decode(std::string_view(pair).substr(0, colon));
  auto secret = form_decode(std::string_view(pair).substr(colon + 1));
  if (!id || !secret) return std::nullopt;
  return BasicCredentials{std::move(*id), std::move(*secret)};
}

}  // namespace byline::http
