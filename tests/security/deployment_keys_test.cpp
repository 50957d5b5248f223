#include "security/deployment_keys.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "security/base64.hpp"

namespace byline::security {
namespace {

namespace fs = std::filesystem;

class DeploymentKeysTest : public testing::Test {
 protected:
  void SetUp() override {
    auto pattern = (fs::temp_directory_path() / "byline-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    file_ = directory_ / "keys.json";
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(file_).rdbuf();
    return text.str();
  }
  void put(std::string_view text, mode_t mode = 0600) const {
    std::ofstream(file_) << text;
    ::chmod(file_.c_str(), mode);
  }
  std::string refusal() const {
    auto keys = load_or_create_keys(file_);
    return keys ? "accepted" : keys.error();
  }

  fs::path directory_;
  fs::path file_;
};

void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(DeploymentKeysTest, AreCreatedOnceAndThenTheSame) {
  auto created = load_or_create_keys(file_);
  ASSERT_TRUE(created) << created.error();
  auto before = content();
  auto loaded = load_or_create_keys(file_);
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(loaded->digest_key, created->digest_key);
  EXPECT_EQ(loaded->seal_key, created->seal_key);
  EXPECT_FALSE(created->signing_key) << "those are in the log";
  EXPECT_EQ(content(), before);
  EXPECT_NE(created->digest_key, created->seal_key);
}

TEST_F(DeploymentKeysTest, AreTheOwnersAloneAndNothingElseIsLeft) {
  auto mask = ::umask(0);
  ASSERT_TRUE(load_or_create_keys(file_));
  ::umask(mask);
  struct stat status{};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600U);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(DeploymentKeysTest, OfTwoDeploymentsDiffer) {
  auto one = load_or_create_keys(directory_ / "one");
  auto other = load_or_create_keys(directory_ / "other");
  ASSERT_TRUE(one && other);
  EXPECT_NE(one->digest_key, other->digest_key);
  EXPECT_NE(one->seal_key, other->seal_key);
}

TEST_F(DeploymentKeysTest, ManyCreatorsAgree) {
  std::vector<std::string> seen(8);
  {
    std::vector<std::jthread> creators;
    for (auto& digest_key : seen) {
      creators.emplace_back([&] {
        auto keys = load_or_create_keys(file_);
        digest_key = keys ? std::string(keys->digest_key.begin(), keys->digest_key.end()) : keys.error();
      });
    }
  }
  for (const auto& digest_key : seen) EXPECT_EQ(digest_key, seen.front());
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(DeploymentKeysTest, AFileThatOthersMayTouchIsRefusedWithTheCommandThatHelps) {
  ASSERT_TRUE(load_or_create_keys(file_));
  for (mode_t mode : {0640, 0604, 0660, 0644, 0777, 0610, 0602}) {
    ::chmod(file_.c_str(), mode);
    expect_contains(refusal(), "chmod 600 " + file_.string());
  }
  ::chmod(file_.c_str(), 0400);
  EXPECT_TRUE(load_or_create_keys(file_));
}

TEST_F(DeploymentKeysTest, ADamagedFileIsRefusedAndLeftAlone) {
  ASSERT_TRUE(load_or_create_keys(file_));
  auto good = content();
  for (std::size_t length = 0; length + 2 < good.size(); length += 7) {
    put(good.substr(0, length));
    expect_contains(refusal(), "damaged");
    EXPECT_EQ(content(), good.substr(0, length));
  }
  for (const char* text :
       {"", "null", "[]", "{}", "not JSON", "\xFF\xFE", R"({"format":"byline-deployment-keys","version":1})",
        R"({"format":"byline-deployment-keys","version":2})"}) {
    put(text);
    expect_contains(refusal(), "damaged");
    expect_contains(refusal(), file_.string());
  }
}

TEST_F(DeploymentKeysTest, ADamagedMemberIsNamed) {
  ASSERT_TRUE(load_or_create_keys(file_));
  const auto good = nlohmann::json::parse(content());
  auto with = [&](const char* name, const nlohmann::json& value) {
    auto changed = good;
    changed[name] = value;
    put(changed.dump());
    return refusal();
  };
  expect_contains(with("key_encryption_key", "AAAA"), "key_encryption_key");
  expect_contains(with("key_encryption_key", 7), "key_encryption_key");
  expect_contains(with("key_encryption_key", good["key_encryption_key"].get<std::string>() + "="),
                  "key_encryption_key");
  expect_contains(with("version", 3), "does not know");
}

TEST_F(DeploymentKeysTest, TheTextInTheEnvironmentIsTheFilesKey) {
  auto of_file = load_or_create_keys(file_);
  auto text = nlohmann::json::parse(content())["key_encryption_key"].get<std::string>();
  auto of_text = keys_from_text(text);
  ASSERT_TRUE(of_file && of_text);
  EXPECT_EQ(of_text->digest_key, of_file->digest_key);
  EXPECT_EQ(of_text->seal_key, of_file->seal_key);
  for (const auto& wrong : {std::string(), text + "=", text.substr(1), "$" + text.substr(1)})
    EXPECT_FALSE(keys_from_text(wrong)) << wrong;
}

/// The file of an early release: its three keys each by itself.
class FirstFormOfTheKeyFile : public DeploymentKeysTest {
 protected:
  nlohmann::json good_ = {{"format", "byline-deployment-keys"},
                          {"version", 1},
                          {"digest_key", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"},
                          {"seal_key", "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"},
                          {"signing_key",
                           {{"kty", "EC"},
                            {"crv", "P-256"},
                            {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                            {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
                            {"d", "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}}}};
};

TEST_F(FirstFormOfTheKeyFile, IsReadForEver) {
  put(good_.dump());
  auto keys = load_keys(file_);
  ASSERT_TRUE(keys) << keys.error();
  Key ones;
  ones.fill(1);
  EXPECT_EQ(keys->digest_key, ones);
  Key twos;
  twos.fill(2);
  EXPECT_EQ(keys->seal_key, twos);
  ASSERT_TRUE(keys->signing_key);
  EXPECT_EQ(keys->signing_key->kid(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
}

TEST_F(FirstFormOfTheKeyFile, ADamagedMemberIsNamed) {
  auto with = [&](const char* pointer, const nlohmann::json& value) {
    auto changed = good_;
    changed[nlohmann::json::json_pointer(pointer)] = value;
    put(changed.dump());
    return refusal();
  };
  expect_contains(with("/digest_key", "AAAA"), "digest_key");
  expect_contains(with("/seal_key", good_["seal_key"].get<std::string>() + "="), "seal_key");
  expect_contains(with("/signing_key", nullptr), "signing_key");
  expect_contains(with("/signing_key/crv", "P-384"), "signing_key");
  for (const char* part : {"/signing_key/x", "/signing_key/y", "/signing_key/d"}) {
    for (const std::string& other :
         {std::string(43, 'A'), "_" + std::string(41, '_') + "8", "AQ" + std::string(41, 'A')}) {
      expect_contains(with(part, other), "signing_key");
    }
  }
}

TEST_F(DeploymentKeysTest, WhatCannotBeOpenedIsSaid) {
  file_ = directory_ / "missing" / "keys.json";
  expect_contains(refusal(), "cannot be created: No such file or directory");
  file_ = directory_;
  expect_contains(refusal(), "is not a file");
  file_ = directory_ / "link";
  fs::create_symlink(directory_ / "nowhere", file_);
  expect_contains(refusal(), "is a link to a file that does not exist");
  EXPECT_FALSE(fs::exists(directory_ / "nowhere"));
  file_ = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  expect_contains(refusal(), "is not a file");
}

TEST(SigningKey, IsNamedByItsThumbprint) {
  // The example of RFC 7515 appendix A.3; the thumbprint as Python's hashlib has it.
  auto bytes = [](std::string_view text) {
    SigningKey::Coordinate coordinate;
    auto decoded = from_base64url(text);
    std::copy(decoded->begin(), decoded->end(), coordinate.begin());
    return coordinate;
  };
  auto key = SigningKey::from_parts(bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                                    bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
                                    bytes("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->kid(), "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
  EXPECT_EQ(key->public_key().jwk(key->kid()),
            R"({"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
            R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","alg":"ES256","use":"sig",)"
            R"("kid":")" +
                key->kid() + R"("})");
}

TEST(Base64Url, HasOneTextForEachBytes) {
  EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
  EXPECT_EQ(from_base64url("-_8"), "\xFB\xFF");
  EXPECT_EQ(from_base64url(""), "");
  for (const char* text : {"-_9", "-_8=", "+/8", "-_8\n", " -_8", "A", "AAAAA", "A.A", "AB"}) {
    EXPECT_FALSE(from_base64url(text)) << text;
  }
  // Every byte in the place of the first character.
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (int byte = 0; byte < 256; ++byte) {
    auto c = static_cast<char>(byte);
    EXPECT_EQ(from_base64url(std::string(1, c) + "AAA").has_value(),
              kAlphabet.find(c) != std::string_view::npos)
        << byte;
  }
}

}  // namespace
}  // namespace byline::security
