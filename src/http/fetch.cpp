#include "http/fetch.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "domain/network.hpp"

namespace byline::http {
namespace {

/// What is not the public Internet (IANA's registries of special-purpose addresses, RFC 6890 and later).
constexpr std::array<const char*, 24> kSpecial = {
    "0.0.0.0/8",      "10.0.0.0/8",   "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/3",  "::/128",         "::1/128",        "64:ff9b::/96",   "64:ff9b:1::/48",
    "100::/64",       "2001::/23",    "2001:db8::/32",  "2002::/16",      "fc00::/7",       "fe80::/9"};

bool is_special(const Address& address) {
  static const auto networks = [] {
    std::array<Network, kSpecial.size() + 1> all;
    std::ranges::transform(kSpecial, all.begin(),
                           [](const char* text) { return parse_network(text).value(); });
    all.back() = parse_network("ff00::/8").value();
    return all;
  }();
  return std::ranges::any_of(networks, [&](const Network& network) { return network.contains(address); });
}

/// Called with the very address that is going to be connected to, so that no answer of DNS gets around it.
curl_socket_t open_public(void*, curlsocktype, curl_sockaddr* to) {
  char text[INET6_ADDRSTRLEN] = {};
  const auto* generic = &to->addr;
  if (generic->sa_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(generic)->sin_addr, text, sizeof text);
  } else if (generic->sa_family == AF_INET6) {
    ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(generic)->sin6_addr, text, sizeof text);
  }
  auto address = parse_address(text);
  if (!address || is_special(*address)) return CURL_SOCKET_BAD;
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

struct FetchedBody {
  std::string text;
  std::size_t most;
};

std::size_t receive(const char* bytes, std::size_t size, std::size_t count, void* raw) {
  auto& body = *static_cast<FetchedBody*>(raw);
  if (body.text.size() + size * count > body.most) return 0;  // ends the transfer
  body.text.append(bytes, size * count);
  return size * count;
}

void set_body(CURL* curl, const std::string& body) {
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
}

/// `prepare` adds what is not the same for every request.
template <class Prepare>
std::expected<FetchedAnswer, std::string> perform(const std::string& url, const FetchRules& rules,
                                                  Prepare prepare) {
  static const auto initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), curl_easy_cleanup);
  if (initialized != CURLE_OK || !handle) return std::unexpected("there is no HTTP client");
  FetchedBody body{{}, rules.max_bytes};
  auto* curl = handle.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(rules.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "byline");
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
  if (!rules.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, rules.ca_file.c_str());
  if (!rules.allow_private_addresses) curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
  if (!rules.token.empty()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, rules.token.c_str());
  }
  prepare(curl);
  if (auto code = curl_easy_perform(curl); code != CURLE_OK) {
    if (code == CURLE_WRITE_ERROR) return std::unexpected("the answer is too large");
    return std::unexpected(curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return FetchedAnswer{static_cast<int>(status), std::move(body.text)};
}

/// Where anything but a plain success is a failure.
std::expected<std::string, std::string> body_of(std::expected<FetchedAnswer, std::string> answer) {
  if (!answer) return std::unexpected(std::move(answer.error()));
  if (answer->status != 200)
    return std::unexpected("the answer has the status " + std::to_string(answer->status));
  return std::move(answer->body);
}

}  // namespace

std::expected<std::string, std::string> fetch(const std::string& url, const FetchRules& rules) {
  return body_of(perform(url, rules, [](CURL*) {}));
}

std::expected<std::string, std::string> post_form(const std::string& url, const std::string& form,
                                                  const std::string& user, const std::string& password,
                                                  const FetchRules& rules) {
  return body_of(perform(url, rules, [&](CURL* curl) {
    set_body(curl, form);
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_USERNAME, user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, password.c_str());
  }));
}

namespace {

struct Lines {
  CURL* curl;
  const std::function<bool(std::string_view)>& each;
  std::string rest;  ///< of a line whose end has not come
  bool enough = false;
};

std::size_t receive_lines(const char* bytes, std::size_t size, std::size_t count, void* raw) {
  auto& lines = *static_cast<Lines*>(raw);
  long status = 0;
  curl_easy_getinfo(lines.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return size * count;
  auto fresh = lines.rest.size();
  lines.rest.append(bytes, size * count);
  std::size_t begin = 0;
  for (auto end = lines.rest.find('\n', fresh); end != std::string::npos;
       end = lines.rest.find('\n', begin)) {
    if (!lines.each(std::string_view(lines.rest).substr(begin, end - begin))) {
      lines.enough = true;
      return 0;  // ends the transfer
    }
    begin = end + 1;
  }
  lines.rest.erase(0, begin);
  constexpr std::size_t kLongestLine = 16 << 20;
  return lines.rest.size() > kLongestLine ? 0 : size * count;
}

}  // namespace

std::expected<void, std::string> fetch_lines(const std::string& url, const FetchRules& rules,
                                             const std::function<bool(std::string_view)>& each) {
  Lines lines{nullptr, each, {}};
  auto answer = perform(url, rules, [&](CURL* curl) {
    lines.curl = curl;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(rules.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);  // bytes a second, for so long:
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, 60L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_lines);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &lines);
  });
  if (lines.enough) return {};
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == 200 && lines.rest.empty()) return {};
  return std::unexpected(answer->status == 200
                             ? "the answer ends within a line"
                             : "the answer has the status " + std::to_string(answer->status));
}

std::expected<FetchedAnswer, std::string> get_text(const std::string& url, const FetchRules& rules) {
  return perform(url, rules, [](CURL* curl) { curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https"); });
}

std::expected<FetchedAnswer, std::string> post_text(const std::string& url, const std::string& text,
                                                    const FetchRules& rules, const char* content_type) {
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers(
      curl_slist_append(nullptr, ("Content-Type: " + std::string(content_type)).c_str()),
      curl_slist_free_all);
  return perform(url, rules, [&](CURL* curl) {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    set_body(curl, text);
  });
}

}  // namespace byline::http
