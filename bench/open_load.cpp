// Load whose requests come when they come, as callers who know nothing of each other send them (Poisson):
// latency counts from when a request was due, so that what waits behind a stall is seen to wait.
//
//   open_load --url http://127.0.0.1:PORT --rate 1000 [--seconds 10] [--warm-up 1] [--connections 256] <
//   REQUESTS
//
// REQUESTS is a JSON array of {method, path, headers: {name: value}, body, share}; "{n}" in a body becomes a
// number that no other request has. A request takes the connection that is free, and waits for one where none
// is. What it prints is one JSON object; latencies in microseconds.

#include <CLI/CLI.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/result.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Error = boost::system::error_code;

/// Bytes of a request, but for what differs from one to the next.
class Template {
 public:
  Template(const nlohmann::json& request, const std::string& host) : share_(request.value("share", 1.0)) {
    head_ = request.at("method").get<std::string>() + " " + request.at("path").get<std::string>() +
            " HTTP/1.1\r\nHost: " + host + "\r\n";
    for (const auto& [name, value] : request.at("headers").items())
      head_ += name + ": " + value.get<std::string>() + "\r\n";
    auto body = request.value("body", "");
    for (std::size_t from = 0, at = 0; at != std::string::npos; from = at + 3) {
      at = body.find("{n}", from);
      pieces_.push_back(body.substr(from, at == std::string::npos ? at : at - from));
    }
  }
  double share() const { return share_; }
  void write(std::string& out, std::uint64_t number) const {
    std::string body = pieces_.front();
    for (std::size_t i = 1; i < pieces_.size(); ++i) body += std::to_string(number) + pieces_[i];
    out = head_ + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

 private:
  std::string head_;
  std::vector<std::string> pieces_;  ///< of the body, between its numbers
  double share_;
};

struct Results {
  // Within the time that counts, whenever they were due.
  std::uint64_t done = 0;     ///< answered with 2xx
  std::uint64_t refused = 0;  ///< with 429 or 503
  // Of what was due in that time, whenever it was answered.
  std::vector<double> latencies;  ///< of what was answered with 2xx
  std::uint64_t failed = 0;       ///< or not answered until the load gave up
};

/// For how long answers are waited for when no more requests come.
constexpr std::chrono::seconds kPatience{30};

class Load;

class Connection {
 public:
  Connection(Load& load, asio::io_context& context) : load_(load), socket_(context) {}
  void send(Clock::time_point due);

 private:
  void write();
  void read();
  void end(unsigned status, bool keep);

  Load& load_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> parser_;
  std::string bytes_;
  Clock::time_point due_;
};

class Load {
 public:
  Load(tcp::endpoint server, std::vector<Template> templates, double rate, std::size_t connections,
       Clock::time_point begin, Clock::time_point counted, Clock::time_point end)
      : server_(std::move(server)),
        templates_(std::move(templates)),
        begin_(begin),
        counted_(counted),
        end_(end),
        timer_(context_),
        gap_(rate),
        next_(begin) {
    std::vector<double> shares;
    shares.reserve(templates_.size());
    for (const auto& each : templates_) shares.push_back(each.share());
    choice_ = std::discrete_distribution<std::size_t>(shares.begin(), shares.end());
    for (std::size_t i = 0; i < connections; ++i) free_.push_back(new_connection());
  }

  Results run() {
    timer_.expires_at(begin_);
    timer_.async_wait([this](Error) { arrive(); });
    context_.run_until(end_ + kPatience);
    results_.failed += open_;
    return std::move(results_);
  }

  void next_request(std::string& bytes) {
    ++sent_;
    templates_[choice_(random_)].write(bytes, sent_);
  }
  void finish(Connection* connection, Clock::time_point due, unsigned status) {
    auto now = Clock::now();
    bool is_done = status / 100 == 2, is_refused = status == 429 || status == 503;
    if (now >= counted_ && now < end_) {
      results_.done += is_done ? 1 : 0;
      results_.refused += is_refused ? 1 : 0;
    }
    if (due >= counted_) {
      --open_;
      if (is_done) results_.latencies.push_back(std::chrono::duration<double, std::micro>(now - due).count());
      if (!is_done && !is_refused) ++results_.failed;
    }
    if (waiting_.empty()) {
      free_.push_back(connection);
    } else {
      auto first = waiting_.front();
      waiting_.pop_front();
      connection->send(first);
    }
  }
  const tcp::endpoint& server() const { return server_; }

