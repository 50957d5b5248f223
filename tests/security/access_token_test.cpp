#include "security/access_token.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <ctime>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>
#include <vector>

#include "security/base64.hpp"
#include "security/ecdsa_signature.hpp"

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
  /// A token with a true signature over whatever it says.
  std::string sign(const json& header, const json& payload) const {
    return sign(header.dump(), payload.dump());
  }
  std::string sign(const std::string& header, const std::string& payload) const {
    auto text = to_base64url(header) + "." + to_base64url(payload);
    return text + "." + to_base64url(key_.sign(text));
  }
  json claims_json() const { return json::parse(*from_base64url(split(token_).payload)); }
  std::string header_text() const { return *from_base64url(split(token_).header); }

  void expect(TokenError error, std::string_view token, Time now = kNow) const {
    auto verified = tokens_.verify(token, now);
    ASSERT_FALSE(verified) << "accepted " << token;
    EXPECT_EQ(verified.error(), error) << token;
  }

  /// Issues with one key, from long ago and for ever.
  static AccessTokens issuer_with(const SigningKey& key, std::string issuer = "https://byline.example",
                                  std::string audience = "https://byline.example/api") {
    return {std::move(issuer), std::move(audience), {{key, Time{0}, Time{INT64_MAX}}}};
  }

  SigningKey key_ = SigningKey::generate(SignatureAlgorithm::es256);
  AccessTokens tokens_ = issuer_with(key_);
  AccessTokenClaims claims_{*parse_id<AccountId>("0195d3a0-0000-7000-8000-000000000001"),
                            *parse_id<OrganizationId>("0195d3a0-0000-7000-8000-000000000002"),
                            kNow,
                            after(3600),
                            "intake:view intake:edit",
                            false,
                            *parse_id<TokenId>("0195d3a0-0000-7000-8000-000000000003"),
                            "Zoë's \"Intake\" Bot 🤖",
                            *parse_id<CredentialId>("0195d3a0-0000-7000-8000-000000000004")};
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
  EXPECT_EQ(claims["jti"], to_string(claims_.id));
  EXPECT_EQ(claims["credential"], to_string(claims_.credential));
  EXPECT_FALSE(claims.contains("narrowed"));
  EXPECT_FALSE(claims.contains("cnf"));
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
  expect(TokenError::expired, token_, {INT64_MAX - 1});
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
  expect(TokenError::wrong_issuer, issuer_with(key_, "https://other.example").issue(claims_));
  expect(TokenError::wrong_audience,
         issuer_with(key_, "https://byline.example", "https://other.example").issue(claims_));
  auto other = SigningKey::generate(SignatureAlgorithm::es256);
  auto stranger = issuer_with(other);
  expect(TokenError::malformed, stranger.issue(claims_));
  // The stranger's signature under our key's name.
  auto parts = split(stranger.issue(claims_));
  auto text = split(token_).header + "." + parts.payload;
  expect(TokenError::bad_signature, text + "." + to_base64url(other.sign(text)));
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
  expect(TokenError::malformed,
         sign(header("kid", SigningKey::generate(SignatureAlgorithm::es256).kid()), claims));
  expect(TokenError::malformed, sign(header("kid", "../../../dev/null"), claims));
  expect(
      TokenError::malformed,
      sign(header("jwk", json::parse(SigningKey::generate(SignatureAlgorithm::es256).public_key().jwk("k"))),
           claims));
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
    auto jwk = key_.public_key().jwk("k");
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
  expect(TokenError::malformed, text + "." + to_base64url(ecdsa_to_der(raw)));
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
  for (const char* claim :
       {"sub", "client_id", "iat", "exp", "jti", "scope", "organization", "name", "credential"}) {
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

TEST_F(AccessTokenTest, SaysWhoseKeyItIsBoundTo) {
  claims_.narrowed = true;
  claims_.key_thumbprint = "thumb-1";
  claims_.certificate_thumbprint = "thumb-2";
  auto token = tokens_.issue(claims_);
  EXPECT_EQ(*tokens_.verify(token, kNow), claims_);
  auto claims = json::parse(*from_base64url(split(token).payload));
  EXPECT_EQ(claims["cnf"], json({{"jkt", "thumb-1"}, {"x5t#S256", "thumb-2"}}));
  EXPECT_EQ(claims["narrowed"], true);
}

TEST_F(AccessTokenTest, IsSignedByEveryAlgorithm) {
  for (auto algorithm : {SignatureAlgorithm::es256, SignatureAlgorithm::eddsa, SignatureAlgorithm::rs256}) {
    auto key = SigningKey::generate(algorithm);
    auto tokens = issuer_with(key);
    auto token = tokens.issue(claims_);
    EXPECT_EQ(json::parse(*from_base64url(split(token).header))["alg"], name_of(algorithm));
    EXPECT_TRUE(tokens.verify(token, kNow));
    token[token.size() - 10] = token[token.size() - 10] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.verify(token, kNow));
    // Kept as bytes and read again, it is the same key.
    auto again = SigningKey::from_private_bytes(key.private_bytes());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->kid(), key.kid());
    EXPECT_FALSE(SigningKey::from_private_bytes(key.private_bytes() + "x"));
  }
}

TEST_F(AccessTokenTest, KeysTakeTurns) {
  auto next = SigningKey::generate(SignatureAlgorithm::eddsa);
  AccessTokens both("https://byline.example", "https://byline.example/api",
                    {{key_, Time{0}, after(4000)}, {next, after(100), Time{INT64_MAX}}});
  auto kid = [&](const std::string& token) {
    return json::parse(*from_base64url(split(token).header))["kid"].get<std::string>();
  };
  EXPECT_EQ(kid(both.issue(claims_)), key_.kid());
  EXPECT_TRUE(both.verify(token_, after(1000))) << "what the one before signed goes on to count";
  claims_.issued_at = after(100);
  claims_.expires_at = after(9000);
  auto late = both.issue(claims_);
  EXPECT_EQ(kid(late), next.kid());
  EXPECT_TRUE(both.verify(late, after(200)));
  // Both are published from the beginning; the first no longer than what it signed can count.
  EXPECT_EQ(json::parse(both.jwks(kNow))["keys"].size(), 2U);
  EXPECT_EQ(json::parse(both.jwks(after(4000)))["keys"].size(), 1U);
  claims_.issued_at = kNow;
  EXPECT_EQ(both.verify(both.issue(claims_), after(4000)).error(), TokenError::malformed);
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
    return issuer_with(copy);
  }();
  EXPECT_TRUE(tokens.verify(token_, kNow));
}

}  // namespace
}  // namespace byline::security
