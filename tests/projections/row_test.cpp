#include "projections/row.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "events/collection.hpp"
#include "projections/accounts.hpp"
#include "projections/applications.hpp"
#include "projections/memory_rows.hpp"

namespace byline {
namespace {

struct Inner {
  std::string text;
  std::optional<Time> at;

  static void fields(auto& self, auto&& field) {
    field("text", self.text);
    field("at", self.at);
  }
  friend bool operator==(const Inner&, const Inner&) = default;
};

struct Everything {
  std::string text;
  bool truth = false;
  std::int64_t number = 0;
  std::uint64_t count = 0;
  AccountStatus status = AccountStatus::active;
  AccountId id;
  Time time;
  PermissionMatrix matrix;
  JsonText json;
  std::optional<std::string> maybe;
  std::vector<RoleId> roles;
  std::vector<Inner> inner;
  std::vector<Area> areas;

  static void fields(auto& self, auto&& field) {
    field("text", self.text);
    field("truth", self.truth);
    field("number", self.number);
    field("count", self.count);
    field("status", self.status);
    field("id", self.id);
    field("time", self.time);
    field("matrix", self.matrix);
    field("json", self.json);
    field("maybe", self.maybe);
    field("roles", self.roles);
    field("inner", self.inner);
    field("areas", self.areas);
  }
  friend bool operator==(const Everything&, const Everything&) = default;
};

Everything full() {
  Everything row;
  row.text = std::string("Zoë\0 \xF0\x9F\x90\xA6", 10);
  row.truth = true;
  row.number = -300;
  row.count = UINT64_MAX;
  row.status = AccountStatus::erased;
  row.id = AccountId{{1, 2, 3}};
  row.time = Time{-1};
  row.matrix.set(Area::people, Operation::remove, Level::limited);
  row.json.text = R"({"a":[1]})";
  row.maybe = "";
  row.roles = {RoleId{{4}}, RoleId{}};
  row.inner = {{"", {}}, {"x", Time{INT64_MAX}}};
  row.areas = {Area::admin_audit};
  return row;
}

TEST(Row, IsReadAsItWasWritten) {
  EXPECT_EQ(parse_row<Everything>(write_row(full())), full());
  EXPECT_EQ(parse_row<Everything>(write_row(Everything{})), Everything{});
  auto extreme = Everything{};
  extreme.number = INT64_MIN;
  extreme.time.micros = INT64_MAX;
  EXPECT_EQ(parse_row<Everything>(write_row(extreme)), extreme);
}

/// These bytes are on disk.
TEST(Row, HasTheseBytes) {
  using namespace std::string_literals;
  EXPECT_EQ(write_row(Everything{}), "\1\0"s);
  AccountRow account;
  account.kind = SubjectKind::application;
  account.name = "Nightly";
  account.email_key = "a@b";
  account.roles = {RoleId{{7}}};
  EXPECT_EQ(write_row(account),
            "\1\x2B\x0B"s + "application" + "\7Nightly" + "\3a@b" + "\1\7"s + std::string(15, '\0'));
  Everything numbers;
  numbers.number = -300;
  numbers.count = 128;
  EXPECT_EQ(write_row(numbers), "\1\x0C\xD7\x04\x80\x01"s);
}

TEST(Row, CutOffAnywhereIsRefused) {
  auto bytes = write_row(full());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(parse_row<Everything>(std::string_view(bytes).substr(0, size)), std::exception) << size;
  EXPECT_THROW(parse_row<Everything>(bytes + '\0'), std::runtime_error) << "more than the row";
}

/// Whatever it becomes, it is read or refused.
TEST(Row, DamagedIsReadOrRefused) {
  std::mt19937 random(1);
  const auto bytes = write_row(full());
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto damaged = bytes;
    for (int times = 0; times < 3; ++times) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      parse_row<Everything>(damaged);
    } catch (const std::exception&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 10'000);
  EXPECT_THROW(
      parse_row<Everything>(std::string_view("\1\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\1", 13)),
      std::runtime_error)
      << "a number without end";
  EXPECT_THROW(parse_row<Everything>("\2"), std::runtime_error) << "another form";
}

struct Before {
  std::string text;
  bool truth = false;

  static void fields(auto& self, auto&& field) {
    field("text", self.text);
    field("truth", self.truth);
  }
};

TEST(Row, WithFewerFieldsHasTheOthersEmpty) {
  auto row = parse_row<Everything>(write_row(Before{"old", true}));
  auto expected = Everything{};
  expected.text = "old";
  expected.truth = true;
  EXPECT_EQ(row, expected);
  EXPECT_NO_THROW(parse_row<Before>(write_row(expected)));
  EXPECT_THROW(parse_row<Before>(write_row(full())), std::runtime_error) << "fields that it does not know";
}

TEST(Row, OfTheFormBeforeIsReadAndWrittenAnew) {
  MemoryRows rows;
  rows.put(
      "key",
      R"({"kind":"application","name":"Nightly","email":"a@b","email_key":"a@b","status":"deactivated","roles":[]})");
  update_row<AccountRow>(rows, "key", [](AccountRow& row) { row.name = "Hourly"; });
  auto bytes = rows.get("key").value();
  EXPECT_EQ(bytes.front(), '\1');
  auto row = parse_row<AccountRow>(bytes);
  EXPECT_EQ(row.name, "Hourly");
  EXPECT_EQ(row.email, "a@b");
  EXPECT_EQ(row.status, AccountStatus::deactivated);
}

TEST(Row, ThatIsNotThereIsNotChanged) {
  MemoryRows rows;
  EXPECT_THROW(update_row<AccountRow>(rows, "key", [](AccountRow&) {}), std::runtime_error);
}

}  // namespace
}  // namespace byline
