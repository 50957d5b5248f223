#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "domain/problem.hpp"

namespace byline {

// Texts that people give. Every function is thread-safe; problems name the field.

/// A name: trimmed, in NFC, 1–200 characters, none of which is a control, a line break, a bidirectional
/// override, embedding, isolate or mark (UAX #9), of private use, or a noncharacter; one of them at least
/// must show. What does not show may stand where it is spelling: variation selectors, joiners in scripts and
/// pictures that are joined, the tags of a flag.
std::expected<std::string, Problem> parse_name(std::string_view text);

/// The same for an account, which may not be called as what Byline itself signs with (`System`, `erased
/// account`), nor so that it looks like it.
std::expected<std::string, Problem> parse_account_name(std::string_view text);

/// A tag or another short label: as a name, of up to 50 characters. Its problems name no field.
std::expected<std::string, Problem> parse_label(std::string_view text);

/// Up to 4,000 characters, kept as given. Line breaks (LF or CR LF), tabs and the three marks of direction
/// may stand in it; the rest as for names.
std::expected<std::string, Problem> parse_description(std::string_view text);

/// An http or https address (RFC 3986) with a host and without user information, up to 2,048 octets, kept as
/// given.
std::expected<std::string, Problem> parse_url(std::string_view text);

}  // namespace byline
