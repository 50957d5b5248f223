#include "history/sentence.hpp"

#include <gmock/gmock.h>

#include "events/golden_entries.hpp"

namespace byline::history {
namespace {

/// Everybody is called Ada, and had no roles.
class Adas final : public Known {
 public:
  std::string name_of(const std::string&) const override { return "Ada"; }
  std::optional<std::vector<RoleId>> roles_before(const LogEntry&) const override {
    return std::vector<RoleId>();
  }
};

TEST(Sentence, IsOneForEveryKindOfEvent) {
  for (const auto& entry : test::golden_entries()) {
    auto sentence = sentence_of(entry, Adas());
    EXPECT_THAT(sentence, testing::EndsWith(".")) << type_name(entry.event);
    EXPECT_THAT(sentence, testing::Not(testing::HasSubstr("  "))) << sentence;
    EXPECT_THAT(sentence, testing::Not(testing::HasSubstr(".."))) << sentence;
    EXPECT_TRUE(std::isupper(static_cast<unsigned char>(sentence.front())) || sentence.starts_with("“") ||
                std::isdigit(static_cast<unsigned char>(sentence.front())))
        << sentence;
  }
}

TEST(Sentence, TellsNoSecretsDigest) {
  for (const auto& entry : test::golden_entries()) {
    auto sentence = sentence_of(entry, Adas());
    std::visit(
        [&](const auto& event) {
          if constexpr (requires { event.digest; }) {
            EXPECT_EQ(sentence.find(event.digest), std::string::npos) << sentence;
          }
        },
        entry.event);
  }
}

}  // namespace
}  // namespace byline::history
