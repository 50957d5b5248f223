#include "security/access_token.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>
#include <vector>

namespace byline::security {

void PrintTo(TokenError error, std::ostream* out) { *out << "TokenError " << static_cast<int>(error); }

namespace {

using nlohmann::json;

constexpr std::int64_t kSecond = 1'000'000;
constexpr Time kNow{1'772'352'000 * kSecond};
constexpr Time after(std::int64_t seconds) { return {kNow.micros + seconds * kSecond}; }

struct Parts {
  std::string header, payload, signature;
  std::string join() const { return header + "." + payload + "." + signature; }
};

class AccessTokenTest : public testing::Test {
 protected:
  static Parts split(const std::string& token) {
    auto first = token.find('.');
    auto second = token.find('.', first + 1);
    return {token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1)};
  }
  static std::string der_signature(const std::string& text, const SigningKey& key) {
    std::string signature(128, '\0');
    auto length = signature.size();
    auto* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key.get());
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &length,
                   reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    return signature.substr(0, length);
  }
  /// From 30 LL r 02 LL s, each perhaps with a zero before it, or shorter.
  static std::string raw_of(const std::string& der) {
    auto number = [&](std::size_t at) {
      auto bytes = der.substr(at + 2, static_cast<unsigned char>(der[at + 1]));
      return bytes.size() > 32 ? bytes.substr(bytes.size() - 32)
                               : std::string(32 - bytes.size(), '\0') + bytes;
    };
    return number(2) + number(4 + static_cast<unsigned char>(der[3]));
  }
  /// A token with a true signature over whatever it says.
  std::string sign(const json& header, const json& payload) const {
    return sign(header.dump(), payload.dump());
  }
  std::string sign(const std::string& header, const std::string& payload) const {
    auto text = to_base64url(header) + "." + to_base64url(payload);
    return text + "." + to_base64url(raw_of(der_signature(text, key_)));
  }
  json claims_json() const { return json::parse(*from_base64url(split(token_).payload)); }
  std::string header_text() const { return *from_base64url(split(token_).header); }

  void expect(TokenError error, std::string_view token, Time now = kNow) const {
    auto verified = tokens_.verify(token, now);
    ASSERT_FALSE(verified) << "accepted " << token;
    EXPECT_EQ(verified.error(), error) << token;
  }

  SigningKey key_ = SigningKey::generate();
  AccessTokens tokens_{"https://byline.example", "https://byline.example/api", key_};
  AccessTokenClaims claims_{*parse_id<AccountId>("0195d3a0-0000-7000-8000-000000000001"),
                            *parse_id<OrganizationId>("0195d3a0-0000-7000-8000-000000000002"),
                            kNow,
                            after(3600),
                            "intake:view intake:edit",
                            "0195d3a0-0000-7000-8000-000000000003",
                            "Zoë's \"Intake\" Bot 🤖"};
  std::string token_ = tokens_.issue(claims_);
};

TEST_F(AccessTokenTest, SaysWhatItWasIssuedFor) {
  auto verified = tokens_.verify(token_, kNow);
  ASSERT_TRUE(verified);
  EXPECT_EQ(*verified, claims_);
}

TEST_F(AccessTokenTest, IsAnRfc9068Token) {
  EXPECT_EQ(json::parse(header_text()), json({{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key_.kid()}}));
  auto claims = claims_json();
  EXPECT_EQ(claims["iss"], "https://byline.example");
  EXPECT_EQ(claims["aud"], "https://byline.example/api");
  EXPECT_EQ(claims["sub"], to_string(claims_.account));
  EXPECT_EQ(claims["client_id"], claims["sub"]);
  EXPECT_EQ(claims["iat"], kNow.micros / kSecond);
  EXPECT_EQ(claims["exp"], kNow.micros / kSecond + 3600);
  EXPECT_EQ(claims["jti"], claims_.id);
  EXPECT_EQ(claims["scope"], "intake:view intake:edit");
  EXPECT_EQ(claims["organization"], to_string(claims_.organization));
  EXPECT_EQ(claims["name"], claims_.name);
  // The tests' own signer makes tokens that are good, so that what it forges below fails for the reason
  // tested.
  EXPECT_TRUE(tokens_.verify(sign(header_text(), claims.dump()), kNow));
}

TEST_F(AccessTokenTest, LivesFromIssueToExpiry) {
  EXPECT_TRUE(tokens_.verify(token_, {after(3600).micros - 1}));
  expect(TokenError::expired, token_, after(3600));
  expect(TokenError::expired, token_, {INT64_MAX});
  // Clocks of two nodes may differ a little.
  EXPECT_TRUE(tokens_.verify(token_, after(-60)));
  expect(TokenError::not_yet_valid, token_, {after(-60).micros - 1});
  expect(TokenError::not_yet_valid, token_, {0});
}

TEST_F(AccessTokenTest, CutsPartsOfSeconds) {
  claims_.issued_at.micros += 999'999;
  claims_.expires_at.micros += 999'999;
  auto verified = tokens_.verify(tokens_.issue(claims_), kNow);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->issued_at, kNow);
  EXPECT_EQ(verified->expires_at, after(3600));
}

