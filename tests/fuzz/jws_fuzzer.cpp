// Tokens, assertions, proofs and keys of anybody's making.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "security/access_token.hpp"
#include "security/jws.hpp"
#include "security/strict_json.hpp"

using namespace byline;
using namespace byline::security;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  constexpr Time kNow{1'772'352'000'000'000};
  static const auto key = SigningKey::generate(SignatureAlgorithm::es256);
  static const AccessTokens tokens("https://byline.example", "https://byline.example",
                                   {{key, Time{0}, Time{INT64_MAX}}});
  // Nothing that was not signed here is taken.
  if (tokens.verify(text, kNow)) std::abort();
  if (auto jws = read_jws(text)) {
    static_cast<void>(check_assertion(*jws, "client", {"https://byline.example"}, kNow));
    if (jws->is_signed_by(key.public_key())) std::abort();
  }
  static_cast<void>(check_dpop_proof(text, "POST", "https://byline.example/oauth2/token", "token", kNow));
  if (auto json = parse_strict_json(text, 8)) {
    if (auto made = PublicKey::from_jwk(*json)) {
      // What it writes is what it reads.
      auto again = PublicKey::from_jwk(nlohmann::json::parse(made->jwk("k")));
      if (!again || again->thumbprint() != made->thumbprint()) std::abort();
    }
  }
  return 0;
}
