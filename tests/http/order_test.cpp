// Ids, times of creation and the log are in one order, however many create at once.

#include <algorithm>
#include <thread>

#include "support/service_suite.hpp"

namespace byline::test {
namespace {

class Order : public ServiceSuite {};

TEST_F(Order, IdsAreInTheOrderOfCreationUnderConcurrency) {
  auto worker = caller();
  auto lot = fresh("lot");
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, http = service().client(worker.http->bearer())] {
      for (int i = 0; i < 50; ++i)
        EXPECT_EQ(http->post("/people/people", document("people", {{"lot", lot}})).status, 201);
    });
  }
  for (auto& thread : threads) thread.join();

  std::vector<std::string> times;
  for (std::string next = "/people/people?page[size]=100&filter[lot]=" + lot; !next.empty();) {
    auto page = worker.http->get(next);
    for (const auto& time : values_of(page, "created_at")) times.push_back(time);
    auto link = page.json()["links"]["next"];
    next = link.is_null() ? "" : link.get<std::string>();
  }
  EXPECT_EQ(times.size(), 400U);
  EXPECT_TRUE(std::ranges::is_sorted(times));
  EXPECT_EQ(std::ranges::adjacent_find(times), times.end()) << "every commit has a time of its own";
}

// Whoever follows the list to its end and goes on from there later misses nothing.
TEST_F(Order, APollerMissesNothing) {
  auto worker = caller();
  auto lot = fresh("lot");
  must(worker.http->post("/people/people", document("people", {{"lot", lot}})), 201);
  std::atomic<bool> done = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, http = service().client(worker.http->bearer())] {
      for (int i = 0; i < 100; ++i) http->post("/people/people", document("people", {{"lot", lot}}));
    });
  }
  std::thread waiter([&] {
    for (auto& thread : threads) thread.join();
    done = true;
  });
  // A page of one, then always what follows the last one that was seen.
  std::size_t seen = 1;
  auto first = "/people/people?page[size]=1&filter[lot]=" + lot;
  std::string next;
  for (bool last_look = false; !last_look;) {
    last_look = done;
    for (;;) {
      auto page = worker.http->get(next.empty() ? first : next);
      auto link = page.json()["links"]["next"];
      if (link.is_null()) break;  // the page that ends the list is asked for again, as it may grow
      next = link;
      ++seen;
    }
  }
  waiter.join();
  EXPECT_EQ(seen, 401U);
}

}  // namespace
}  // namespace byline::test
