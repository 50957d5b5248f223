#include "security/password.hpp"

#include <gtest/gtest.h>

#include "security/sealed_text.hpp"

namespace byline::security {
namespace {

TEST(Password, IsKnownAgainByItsHash) {
  auto hash = hash_password("a horse of a different battery");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=3,p=1$")) << hash;
  EXPECT_TRUE(is_password("a horse of a different battery", hash));
  EXPECT_FALSE(is_password("a horse of a different batterY", hash));
  EXPECT_FALSE(is_password("", hash));
  EXPECT_NE(hash_password("a horse of a different battery"), hash);
}

TEST(Password, NobodyHasTheOneOfNobody) {
  EXPECT_FALSE(is_password("nobody has this password", ""));
  EXPECT_FALSE(is_password("", ""));
  EXPECT_FALSE(is_password("x", "not a hash"));
}

TEST(Password, MayBeWhatIsNotTriedFirst) {
  EXPECT_TRUE(check_password("a horse of a different battery", {}));
  EXPECT_TRUE(check_password("zwölf Zeichen", {}));
  EXPECT_TRUE(check_password(std::string(1024, 'x') + "", {}).error().find("tried first") !=
              std::string::npos);
  for (const char* bad :
       {"", "elevenchars", "Password1234", "qwertyuiop12", "aaaaaaaaaaaaaa", "ababababababab"})
    EXPECT_FALSE(check_password(bad, {})) << bad;
  EXPECT_FALSE(check_password(std::string(1025, 'x'), {}));
  EXPECT_FALSE(check_password("Ada@Example.org", {"Ada Moreno", "ada@example.org"}));
  EXPECT_FALSE(check_password("пятьбукв", {})) << "eight characters of two bytes";
}

TEST(SealedText, OpensForItsOwnPurposeAndOwner) {
  auto key = new_key();
  auto sealed = seal_text(key, "password hash", "ben", "hash");
  EXPECT_EQ(open_text(key, "password hash", "ben", sealed), "hash");
  EXPECT_FALSE(open_text(key, "password hash", "ann", sealed));
  EXPECT_FALSE(open_text(key, "totp secret", "ben", sealed));
  EXPECT_FALSE(open_text(new_key(), "password hash", "ben", sealed));
  for (const char* text : {"", "x", "AQ", "====", "ä"})
    EXPECT_FALSE(open_text(key, "password hash", "ben", text));
}

}  // namespace
}  // namespace byline::security
