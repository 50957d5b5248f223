#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "domain/problem.hpp"

namespace byline {

struct EmailAddress {
  std::string text;  ///< as given, trimmed and in Unicode NFC
  std::string key;   ///< what uniqueness is compared by; the same however the same mailbox is written
};

/// Reads an address: a dot-atom (RFC 5321 §4.1.2, internationalized as RFC 6531 has it) and a domain of two
/// labels or more. Quoted local parts and address literals, which nobody gives for a mailbox today, are
/// refused.
///
/// The key is NFKC_Casefold of the local part and the lower-case A-label form of the domain (UTS #46): upper
/// and lower case, composed and decomposed letters, U-labels and A-labels do not make two addresses of one.
/// Subaddresses
/// (`me+intake@…`) stay apart. Codes: required, too_long, invalid_email, forbidden_character. Thread-safe.
std::expected<EmailAddress, Problem> parse_email(std::string_view text);

}  // namespace byline
