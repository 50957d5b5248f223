#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

namespace byline::http {

/// How others' servers may be asked.
struct FetchRules {
  /// Loopback, link-local, private and other addresses that are not the Internet's: a registered address must
  /// not make this service knock at its neighbors' doors.
  bool allow_private_addresses = false;
  std::string ca_file = {};  ///< PEM, in place of the system's certificates
  std::chrono::milliseconds timeout = std::chrono::seconds(5);
  std::size_t max_bytes = 64 * 1024;
  std::string token = {};  ///< for `Authorization: Bearer`; empty: none
};

/// GETs an https address: no redirection is followed, no proxy asked, no cookie kept. Blocks: not for I/O
/// threads. The error says what is wrong, without a full stop.
std::expected<std::string, std::string> fetch(const std::string& url, const FetchRules& rules);
/// POSTs a form, with the user and password of HTTP Basic (RFC 7617). Likewise.
std::expected<std::string, std::string> post_form(const std::string& url, const std::string& form,
                                                  const std::string& user, const std::string& password,
                                                  const FetchRules& rules);

struct FetchedAnswer {
  int status = 0;
  std::string body;
};
/// GETs lines from an http or https address and takes one after the
/// other until `each` gives false, however many there are. Likewise.
std::expected<void, std::string> fetch_lines(const std::string& url, const FetchRules& rules,
                                             const std::function<bool(std::string_view)>& each);

/// GETs a text and gives whatever the other side answers; `http` addresses are taken too. Likewise.
std::expected<FetchedAnswer, std::string> get_text(const std::string& url, const FetchRules& rules);
/// POSTs a text and gives whatever the other side answers. `http` addresses are taken too: for who checks
/// what comes back. Likewise.
std::expected<FetchedAnswer, std::string> post_text(const std::string& url, const std::string& text,
                                                    const FetchRules& rules,
                                                    const char* content_type = "text/plain; charset=utf-8");

}  // namespace byline::http
