#include "support/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace byline::test {
namespace {

std::size_t append(char* bytes, std::size_t, std::size_t count, void* out) {
  static_cast<std::string*>(out)->append(bytes, count);
  return count;
}

std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* out) {
  std::string line(bytes, count);
  auto colon = line.find(':');
  if (colon == std::string::npos) return count;
  auto name = line.substr(0, colon);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto value = line.substr(colon + 1);
  value.erase(0, value.find_first_not_of(" \t"));
  value.erase(value.find_last_not_of(" \t\r\n") + 1);
  (*static_cast<std::map<std::string, std::string>*>(out))[name] = value;
  return count;
}

}  // namespace

nlohmann::json Reply::json() const {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  return parsed.is_discarded() ? nlohmann::json() : parsed;
}

std::string Reply::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string Reply::codes() const {
  std::string text;
  auto document = json();
  if (!document.contains("errors")) return {};
  for (const auto& error : document["errors"]) text += (text.empty() ? "" : " ") + error.value("code", "");
  return text;
}

std::string Reply::places() const {
  std::string text;
  auto document = json();
  if (!document.contains("errors")) return {};
  for (const auto& error : document["errors"]) {
    auto source = error.value("source", nlohmann::json::object());
    text += (text.empty() ? "" : "; ") + source.value("pointer", "") + " " + error.value("code", "");
  }
  return text;
}

struct HttpClient::Handle {
  Handle() : curl(curl_easy_init()) {
    if (!curl) throw std::runtime_error("curl cannot be used");
  }
  ~Handle() { curl_easy_cleanup(curl); }
  CURL* curl;
};

HttpClient::HttpClient(std::string base) : handle_(std::make_unique<Handle>()), base_(std::move(base)) {}
HttpClient::~HttpClient() = default;

Reply HttpClient::send(const std::string& method, const std::string& path, const std::string& body,
                       const Headers& headers) {
  auto* curl = handle_->curl;
  curl_easy_reset(curl);  // keeps the connection
  Reply reply;
  curl_slist* lines = curl_slist_append(nullptr, "Expect:");
  bool typed = false;
  for (const auto& [name, value] : headers) {
    typed = typed || name == "Content-Type";
    // curl's way of sending a header without a value.
    lines = curl_slist_append(lines, value.empty() ? (name + ";").c_str() : (name + ": " + value).c_str());
  }
  if (!typed) lines = curl_slist_append(lines, "Content-Type:");  // none of curl's own
  if (!bearer_.empty()) lines = curl_slist_append(lines, ("Authorization: Bearer " + bearer_).c_str());
  curl_easy_setopt(curl, CURLOPT_URL, (base_ + path).c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
  if (method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (!body.empty() || method == "POST" || method == "PATCH") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  }
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply.headers);
  auto result = curl_easy_perform(curl);
  curl_slist_free_all(lines);
  if (result != CURLE_OK) return {};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

Reply HttpClient::send_document(const std::string& method, const std::string& path,
                                const nlohmann::json& document, Headers headers) {
  headers.emplace_back("Content-Type", "application/vnd.api+json");
  return send(method, path, document.dump(), headers);
}

Reply HttpClient::post(const std::string& path, const nlohmann::json& document, const Headers& headers) {
  return send_document("POST", path, document, headers);
}

Reply HttpClient::patch(const std::string& path, const nlohmann::json& document, const Headers& headers) {
  return send_document("PATCH", path, document, headers);
}

Reply HttpClient::post_form(const std::string& path, const Headers& fields, const Headers& headers) {
  std::string body;
  for (const auto& [name, value] : fields) {
    char* escaped = curl_easy_escape(handle_->curl, value.data(), static_cast<int>(value.size()));
    body += (body.empty() ? "" : "&") + name + "=" + escaped;
    curl_free(escaped);
  }
  auto all = headers;
  all.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  return send("POST", path, body, all);
}

}  // namespace byline::test
