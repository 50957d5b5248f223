#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/service.hpp"

namespace byline::test {

/// A write that was answered with success, and what must be readable ever after.
struct Acknowledged {
  std::string path;  ///< of the resource
  std::string name;  ///< its attribute `name`
  std::uint64_t position = 0;
  std::string client_secret;  ///< of an application
};

/// A request that got no answer, under its idempotency key: it happened whole or not at all.
struct Unanswered {
  std::string path;
  nlohmann::json document;
  std::string idempotency_key;
};

/// Clients that write without pause until the service does not answer any more.
class WriteLoad {
 public:
  /// `round` keeps names and addresses of one load apart from those of another.
  WriteLoad(const Service& service, const std::string& role, unsigned clients, const std::string& round);
  /// Waits for the clients to give up.
  ~WriteLoad();

  std::size_t acknowledged_count() const { return count_; }
  /// Call after `finish`.
  void finish();
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }
  const std::vector<Unanswered>& unanswered() const { return unanswered_; }
  /// Answers that were neither a success nor missing.
  const std::vector<Reply>& refused() const { return refused_; }

 private:
  void write(const Service& service, const std::string& role, const std::string& prefix);

  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::vector<Acknowledged> acknowledged_;
  std::vector<Unanswered> unanswered_;
  std::vector<Reply> refused_;
  std::vector<std::jthread> clients_;
};

/// Fails the test where something acknowledged is not there as it was acknowledged.
void expect_all_there(const Service& service, const std::vector<Acknowledged>& acknowledged);

}  // namespace byline::test
