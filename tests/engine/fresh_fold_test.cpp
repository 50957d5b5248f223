#include "engine/fresh_fold.hpp"

#include <gtest/gtest.h>

#include "engine_fixture.hpp"

namespace byline::test {
namespace {

using FreshFoldTest = EngineFixture;

TEST_F(FreshFoldTest, GoesOnFromWhatItWroteOut) {
  found();
  auto record = record_command(R"({"urgency":3})");
  ASSERT_TRUE(is_committed(ask(record)));
  auto import = register_application("Import", "import@example.org");
  auto created = engine_->reader()->tail();
  ASSERT_TRUE(is_committed(ask(delete_record_command(record.id))));
  ASSERT_TRUE(is_committed(ask(DeleteApplication{import})));

  FreshFold fold(ViewSet::built_in(), FreshFold::Keep::entries);
  auto reader = engine_->reader();
  for (Position position{1}; position <= reader->tail(); ++position.value) {
    fold.apply(reader->entry(position).value());
    if (position != created) continue;
    EXPECT_TRUE(find_application(*fold.reader(), founding_.id, import));
  }
  EXPECT_FALSE(find_application(*fold.reader(), founding_.id, import));
  expect_views_are_the_log(*fold.reader());
}

}  // namespace
}  // namespace byline::test