TEST_F(AccessTokenTest, IsOfOneIssuerAudienceAndKey) {
  expect(TokenError::wrong_issuer,
         AccessTokens("https://other.example", "https://byline.example/api", key_).issue(claims_));
  expect(TokenError::wrong_audience,
         AccessTokens("https://byline.example", "https://other.example", key_).issue(claims_));
  auto other = SigningKey::generate();
  AccessTokens stranger("https://byline.example", "https://byline.example/api", other);
  expect(TokenError::malformed, stranger.issue(claims_));
  // The stranger's signature under our key's name.
  auto parts = split(stranger.issue(claims_));
  auto text = split(token_).header + "." + parts.payload;
  expect(TokenError::bad_signature, text + "." + to_base64url(raw_of(der_signature(text, other))));
}

TEST_F(AccessTokenTest, NoOtherHeaderIsListenedTo) {
  auto header = [&](const char* member, const json& value) {
    auto changed = json::parse(header_text());
    changed[member] = value;
    return changed;
  };
  auto claims = claims_json();
  for (const char* alg : {"none", "None", "NONE", "nOnE", "", "HS256", "ES384", "RS256", "es256"}) {
    expect(TokenError::malformed, sign(header("alg", alg), claims));
  }
  for (const char* typ : {"JWT", "jwt", "AT+JWT", "application/at+jwt", "dpop+jwt", ""}) {
    expect(TokenError::malformed, sign(header("typ", typ), claims));
  }
  expect(TokenError::malformed, sign(header("kid", SigningKey::generate().kid()), claims));
  expect(TokenError::malformed, sign(header("kid", "../../../dev/null"), claims));
  expect(TokenError::malformed,
         sign(header("jwk", json::parse(SigningKey::generate().public_jwk())), claims));
  expect(TokenError::malformed, sign(header("jku", "https://evil.example/jwks"), claims));
  expect(TokenError::malformed, sign(header("crit", json::array({"exp"})), claims));
  expect(TokenError::malformed, sign(json::object(), claims));
  expect(TokenError::malformed, sign(R"({"alg":"none",)" + header_text().substr(1), claims.dump()));
}

TEST_F(AccessTokenTest, AlgorithmNoneIsNoSignature) {
  auto parts = split(token_);
  expect(TokenError::malformed, parts.header + "." + parts.payload + ".");
  expect(TokenError::malformed, parts.header + "." + parts.payload);
  expect(TokenError::malformed, to_base64url(R"({"alg":"none","typ":"at+jwt"})") + "." + parts.payload + ".");
}

