#include "support/raw_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace byline::test {
namespace {

constexpr timeval kPatience{30, 0};

/// A connected socket, or -1.
int connect_to(std::uint16_t port) {
  int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) throw std::runtime_error("no socket can be made");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Status line and header; status 0 for what is none.
Reply parse_head(std::string_view head) {
  Reply reply;
  if (!head.starts_with("HTTP/1.1 ") || head.size() < 12) return reply;
  std::from_chars(head.data() + 9, head.data() + 12, reply.status);
  for (auto end = head.find("\r\n"); end != std::string_view::npos;) {
    head.remove_prefix(end + 2);
    end = head.find("\r\n");
    auto line = head.substr(0, end);
    auto colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    reply.headers[lower(std::string(line.substr(0, colon)))] = line.substr(colon + 2);
  }
  return reply;
}

}  // namespace

RawConnection::RawConnection(std::uint16_t port) : descriptor_(connect_to(port)) {
  if (descriptor_ < 0) throw std::runtime_error("nobody listens on port " + std::to_string(port));
  int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
}

RawConnection::~RawConnection() { ::close(descriptor_); }

bool RawConnection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawConnection::finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

bool RawConnection::fill() {
  std::array<char, 64 * 1024> bytes;
  auto size = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (size < 0 && errno == EAGAIN) timed_out_ = true;
  if (size <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(size));
  return true;
}

Reply RawConnection::receive(bool to_head) {
  auto end = std::string::npos;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  auto reply = parse_head(std::string_view(received_).substr(0, end + 2));
  received_.erase(0, end + 4);
  bool bare = to_head || reply.status < 200 || reply.status == 204 || reply.status == 304;
  auto length = reply.header("content-length");
  if (bare || length.empty()) return reply;
  auto size = std::stoul(length);
  while (received_.size() < size) {
    if (!fill()) return {};
  }
  reply.body = received_.substr(0, size);
  received_.erase(0, size);
  return reply;
}

bool RawConnection::is_readable_within(std::chrono::milliseconds time) const {
  pollfd waiting{descriptor_, POLLIN, 0};
  return !received_.empty() || ::poll(&waiting, 1, static_cast<int>(time.count())) > 0;
}

std::string RawConnection::receive_all() {
  while (fill()) {
  }
  return std::exchange(received_, {});
}

bool is_listening(std::uint16_t port) {
  int descriptor = connect_to(port);
  if (descriptor < 0) return false;
  ::close(descriptor);
  return true;
}

Reply exchange(std::uint16_t port, std::string_view bytes) {
  RawConnection connection(port);
  connection.send(bytes);
  return connection.receive();
}

std::string get_request(std::string_view path, std::string_view more_fields) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: byline\r\n" + std::string(more_fields) + "\r\n";
}

}  // namespace byline::test
