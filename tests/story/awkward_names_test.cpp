// Ten thousand applications with names and addresses as life gives them: accents, apostrophes, scripts that
// run from right to left, emoji, subaddresses, internationalized domains. Every one is read back as it was
// given.

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "story/csv.hpp"
#include "support/service.hpp"

namespace byline::test {
namespace {

constexpr unsigned kClients = 16;

using Row = std::vector<std::string>;  // name, email, url, description

nlohmann::json attributes_of(const Row& row) {
  nlohmann::json attributes = {{"name", row[0]}, {"email", row[1]}};
  if (!row[2].empty()) attributes["url"] = row[2];
  if (!row[3].empty()) attributes["description"] = row[3];
  return attributes;
}

void expect_same(const nlohmann::json& resource, const Row& row) {
  const auto& attributes = resource.at("attributes");
  auto text = [&](const char* name) {
    return attributes.at(name).is_null() ? std::string() : attributes.at(name).get<std::string>();
  };
  EXPECT_EQ(text("name"), row[0]);
  EXPECT_EQ(text("email"), row[1]);
  EXPECT_EQ(text("url"), row[2]);
  EXPECT_EQ(text("description"), row[3]);
}

/// Calls `work(client, index)` for every index from many connections.
template <class Work>
void in_parallel(const Service& service, std::size_t count, Work work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < kClients; ++i) {
    threads.emplace_back([&] {
      auto client = service.admin();
      for (auto index = next++; index < count; index = next++) work(*client, index);
    });
  }
}

TEST(AwkwardNames, TenThousandAreRegisteredAndReadBackUnchanged) {
  auto rows = read_csv(std::string(BYLINE_SOURCE_DIR) + "/tests/story/applications.csv");
  ASSERT_EQ(rows.size(), 10'000U);
  Service service;
  auto role = role_id(*service.admin(), "intake_worker");

  std::vector<std::string> ids(rows.size());
  in_parallel(service, rows.size(), [&](HttpClient& client, std::size_t i) {
    auto document = account_document("applications", rows[i][0], rows[i][1], {role});
    document["data"]["attributes"] = attributes_of(rows[i]);
    auto reply = client.post("/admin/applications", document);
    ASSERT_EQ(reply.status, 201) << rows[i][0] << " " << rows[i][1] << " " << reply.body;
    ids[i] = reply.json().at("data").at("id");
  });
  in_parallel(service, rows.size(), [&](HttpClient& client, std::size_t i) {
    auto reply = client.get("/admin/applications/" + ids[i]);
    ASSERT_EQ(reply.status, 200) << reply.body;
    expect_same(reply.json().at("data"), rows[i]);
  });

  // The list has every one of them too, once.
  std::map<std::string, std::size_t> index_of;
  for (std::size_t i = 0; i < ids.size(); ++i) index_of[ids[i]] = i;
  auto client = service.admin();
  std::size_t listed = 0;
  for (std::string next = "/admin/applications?page[size]=100"; !next.empty();) {
    auto page = client->get(next).json();
    for (const auto& resource : page.at("data")) {
      auto found = index_of.extract(resource.at("id"));
      ASSERT_TRUE(found) << resource;
      expect_same(resource, rows[found.mapped()]);
      ++listed;
    }
    next = page.at("links").at("next").is_null() ? std::string() : page["links"]["next"].get<std::string>();
  }
  EXPECT_EQ(listed, rows.size());

  // And the log tells the same after the service is gone.
  EXPECT_EQ(service.stop(), 0);
  auto rebuilt = run_byline({"rebuild", "--data", service.data().string(), "--all"});
  EXPECT_EQ(rebuilt.status, 0) << rebuilt.output << rebuilt.errors;
}

}  // namespace
}  // namespace byline::test
