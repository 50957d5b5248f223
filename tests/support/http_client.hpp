#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace byline::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;                              ///< 0: there was no answer
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  /// The body as JSON; null where it is none.
  nlohmann::json json() const;
  /// The header's value; empty where there is none.
  std::string header(const std::string& name) const;
  /// The codes of a JSON:API error document, in order, joined by spaces.
  std::string codes() const;
  /// `pointer code` of every error, in order, joined by `; `.
  std::string places() const;
};

/// A client over libcurl that keeps its connection. One thread's.
class HttpClient {
 public:
  explicit HttpClient(std::string base);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sent with every request from now on; empty for none.
  void set_bearer(std::string token) { bearer_ = std::move(token); }
  const std::string& bearer() const { return bearer_; }
  const std::string& base() const { return base_; }

  /// Exactly these headers, beside Authorization and those that curl needs.
  Reply send(const std::string& method, const std::string& path, const std::string& body = {},
             const Headers& headers = {});

  // JSON:API.
  Reply get(const std::string& path, const Headers& headers = {}) { return send("GET", path, {}, headers); }
  Reply post(const std::string& path, const nlohmann::json& document, const Headers& headers = {});
  Reply patch(const std::string& path, const nlohmann::json& document, const Headers& headers = {});
  Reply remove(const std::string& path, const Headers& headers = {}) {
    return send("DELETE", path, {}, headers);
  }
  /// `application/x-www-form-urlencoded`
  Reply post_form(const std::string& path, const Headers& fields, const Headers& headers = {});

 private:
  Reply send_document(const std::string& method, const std::string& path, const nlohmann::json& document,
                      Headers headers);
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::string base_;
  std::string bearer_;
};

}  // namespace byline::test
