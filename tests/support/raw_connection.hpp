#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "support/http_client.hpp"

namespace byline::test {

/// A socket to a server on this machine, for what no decent client would send. Waits at most half a minute
/// for anything; a wait that comes to nothing reads as an end.
class RawConnection {
 public:
  /// Throws where nobody listens.
  explicit RawConnection(std::uint16_t port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False where the peer does not take it any more.
  bool send(std::string_view bytes);
  /// Tells the peer that nothing more will come.
  void finish_sending();

  /// The next answer. `to_head`: the answer to a HEAD, which has no body whatever its header says. Status 0
  /// at the end of the connection, and for what is no HTTP.
  Reply receive(bool to_head = false);
  /// Whether there is something to read, or the end, within that time.
  bool is_readable_within(std::chrono::milliseconds time) const;
  /// Everything up to the connection's end.
  std::string receive_all();
  /// Whether the connection has ended with nothing left to read. Waits for that.
  bool ended() { return receive_all().empty() && !timed_out_; }

 private:
  bool fill();
  int descriptor_ = -1;
  bool timed_out_ = false;
  std::string received_;
};

/// Whether anybody listens on the port.
bool is_listening(std::uint16_t port);

/// One request on a connection of its own, and its answer.
Reply exchange(std::uint16_t port, std::string_view bytes);

/// `GET path` with a Host header and the empty line that ends it.
std::string get_request(std::string_view path, std::string_view more_fields = {});

}  // namespace byline::test
