#include "domain/email.hpp"

#include <unicode/idna.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <memory>

#include "domain/unicode.hpp"

namespace byline {
namespace {

constexpr std::size_t kMaxLocal = 64;     // RFC 5321 §4.5.3.1.1, octets
constexpr std::size_t kMaxAddress = 254;  // RFC 3696 erratum 1690: a path of 256 less its brackets
constexpr std::size_t kMaxDnsLabel = 63;  // RFC 1035 §2.3.4

std::unexpected<Problem> invalid(std::string why) {
  return std::unexpected(Problem{Code::invalid_email, "email", std::move(why)});
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// RFC 5322 §3.2.3.
bool is_atext(char c) {
  return is_letter(c) || is_digit(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

/// What may stand in a local part beyond ASCII: assigned characters that show.
bool is_visible(UChar32 c) {
  return u_isdefined(c) && !u_iscntrl(c) && !u_isUWhiteSpace(c) &&
         !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) && u_charType(c) != U_PRIVATE_USE_CHAR &&
         u_charType(c) != U_SURROGATE;
}

bool is_mark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }

/// Dots stand between atoms, each of which has a character at least, and none begins with a mark that would
/// be drawn over the dot before it.
bool is_dot_atom(std::string_view local) {
  if (local.empty() || local.back() == '.') return false;
  bool atom_begins = true;
  return for_each_code_point(local, [&](UChar32 c) {
    if (atom_begins && (c == '.' || is_mark(c))) return false;
    atom_begins = c == '.';
    return c < 0x80 ? c == '.' || is_atext(static_cast<char>(c)) : is_visible(c);
  });
}

/// UTS #46 drops what does not show and would so make an address out of what no person could type again.
/// Joiners are spelling in some scripts; it checks them itself.
bool shows_all(std::string_view domain) {
  constexpr UChar32 kNonJoiner = 0x200C, kJoiner = 0x200D;
  return for_each_code_point(
      domain, [](UChar32 c) { return c < 0x80 || c == kNonJoiner || c == kJoiner || is_visible(c); });
}

/// A domain in A-labels: letters, digits and hyphens, two labels or more, the last not all digits.
bool is_domain(std::string_view domain) {
  std::size_t labels = 0;
  bool numeric = false;
  for (auto rest = domain; labels == 0 || !rest.empty(); ++labels) {
    auto label = rest.substr(0, rest.find('.'));
    bool last = label.size() == rest.size();
    if (label.empty() || label.size() > kMaxDnsLabel || label.front() == '-' || label.back() == '-')
      return false;
    if (!std::ranges::all_of(label, [](char c) { return is_letter(c) || is_digit(c) || c == '-'; }))
      return false;
    numeric = std::ranges::all_of(label, is_digit);
    if (!last && label.size() + 1 == rest.size()) return false;  // a dot at the end
    rest.remove_prefix(last ? rest.size() : label.size() + 1);
  }
  return labels >= 2 && !numeric;
}

/// UTS #46, nontransitional: the lower-case A-label form; empty where the domain has none.
std::string to_a_labels(std::string_view domain) {
  static const std::unique_ptr<icu::IDNA> idna = [] {
    UErrorCode status = U_ZERO_ERROR;
    return std::unique_ptr<icu::IDNA>(icu::IDNA::createUTS46Instance(
        UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII,
        status));
  }();
  std::string ascii;
  icu::StringByteSink<std::string> sink(&ascii);
  icu::IDNAInfo info;
  UErrorCode status = U_ZERO_ERROR;
  idna->nameToASCII_UTF8({domain.data(), static_cast<int32_t>(domain.size())}, sink, info, status);
  if (U_FAILURE(status) || info.hasErrors()) return {};
  return ascii;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// An ACE label must be read to know that it is right, and how else it could be written.
bool is_plain_domain(std::string_view domain) {
  return is_ascii(domain) && domain.find("--") == std::string_view::npos;
}

}  // namespace

std::expected<EmailAddress, Problem> parse_email(std::string_view text) {
  if (!is_valid_utf8(text))
    return std::unexpected(Problem{Code::forbidden_character, "email", "bytes that are not UTF-8"});
  text = trim_white_space(text);
  if (text.empty()) return std::unexpected(Problem{Code::required, "email", {}});
  if (text.size() > 4 * kMaxAddress) return std::unexpected(Problem{Code::too_long, "email", "254 octets"});
  auto at = text.rfind('@');
  if (at == std::string_view::npos) return invalid("it has no @");
  auto local = text.substr(0, at);
  auto domain = text.substr(at + 1);

  EmailAddress address;
  std::string local_text;
  if (is_ascii(local)) {
    local_text = local;
    address.key.resize(local.size());
    std::ranges::transform(local, address.key.begin(), to_lower);
  } else {
    local_text = to_nfc(local);
    address.key = to_folded(local_text);  // of the same text whichever way it was composed
  }
  // Folding may bring forth what was not there: a full-width @ or stop, or nothing at all.
  if (!is_dot_atom(local_text) || !is_dot_atom(address.key) ||
      std::ranges::count(local_text, '.') != std::ranges::count(address.key, '.')) {
    return invalid("what stands before the @ is not allowed");
  }
  if (!shows_all(domain)) return invalid("the domain has a character that does not show");

  std::string domain_key;
  if (is_plain_domain(domain)) {
    domain_key.resize(domain.size());
    std::ranges::transform(domain, domain_key.begin(), to_lower);
  } else {
    domain_key = to_a_labels(domain);
  }
  if (!is_domain(domain_key)) return invalid("what stands behind the @ is not a domain");

  address.text = local_text + "@" + (is_ascii(domain) ? std::string(domain) : to_nfc(domain));
  if (local_text.size() > kMaxLocal || address.key.size() > 2 * kMaxLocal) {
    return std::unexpected(Problem{Code::too_long, "email", "64 octets before the @"});
  }
  if (local_text.size() + 1 + domain_key.size() > kMaxAddress || address.text.size() > 2 * kMaxAddress) {
    return std::unexpected(Problem{Code::too_long, "email", "254 octets"});
  }
  address.key += '@';
  address.key += domain_key;
  return address;
}

}  // namespace byline
