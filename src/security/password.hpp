#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace byline::security {

// Passwords of people, kept as Argon2id (RFC 9106) with 64 MiB and three passes, in libsodium's text form.
// Hashing takes about a tenth of a second: not for I/O threads. Thread-safe.

inline constexpr std::size_t kMinPasswordLength = 12;   ///< characters
inline constexpr std::size_t kMaxPasswordBytes = 1024;  ///< more only takes time

/// Whether somebody may choose it (NIST SP 800-63B §5.1.1.2): long enough, not one of those that are tried
/// first, not made of one or two characters, and not what stands in `known`, such as the user's own name. The
/// error says what is wrong, without a full stop. `text` is UTF-8.
std::expected<void, std::string> check_password(std::string_view text,
                                                std::initializer_list<std::string_view> known);

/// Throws std::bad_alloc where the memory is not there.
std::string hash_password(std::string_view text);
/// Whether it is the password. With an empty hash the same time is taken and the answer is no, so that nobody
/// sees by the time whether there is a password.
bool is_password(std::string_view text, const std::string& hash);

}  // namespace byline::security
