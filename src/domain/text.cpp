#include "domain/text.hpp"

#include <algorithm>
#include <vector>

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "domain/unicode.hpp"
#include "events/lookalike.hpp"

namespace byline {
namespace {

constexpr std::size_t kMaxName = 200;  // code points
constexpr std::size_t kMaxCredentialLabel = 50;
constexpr std::size_t kMaxDescription = 4000;  // code points
constexpr std::size_t kMaxUrl = 2048;          // octets

/// The marks of UAX #9 §2.6 move nothing beyond their place, and running text in two directions needs them.
bool is_direction_mark(UChar32 c) { return c == 0x200E || c == 0x200F || c == 0x061C; }

enum class Kind { name, running_text };

constexpr UChar32 kZeroWidthNonJoiner = 0x200C, kZeroWidthJoiner = 0x200D;
constexpr UChar32 kBlackFlag = 0x1F3F4;

bool is_tag(UChar32 c) { return c >= 0xE0020 && c <= 0xE007F; }
bool is_variation_selector(UChar32 c) {
  return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

/// Characters that do not show are spelling in some scripts and pictures; anywhere else they make two names
/// out of one. `before` is the character in front, and tags before it count as the flag that they follow.
bool is_misplaced_ignorable(UChar32 c, UChar32 before) {
  if (!u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || is_variation_selector(c)) return false;
  if (is_tag(c)) return before != kBlackFlag;
  if (c != kZeroWidthJoiner && c != kZeroWidthNonJoiner) return true;
  UErrorCode status = U_ZERO_ERROR;
  auto script = uscript_getScript(before, &status);
  bool joins = script != USCRIPT_LATIN && script != USCRIPT_GREEK && script != USCRIPT_CYRILLIC &&
               before > 0x7F && !u_isUWhiteSpace(before);
  return !joins;
}

/// Why a character may not stand in a text that people read; nullopt where it may.
std::optional<std::string> objection(UChar32 c, Kind kind) {
  if (kind == Kind::running_text && (c == '\n' || c == '\t' || is_direction_mark(c))) return std::nullopt;
  if (u_hasBinaryProperty(c, UCHAR_BIDI_CONTROL)) return "a control of writing direction";
  if (u_hasBinaryProperty(c, UCHAR_NONCHARACTER_CODE_POINT)) return "a code point that is no character";
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
      return "a control character";
    case U_PRIVATE_USE_CHAR:
      return "a character of private use";
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
      return "a line break";
    default:
      return std::nullopt;
  }
}

std::unexpected<Problem> problem(Code code, const char* field, std::string detail = {}) {
  return std::unexpected(Problem{code, field, std::move(detail)});
}

/// Boost 1.81 takes a port that is no number for the beginning of a path, and one of more than 16 bits modulo
/// their number.
bool has_right_port(const boost::urls::url_view& url) {
  std::string_view path(url.encoded_path().data(), url.encoded_path().size());
  if (!path.empty() && path.front() != '/') return false;
  auto port = url.port();
  std::string_view digits(port.data(), port.size());
  std::uint16_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return digits.empty() || (error == std::errc{} && number > 0);
}

struct Survey {
  std::size_t code_points = 0;
  bool shows = false;
  bool hides = false;  ///< a character that does not show and spells nothing
  std::optional<std::string> objection;
};

/// A blank by its look, though Unicode counts it among the symbols.
constexpr UChar32 kBrailleBlank = 0x2800;

Survey survey(std::string_view text, Kind kind) {
  Survey found;
  UChar32 before = 0;
  for_each_code_point(text, [&](UChar32 c) {
    ++found.code_points;
    // A carriage return is half a line break; alone it would write over what stands before it.
    if (before == '\r' && c != '\n') found.objection = "a control character";
    bool may_begin_break = c == '\r' && kind == Kind::running_text;
    if (!found.objection && !may_begin_break) found.objection = objection(c, kind);
    found.hides = found.hides || is_misplaced_ignorable(c, before);
    found.shows = found.shows || (!u_isUWhiteSpace(c) && c != kBrailleBlank &&
                                  !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT));
    if (!(is_tag(c) && before == kBlackFlag)) before = c;
    return !found.objection;
  });
  if (before == '\r' && !found.objection) found.objection = "a control character";
  return found;
}

std::expected<std::string, Problem> parse_line(std::string_view text, const char* field, std::size_t most) {
  if (!is_valid_utf8(text)) return problem(Code::forbidden_character, field, "bytes that are not UTF-8");
  auto too_long = problem(Code::too_long, field, std::to_string(most) + " characters");
  auto trimmed = trim_white_space(text);
  if (trimmed.size() > 64 * most) return too_long;
  auto line = to_nfc(trimmed);
  auto found = survey(line, Kind::name);
  if (found.objection) return problem(Code::forbidden_character, field, *found.objection);
  if (!found.shows) return problem(Code::required, field);
  if (found.hides) return problem(Code::forbidden_character, field, "one that does not show");
  if (found.code_points > most) return too_long;
  return line;
}

}  // namespace

std::expected<std::string, Problem> parse_name(std::string_view text) {
  return parse_line(text, "name", kMaxName);
}

std::expected<std::string, Problem> parse_label(std::string_view text) {
  return parse_line(text, "", kMaxCredentialLabel);
}

std::expected<std::string, Problem> parse_description(std::string_view text) {
  if (!is_valid_utf8(text))
    return problem(Code::forbidden_character, "description", "bytes that are not UTF-8");
  auto found = survey(text, Kind::running_text);
  if (found.objection) return problem(Code::forbidden_character, "description", *found.objection);
  if (found.code_points > kMaxDescription) return problem(Code::too_long, "description", "4000 characters");
  return std::string(text);
}

std::expected<std::string, Problem> parse_url(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() > kMaxUrl) return problem(Code::too_long, "url", "2048 octets");
  if (text.find("://") == std::string_view::npos)
    return problem(Code::invalid_url, "url", "it must begin with https:// or http://");
  auto url = boost::urls::parse_uri({text.data(), text.size()});
  if (!url) return problem(Code::invalid_url, "url", "it is not a URI as RFC 3986 has it");
  if (url->scheme_id() != boost::urls::scheme::http && url->scheme_id() != boost::urls::scheme::https) {
    return problem(Code::invalid_url, "url", "it must begin with https:// or http://");
  }
  if (!url->has_authority() || url->encoded_host().empty())
    return problem(Code::invalid_url, "url", "it names no host");
  if (!has_right_port(*url)) return problem(Code::invalid_url, "url", "its port is not one");
  if (url->has_userinfo())
    return problem(Code::invalid_url, "url", "it must not carry a user name or password");
  // RFC 3986 §3.2.2 has it only for names that DNS does not know.
  if (url->encoded_host().find('%') != std::string_view::npos)
    return problem(Code::invalid_url, "url", "its host is percent-encoded");
  return std::string(text);
}

std::expected<std::string, Problem> parse_account_name(std::string_view text) {
  static const auto own = [] {
    std::vector<std::string> keys;
    for (auto name : {"System", "The system", "erased account", "[erased]", "[locked]"})
      keys.push_back(skeleton_of(to_folded(name)));
    return keys;
  }();
  auto name = parse_name(text);
  if (name && std::ranges::find(own, skeleton_of(to_folded(*name))) != own.end())
    return std::unexpected(Problem{Code::invalid_value, "name", "Byline itself signs with this name"});
  return name;
}

}  // namespace byline
