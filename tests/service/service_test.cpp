// What a program that embeds the library relies on.

#include "byline/service.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/http_client.hpp"
#include "support/temp_directory.hpp"

namespace byline {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class ServiceTest : public ::testing::Test {
 protected:
  static Founding harbor() { return {"Harbor County", "Ada Moreno", "ada@example.org"}; }
  std::filesystem::path data() const { return directory_ / "data"; }
  std::size_t entries(std::uint64_t after = 0) const {
    std::size_t count = 0;
    auto read =
        read_log({.data = data()}, after, [&](std::uint64_t, std::string_view) { return ++count > 0; });
    EXPECT_TRUE(read) << read.error();
    return count;
  }
  std::unique_ptr<Service> start() {
    auto service = Service::start({.data = data(), .port = 0, .io_threads = 2});
    EXPECT_TRUE(service) << service.error();
    return service ? std::move(*service) : nullptr;
  }

  test::TempDirectory directory_;
};

TEST_F(ServiceTest, AFoundedOrganizationHasAnAdministratorWhoCanSignIn) {
  EXPECT_EQ(is_initialized(data()), false);
  EXPECT_FALSE(std::filesystem::exists(data())) << "asking makes nothing";
  auto founded = found_organization(data(), harbor());
  ASSERT_TRUE(founded) << founded.error();
  EXPECT_EQ(is_initialized(data()), true);

  auto service = start();
  ASSERT_TRUE(service);
  EXPECT_EQ(service->base_url(), "http://127.0.0.1:" + std::to_string(service->port()));
  test::HttpClient client(service->base_url());
  EXPECT_EQ(client.get("/admin/organizations").status, 401);
  client.set_bearer(founded->administrator_token);
  auto organization = client.get("/admin/organizations/" + founded->organization_id);
  EXPECT_EQ(organization.status, 200);
  EXPECT_EQ(organization.json().at("data").at("attributes").at("name"), "Harbor County");
  EXPECT_EQ(client.get("/admin/users/" + founded->administrator_id).status, 200);
}

TEST_F(ServiceTest, FoundingTellsEverythingThatIsWrongByItsOption) {
  auto founded = found_organization(data(), {"", std::string(201, 'x'), "nobody", "gold"});
  ASSERT_FALSE(founded);
  EXPECT_THAT(founded.error(), AllOf(HasSubstr("--organization: "), HasSubstr("--admin-name: "),
                                     HasSubstr("--admin-email: "), HasSubstr("--plan: ")));
  EXPECT_EQ(is_initialized(data()), false);
}

TEST_F(ServiceTest, ASecondOrganizationIsFoundedOnlyWhenAsked) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  auto founding = harbor();
  founding.administrator_email = "bo@example.org";
  auto second = found_organization(data(), founding);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("--additional"));
  auto before = entries();
  founding.additional = true;
  ASSERT_TRUE(found_organization(data(), founding));
  EXPECT_EQ(entries(), 2 * before - 1) << "they share the key that signs tokens";
}

TEST_F(ServiceTest, AnAddressIsUniqueOverTheWholeDeployment) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  auto founding = harbor();
  founding.administrator_email = "ADA@EXAMPLE.ORG";
  founding.additional = true;
  auto second = found_organization(data(), founding);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), StartsWith("--admin-email: "));
}

TEST_F(ServiceTest, WithoutItsKeysItDoesNotStartOverData) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  std::filesystem::rename(data() / "keys.json", data() / "elsewhere");
  auto refused = Service::start({.data = data(), .port = 0});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), AllOf(HasSubstr("keys.json is missing"), HasSubstr("the copy that you keep")));
  EXPECT_FALSE(std::filesystem::exists(data() / "keys.json"));
  std::filesystem::rename(data() / "elsewhere", data() / "keys.json");
  EXPECT_TRUE(start());
}

TEST_F(ServiceTest, AFirstStartThatWasCutShortCanBeRepeated) {
  std::filesystem::create_directories(data() / "db");
  EXPECT_EQ(is_initialized(data()), false);
  EXPECT_TRUE(found_organization(data(), harbor()));
  EXPECT_EQ(is_initialized(data()), true);
}

