#include <charconv>

#include "byline/service.hpp"
#include "events/codec.hpp"
#include "http/fetch.hpp"
#include "service/follower.hpp"

namespace byline {
namespace {

using Each = std::function<bool(std::uint64_t, std::string_view)>;

http::FetchRules rules_of(const LogPlace& place) {
  return {.allow_private_addresses = true, .ca_file = place.ca_file.string(), .token = place.token};
}

std::expected<void, std::string> read_service(const LogPlace& place, std::uint64_t after, const Each& each) {
  auto url = place.url;
  while (url.ends_with('/')) url.pop_back();
  bool damaged = false;
  auto read =
      http::fetch_lines(url + "/admin/audit-events/export?after=" + std::to_string(after), rules_of(place),
                        [&](std::string_view line) {
                          constexpr std::string_view kBegin = "{\"position\":";
                          std::uint64_t position = 0;
                          if (line.starts_with(kBegin))
                            std::from_chars(line.data() + kBegin.size(), line.data() + line.size(), position);
                          damaged = position == 0;
                          return !damaged && each(position, line);
                        });
  if (!read) {
    auto why = read.error();
    if (why.ends_with("status 401")) why += ": give a token that is good with --token-file or BYLINE_TOKEN";
    if (why.ends_with("status 403")) why += ": whose token it is may not read the audit (admin.audit:view)";
    return std::unexpected("The log of " + place.url + " cannot be read: " + why + ".");
  }
  if (damaged) return std::unexpected("What " + place.url + " sent is no log.");
  return {};
}

}  // namespace

std::expected<void, std::string> read_log(const LogPlace& place, std::uint64_t after, const Each& each,
                                          const std::function<void(std::uint64_t)>& tell_last) {
  if (!place.url.empty()) return read_service(place, after, each);
  auto database = open_follower(place.data, place.key_file);
  if (!database) return std::unexpected(database.error());
  try {
    if (tell_last) tell_last((*database)->log().tail().value);
    auto opener = (*database)->subject_keys();
    std::string shown;
    for (auto cursor = (*database)->log().read({after}); cursor->next();) {
      if (!each(cursor->position().value, shown_form(cursor->bytes(), opener, shown))) break;
    }
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()) + ".");
  }
  return {};
}

std::expected<void, std::string> send_json(const std::string& url, const std::string& json) {
  auto answer = http::post_text(url, json, {.allow_private_addresses = true}, "application/json");
  if (!answer) return std::unexpected(answer.error());
  if (answer->status >= 200 && answer->status < 300) return {};
  return std::unexpected("the answer has the status " + std::to_string(answer->status));
}

}  // namespace byline