TEST_F(AccessTokenTest, ThePublicKeyIsNoHmacKey) {
  auto forge = [&](const std::string& header) {
    auto text = to_base64url(header) + "." + split(token_).payload;
    auto jwk = key_.public_jwk();
    std::string mac(32, '\0');
    unsigned length = 0;
    HMAC(EVP_sha256(), jwk.data(), static_cast<int>(jwk.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(mac.data()), &length);
    return text + "." + to_base64url(mac);
  };
  expect(TokenError::malformed, forge(R"({"alg":"HS256","typ":"at+jwt","kid":")" + key_.kid() + R"("})"));
  expect(TokenError::malformed, forge(header_text()));
}

TEST_F(AccessTokenTest, EveryChangedBitIsNoticed) {
  for (std::size_t bit = 0; bit < token_.size() * 8; ++bit) {
    auto changed = token_;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(tokens_.verify(changed, kNow)) << "bit " << bit;
  }
}

TEST_F(AccessTokenTest, EveryOtherLengthIsNoticed) {
  for (std::size_t length = 0; length < token_.size(); ++length) {
    EXPECT_FALSE(tokens_.verify(std::string_view(token_).substr(0, length), kNow)) << length;
  }
  for (const char* tail : {".", "=", "==", "A", "AA", "\n", " ", ".x", "&x"}) {
    expect(TokenError::malformed, token_ + tail);
  }
  expect(TokenError::malformed, token_ + '\0');
  expect(TokenError::malformed, " " + token_);
  expect(TokenError::malformed, token_ + "." + token_);
  expect(TokenError::malformed, "");
  expect(TokenError::malformed, "..");
  expect(TokenError::malformed, std::string(100'000, '.'));
}

TEST_F(AccessTokenTest, PartsOfTwoTokensMakeNone) {
  claims_.scope = "admin.applications:delete";
  auto other = split(tokens_.issue(claims_));
  auto parts = split(token_);
  expect(TokenError::bad_signature, Parts{parts.header, other.payload, parts.signature}.join());
  expect(TokenError::malformed, Parts{other.payload, parts.header, parts.signature}.join());
}

TEST_F(AccessTokenTest, TheSignatureIsSixtyFourBytes) {
  auto parts = split(token_);
  auto text = parts.header + "." + parts.payload;
  auto raw = *from_base64url(parts.signature);
  EXPECT_EQ(raw.size(), 64U);
  expect(TokenError::malformed, text + "." + to_base64url(der_signature(text, key_)));
  expect(TokenError::malformed, text + "." + to_base64url(raw + '\0'));
  expect(TokenError::malformed, text + "." + to_base64url('\0' + raw));
  expect(TokenError::malformed, text + "." + to_base64url(raw.substr(0, 63)));
  expect(TokenError::bad_signature, text + "." + to_base64url(raw.substr(32) + raw.substr(0, 32)));
  // r = s = 0 passed everywhere in CVE-2022-21449; the group's order is as good as 0.
  expect(TokenError::bad_signature, text + "." + to_base64url(std::string(64, '\0')));
  expect(TokenError::bad_signature, text + "." + to_base64url(std::string(64, '\xFF')));
  auto order = *from_base64url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
  expect(TokenError::bad_signature, text + "." + to_base64url(order + order));
}

TEST_F(AccessTokenTest, OneTokenHasOneText) {
  auto parts = split(token_);
  // 64 bytes leave four bits of the last character unused.
  auto stray = parts.signature;
  stray.back() = static_cast<char>(stray.back() + 1);
  expect(TokenError::malformed, Parts{parts.header, parts.payload, stray}.join());
  expect(TokenError::malformed, Parts{parts.header, parts.payload + "=", parts.signature}.join());
  expect(TokenError::malformed, Parts{parts.header + "=", parts.payload, parts.signature}.join());
}

TEST_F(AccessTokenTest, ClaimsAreOfTheirTypesEvenWhenWeSignedThem) {
  for (const char* claim : {"sub", "client_id", "iat", "exp", "jti", "scope", "organization", "name"}) {
    auto claims = claims_json();
    claims.erase(claim);
    expect(TokenError::malformed, sign(header_text(), claims.dump()));
    for (const json& value :
         {json(nullptr), json(1.5), json(-1), json::array(), json(UINT64_MAX), json(true)}) {
      claims[claim] = value;
      expect(TokenError::malformed, sign(header_text(), claims.dump()));
    }
  }
  auto other = claims_json();
  other["client_id"] = to_string(claims_.organization);
  expect(TokenError::malformed, sign(header_text(), other.dump()));
  other = claims_json();
  other.erase("iss");
  expect(TokenError::wrong_issuer, sign(header_text(), other.dump()));
  other = claims_json();
  other["aud"] = json::array({"https://byline.example/api"});
  expect(TokenError::wrong_audience, sign(header_text(), other.dump()));
  for (const char* payload : {"", "null", "[]", "{", "{}x", "\xFF"}) {
    expect(TokenError::malformed, sign(header_text(), payload));
  }
}

TEST_F(AccessTokenTest, LengthIsBounded) {
  claims_.name.clear();
  for (int i = 0; i < 200; ++i) claims_.name += "🤖";
  claims_.scope = std::string(1'500, 's');
  EXPECT_TRUE(tokens_.verify(tokens_.issue(claims_), kNow));
  claims_.scope = std::string(3'000, 's');
  expect(TokenError::malformed, tokens_.issue(claims_));
}

TEST_F(AccessTokenTest, ThreadsShareOne) {
  std::vector<int> good(4);
  {
    std::vector<std::jthread> threads;
    for (auto& count : good) {
      threads.emplace_back([&] {
        for (int i = 0; i < 50; ++i)
          count += tokens_.verify(tokens_.issue(claims_), kNow).has_value() ? 1 : 0;
      });
    }
  }
  for (int count : good) EXPECT_EQ(count, 50);
}

TEST_F(AccessTokenTest, OutlivesTheKeyObjectItWasMadeOf) {
  auto tokens = [&] {
    auto copy = key_;
    return AccessTokens("https://byline.example", "https://byline.example/api", copy);
  }();
  EXPECT_TRUE(tokens.verify(token_, kNow));
}

}  // namespace
}  // namespace byline::security