TEST_F(ServiceTest, WhereItNeedsAnOrganizationItStartsOnlyWithOne) {
  ServiceOptions options{.data = data(), .port = 0, .needs_organization = true};
  auto refused = Service::start(options);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("holds no organization yet"));
  EXPECT_FALSE(std::filesystem::exists(data()));
  ASSERT_TRUE(start());  // with a database that has keys, and nobody in it
  refused = Service::start(options);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("holds no organization yet"));
  ASSERT_TRUE(found_organization(data(), harbor()));
  EXPECT_TRUE(Service::start(options));
}

TEST_F(ServiceTest, WhatIsWronglyFoundedLeavesNothing) {
  auto wrong = harbor();
  wrong.administrator_email = "ada";
  EXPECT_FALSE(found_organization(data(), wrong));
  EXPECT_FALSE(std::filesystem::exists(data()));
}

TEST_F(ServiceTest, TheDataIsItsOwnersAlone) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  EXPECT_EQ(std::filesystem::status(data()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(ServiceTest, ABaseUrlIsOne) {
  for (const char* wrong : {"nope", "ftp://byline.example.org", "https://byline.example.org/", "https://"}) {
    auto refused = Service::start({.data = data(), .port = 0, .base_url = wrong});
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error(), HasSubstr("base URL")) << wrong;
  }
}

TEST_F(ServiceTest, ADirectoryInUseIsRefused) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  auto service = start();
  ASSERT_TRUE(service);
  auto second = Service::start({.data = data(), .port = 0});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr("is in use by another process"));
  auto founding = harbor();
  founding.additional = true;
  auto founded = found_organization(data(), founding);
  ASSERT_FALSE(founded);
  EXPECT_THAT(founded.error(), HasSubstr("is in use by another process"));
  EXPECT_EQ(is_initialized(data()), true) << "reading beside it is allowed";
}

TEST_F(ServiceTest, APortInUseIsRefusedAndTheDirectoryLetGo) {
  auto first = start();
  ASSERT_TRUE(first);
  ServiceOptions options{.data = directory_ / "other", .port = first->port()};
  auto second = Service::start(options);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), HasSubstr(std::to_string(first->port())));
  options.port = 0;
  auto third = Service::start(options);
  EXPECT_TRUE(third) << third.error();
}

TEST_F(ServiceTest, AnAddressThatIsNoneIsRefused) {
  for (const char* address : {"nowhere.invalid", "", "256.0.0.1"}) {
    auto service = Service::start({.data = data(), .address = address, .port = 0});
    ASSERT_FALSE(service) << address;
    EXPECT_FALSE(service.error().empty());
  }
}

TEST_F(ServiceTest, AStoppedServiceIsGoneAndCanBeStartedAgain) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  for (int round = 0; round < 3; ++round) {
    auto service = start();
    ASSERT_TRUE(service);
    auto base = service->base_url();
    EXPECT_EQ(test::HttpClient(base).get("/health/ready").status, 200);
    std::jthread waiting([&] { service->wait(); });
    service->stop();
    service->wait();
    service->stop();
    waiting.join();
    EXPECT_EQ(test::HttpClient(base).get("/health/ready").status, 0);
  }
}

TEST_F(ServiceTest, TheBaseUrlCanBeGiven) {
  auto service = Service::start({.data = data(), .port = 0, .base_url = "https://api.example.org"});
  ASSERT_TRUE(service) << service.error();
  EXPECT_EQ((*service)->base_url(), "https://api.example.org");
}

TEST_F(ServiceTest, TheLogIsReadInOrderFromAnyPositionUntilToldToStop) {
  ASSERT_TRUE(found_organization(data(), harbor()));
  std::vector<std::uint64_t> positions;
  ASSERT_TRUE(read_log({.data = data()}, 3, [&](std::uint64_t position, std::string_view json) {
    EXPECT_EQ(nlohmann::json::parse(json).at("position"), position);
    positions.push_back(position);
    return position < 6;
  }));
  EXPECT_EQ(positions, (std::vector<std::uint64_t>{4, 5, 6}));
  EXPECT_EQ(entries(18), 0U);
  EXPECT_EQ(entries(1'000'000), 0U);
}

TEST_F(ServiceTest, ReadingALogThatIsNotThereIsRefused) {
  auto read = read_log({.data = data()}, 0, [](std::uint64_t, std::string_view) { return true; });
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error(), HasSubstr("There is no Byline data in"));
  EXPECT_FALSE(std::filesystem::exists(data()));
}

}  // namespace
}  // namespace byline