 private:
  Connection* new_connection() {
    connections_.push_back(std::make_unique<Connection>(*this, context_));
    return connections_.back().get();
  }
  /// Everything that is due.
  void arrive() {
    auto now = Clock::now();
    for (; next_ <= now && next_ < end_;
         next_ += std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * gap_(random_)))) {
      if (next_ >= counted_) ++open_;
      if (free_.empty()) {
        waiting_.push_back(next_);
        continue;
      }
      auto* connection = free_.back();
      free_.pop_back();
      connection->send(next_);
    }
    if (next_ >= end_) return;
    timer_.expires_at(next_);
    timer_.async_wait([this](Error) { arrive(); });
  }

  asio::io_context context_{1};
  tcp::endpoint server_;
  std::vector<Template> templates_;
  Clock::time_point begin_, counted_, end_;
  asio::steady_timer timer_;
  std::mt19937_64 random_{std::random_device()()};
  std::exponential_distribution<double> gap_;  ///< seconds
  std::discrete_distribution<std::size_t> choice_;
  Clock::time_point next_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> free_;
  std::deque<Clock::time_point> waiting_;  ///< for a connection: when they were due
  std::uint64_t sent_ = 0;
  std::uint64_t open_ = 0;  ///< of what was due in the time that counts
  Results results_;
};

void Connection::send(Clock::time_point due) {
  due_ = due;
  load_.next_request(bytes_);
  if (socket_.is_open()) return write();
  socket_.async_connect(load_.server(), [this](Error error) {
    if (error) return end(0, false);
    socket_.set_option(tcp::no_delay(true), error);
    write();
  });
}

void Connection::write() {
  asio::async_write(socket_, asio::buffer(bytes_), [this](Error error, std::size_t) {
    if (error) return end(0, false);
    read();
  });
}

void Connection::read() {
  parser_.emplace();
  http::async_read(socket_, buffer_, *parser_, [this](Error error, std::size_t) {
    if (error) return end(0, false);
    end(parser_->get().result_int(), parser_->get().keep_alive());
  });
}

void Connection::end(unsigned status, bool keep) {
  if (!keep) {
    Error ignored;
    socket_.close(ignored);
    buffer_.clear();
  }
  load_.finish(this, due_, status);
}

}  // namespace

int main(int count, char** words) try {
  std::string url;
  double rate = 1000, seconds = 10, warm_up = 1;
  std::size_t connections = 256;
  CLI::App app;
  app.add_option("--url", url)->required();
  app.add_option("--rate", rate);
  app.add_option("--seconds", seconds);
  app.add_option("--warm-up", warm_up);
  app.add_option("--connections", connections);
  CLI11_PARSE(app, count, words);
  auto host = url.substr(url.find("//") + 2);
  auto port = static_cast<std::uint16_t>(std::stoi(host.substr(host.find(':') + 1)));
  std::vector<Template> templates;
  for (const auto& request : nlohmann::json::parse(std::cin)) templates.emplace_back(request, host);
  auto after = [begin = Clock::now()](double time) {
    return begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(time));
  };
  Load load({asio::ip::make_address("127.0.0.1"), port}, std::move(templates), rate, connections, after(0.1),
            after(0.1 + warm_up), after(0.1 + warm_up + seconds));
  auto results = load.run();
  nlohmann::ordered_json printed = {{"rate", static_cast<double>(results.done) / seconds},
                                    {"p50", byline::quantile(results.latencies, 0.5)},
                                    {"p99", byline::quantile(results.latencies, 0.99)},
                                    {"p999", byline::quantile(results.latencies, 0.999)},
                                    {"refused", static_cast<double>(results.refused) / seconds},
                                    {"failed", results.failed}};
  std::cout << printed << '\n';
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
