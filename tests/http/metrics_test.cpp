// /metrics: Prometheus' text form, with figures that move when something happens. And /health.

#include <gtest/gtest.h>

#include <regex>

#include "http/resources/routes.hpp"
#include "support/live_service.hpp"

namespace byline::test {
namespace {

/// Series, as written, to its value.
using Figures = std::map<std::string, double>;

class MetricsTest : public testing::Test {
 protected:
  /// Every line must be one of the format's.
  static Figures parse(const std::string& text) {
    static const std::regex kComment(R"(# (HELP|TYPE) [a-z_:]+ .+)");
    static const std::regex kSample(
        R"re(([a-z_:]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})?) ([-+0-9.eEInfNa]+))re");
    Figures figures;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::smatch match;
      if (std::regex_match(line, kComment)) continue;
      if (!std::regex_match(line, match, kSample)) {
        ADD_FAILURE() << "not a line of the format: " << line;
        continue;
      }
      EXPECT_TRUE(figures.emplace(match[1], std::stod(match[4])).second) << "twice: " << line;
    }
    return figures;
  }
  Figures scrape() {
    auto reply = client_->get("/metrics");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    return parse(reply.body);
  }
  static std::string requests(const std::string& method, const std::string& route, int status) {
    return "byline_http_requests_total{method=\"" + method + "\",route=\"" + route + "\",status=\"" +
           std::to_string(status) + "\"}";
  }
  static double at(const Figures& figures, const std::string& series) {
    auto found = figures.find(series);
    return found == figures.end() ? 0 : found->second;
  }

  std::unique_ptr<HttpClient> client_ = live_service().client();
  std::unique_ptr<HttpClient> admin_ = live_service().admin();
};

TEST_F(MetricsTest, RequestsAreCountedByRouteAndStatus) {
  auto before = scrape();
  admin_->get("/admin/users");
  admin_->get("/admin/users?page[size]=1");
  admin_->send("HEAD", "/admin/users");
  client_->get("/admin/users");
  admin_->get("/admin/users/" + live_service().founder().admin_id);
  admin_->get("/intake/reports/no-such-id");
  admin_->get("/nowhere/at/all/ada@example.org");
  admin_->send("PUT", "/admin/users");
  exchange(live_service().port(), "nonsense\r\n\r\n");
  auto after = scrape();
  auto grown = [&](const std::string& series) { return at(after, series) - at(before, series); };
  EXPECT_EQ(grown(requests("GET", "/admin/users", 200)), 3);  // a HEAD is a GET here
  EXPECT_EQ(grown(requests("GET", "/admin/users", 401)), 1);
  EXPECT_EQ(grown(requests("GET", "/admin/users/{id}", 200)), 1);
  EXPECT_EQ(grown(requests("GET", "/{service}/{collection}/{id}", 404)), 1);
  EXPECT_EQ(grown(requests("other", "(none)", 404)), 1);
  EXPECT_EQ(grown(requests("other", "(none)", 405)), 1);
  EXPECT_EQ(grown(requests("other", "(none)", 400)), 1);
  EXPECT_EQ(grown(requests("GET", "/metrics", 200)), 1);
}

TEST_F(MetricsTest, ARouteIsNamedByItsTemplateOnly) {
  std::set<std::string> templates = {"(none)"};
  for (const auto& route : http::routes()) templates.emplace(route.path);
  admin_->get("/people/people?filter[name]=Zoe");
  admin_->get("/admin/%75sers/x");
  admin_->send("BREW", "/coffee/tea");
  static const std::regex kRoute("route=\"([^\"]*)\"");
  for (const auto& [series, value] : scrape()) {
    std::smatch match;
    if (std::regex_search(series, match, kRoute)) {
      EXPECT_TRUE(templates.contains(match[1])) << series;
    }
  }
}

TEST_F(MetricsTest, LatencyIsAHistogram) {
  admin_->get("/admin/users");
  auto figures = scrape();
  const std::string name = "byline_http_request_duration_seconds";
  const std::string labels = "{method=\"GET\",route=\"/admin/users\"";
  auto count = at(figures, name + "_count" + labels + "}");
  EXPECT_GE(count, 1);
  EXPECT_GT(at(figures, name + "_sum" + labels + "}"), 0);
  EXPECT_EQ(at(figures, name + "_bucket" + labels + ",le=\"+Inf\"}"), count);
  double last = 0;
  for (auto* bound : {"0.0001", "0.001", "0.01", "0.1", "1", "10", "+Inf"}) {
    auto series = name + "_bucket" + labels + ",le=\"" + bound + "\"}";
    ASSERT_TRUE(figures.contains(series)) << series;
    EXPECT_GE(figures[series], last) << series;
    last = figures[series];
  }
}

TEST_F(MetricsTest, CommitsAreCountedAndTimed) {
  auto before = scrape();
  std::string position;
  for (int i = 0; i < 3; ++i) {
    auto reply = admin_->post("/intake/reports", document("reports", {{"number", i}}));
    ASSERT_EQ(reply.status, 201);
    position = reply.header("byline-position");
  }
  auto after = scrape();
  auto grown = [&](const std::string& series) { return at(after, series) - at(before, series); };
  EXPECT_EQ(grown("byline_commit_batch_commands_count"), 3);
  EXPECT_EQ(grown("byline_commit_batch_commands_sum"), 3);
  EXPECT_EQ(grown("byline_commit_batch_commands_bucket{le=\"1\"}"), 3);
  EXPECT_EQ(grown("byline_commit_fsync_seconds_count"), 3);
  EXPECT_GT(grown("byline_commit_fsync_seconds_sum"), 0);
  EXPECT_EQ(at(after, "byline_log_tail_position"), std::stod(position));
  EXPECT_TRUE(after.contains("byline_queue_commands"));
}

TEST_F(MetricsTest, AReadCommitsNothing) {
  auto before = scrape();
  admin_->get("/intake/reports");
  admin_->post("/intake/reports", document("people", {}));  // refused
  auto after = scrape();
  for (auto* series : {"byline_commit_batch_commands_count", "byline_log_tail_position"})
    EXPECT_EQ(at(after, series), at(before, series)) << series;
}

TEST_F(MetricsTest, RocksDbTellsItsMainFigures) {
  auto before = scrape();
  for (auto* property :
       {"cur-size-all-mem-tables", "total-sst-files-size", "estimate-pending-compaction-bytes",
        "num-running-compactions", "num-running-flushes", "background-errors"}) {
    EXPECT_TRUE(before.contains(std::string("byline_rocksdb{property=\"") + property + "\"}")) << property;
  }
  const std::string memory = "byline_rocksdb{property=\"cur-size-all-mem-tables\"}";
  admin_->post("/intake/reports", document("reports", {{"text", std::string(200'000, 'x')}}));
  EXPECT_GT(at(scrape(), memory), at(before, memory));
}

TEST_F(MetricsTest, HealthIsToldToAnyone) {
  for (auto [path, status] : {std::pair{"/health/live", "live"}, {"/health/ready", "ready"}}) {
    auto reply = client_->get(path);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.header("content-type"), "application/json");
    EXPECT_EQ(reply.header("cache-control"), "no-store");
    EXPECT_EQ(reply.json(), nlohmann::json({{"status", status}}));
  }
}

}  // namespace
}  // namespace byline::test
