#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace byline {

/// Where one route's requests are counted. A handle: cheap to copy, and good for as long as its Metrics
/// lives. Thread-safe.
class RouteMetrics {
 public:
  void observe(unsigned status, double seconds);

 private:
  friend class Metrics;
  struct Counts;
  explicit RouteMetrics(Counts& counts) : counts_(&counts) {}
  Counts* counts_;
};

/// What the service counts about itself, given out in the text form of Prometheus. Names follow Prometheus'
/// own advice (https://prometheus.io/docs/practices/naming/): base units, `_total` on counters. Thread-safe.
class Metrics {
 public:
  using Figures = std::vector<std::pair<std::string, double>>;

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The counters of one route; `path` is the route's template, so that the number of series stays bounded.
  RouteMetrics route(std::string_view method, std::string_view path);

  void set_log_tail(std::uint64_t position);
  void set_queue_depth(std::size_t commands);
  /// A durable write of `commands` together; `seconds` is the write and its fsync.
  void observe_commit(std::size_t commands, double seconds);
  /// Asked for with each scrape: name → value. `source` is called by whoever scrapes.
  void set_storage_figures(std::function<Figures()> source);

  /// Likewise: view → 1 where it is read, 0 where it is not.
  void set_view_figures(std::function<Figures()> source);
  /// The last time that the view was held against the log, it was right or not.
  void set_view_right(std::string_view view, bool is_right);

  /// Prometheus text format 0.0.4.
  std::string expose();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace byline
