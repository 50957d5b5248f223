#include "telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>

namespace byline {
namespace {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

constexpr unsigned kLowestStatus = 100;
constexpr unsigned kStatuses = 500;

const Histogram::BucketBoundaries kSeconds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                              0.05,   0.1,     0.25,   0.5,   1,      2.5,   5,    10};
const Histogram::BucketBoundaries kCommands = {1, 2, 4, 8, 16, 32, 64, 128, 256};

}  // namespace

/// A counter a status is made when the status first occurs, and found without a lock from then on.
struct RouteMetrics::Counts {
  Counts(prometheus::Family<Counter>& the_family, prometheus::Labels the_labels, Histogram& the_seconds)
      : family(the_family), labels(std::move(the_labels)), seconds(the_seconds) {}

  Counter& of(unsigned status) {
    auto& place = by_status[std::clamp(status, kLowestStatus, kLowestStatus + kStatuses - 1) - kLowestStatus];
    auto* counter = place.load(std::memory_order_acquire);
    if (counter) return *counter;
    auto all_labels = labels;
    all_labels.emplace("status", std::to_string(status));
    counter = &family.Add(all_labels);  // gives the same one to all who ask for it
    place.store(counter, std::memory_order_release);
    return *counter;
  }

  prometheus::Family<Counter>& family;
  prometheus::Labels labels;
  Histogram& seconds;
  std::array<std::atomic<Counter*>, kStatuses> by_status{};
};

void RouteMetrics::observe(unsigned status, double seconds) {
  counts_->of(status).Increment();
  counts_->seconds.Observe(seconds);
}

struct Metrics::Parts {
  prometheus::Registry registry;
  prometheus::Family<Counter>& requests = prometheus::BuildCounter()
                                              .Name("byline_http_requests_total")
                                              .Help("Requests answered, by route and status.")
                                              .Register(registry);
  prometheus::Family<Histogram>& durations = prometheus::BuildHistogram()
                                                 .Name("byline_http_request_duration_seconds")
                                                 .Help("Time from a request's last byte to its answer.")
                                                 .Register(registry);
  Histogram& batch = prometheus::BuildHistogram()
                         .Name("byline_commit_batch_commands")
                         .Help("Commands made durable by one write.")
                         .Register(registry)
                         .Add({}, kCommands);
  Histogram& fsync = prometheus::BuildHistogram()
                         .Name("byline_commit_fsync_seconds")
                         .Help("Time of one durable write: the log's append and its fsync.")
                         .Register(registry)
                         .Add({}, kSeconds);
  Gauge& log_tail = prometheus::BuildGauge()
                        .Name("byline_log_tail_position")
                        .Help("Position of the last event.")
                        .Register(registry)
                        .Add({});
  Gauge& queue_depth = prometheus::BuildGauge()
                           .Name("byline_queue_commands")
                           .Help("Commands that were waiting when the writer last looked.")
                           .Register(registry)
                           .Add({});
  prometheus::Family<Gauge>& storage =
      prometheus::BuildGauge().Name("byline_rocksdb").Help("Main properties of RocksDB.").Register(registry);

  std::deque<RouteMetrics::Counts> routes;  // their addresses stay
  std::mutex mutex;                         // guards what follows
  prometheus::Family<Gauge>& view_live =
      prometheus::BuildGauge()
          .Name("byline_view_live")
          .Help("1 where the view is read, 0 while it is built or stalled.")
          .Register(registry);
  prometheus::Family<Gauge>& view_right =
      prometheus::BuildGauge()
          .Name("byline_view_right")
          .Help("1 where the view was what the log gives when it was verified last.")
          .Register(registry);
  std::function<Figures()> storage_source;
  std::function<Figures()> view_source;
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

RouteMetrics Metrics::route(std::string_view method, std::string_view path) {
  prometheus::Labels labels = {{"method", std::string(method)}, {"route", std::string(path)}};
  auto& seconds = parts_->durations.Add(labels, kSeconds);
  std::lock_guard guard(parts_->mutex);
  return RouteMetrics(parts_->routes.emplace_back(parts_->requests, std::move(labels), seconds));
}

void Metrics::set_log_tail(std::uint64_t position) { parts_->log_tail.Set(static_cast<double>(position)); }

void Metrics::set_queue_depth(std::size_t commands) {
  parts_->queue_depth.Set(static_cast<double>(commands));
}

void Metrics::observe_commit(std::size_t commands, double seconds) {
  parts_->batch.Observe(static_cast<double>(commands));
  parts_->fsync.Observe(seconds);
}

void Metrics::set_storage_figures(std::function<Figures()> source) {
  std::lock_guard guard(parts_->mutex);
  parts_->storage_source = std::move(source);
}

void Metrics::set_view_figures(std::function<Figures()> source) {
  std::lock_guard guard(parts_->mutex);
  parts_->view_source = std::move(source);
}

void Metrics::set_view_right(std::string_view view, bool is_right) {
  parts_->view_right.Add({{"view", std::string(view)}}).Set(is_right ? 1 : 0);
}

std::string Metrics::expose() {
  {
    std::lock_guard guard(parts_->mutex);
    if (parts_->storage_source) {
      for (const auto& [name, value] : parts_->storage_source())
        parts_->storage.Add({{"property", name}}).Set(value);
    }
    if (parts_->view_source) {
      for (const auto& [name, value] : parts_->view_source())
        parts_->view_live.Add({{"view", name}}).Set(value);
    }
  }
  return prometheus::TextSerializer().Serialize(parts_->registry.Collect());
}

}  // namespace byline
