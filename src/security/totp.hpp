#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/time.hpp"

namespace byline::security {

// Time-based one-time passwords (RFC 6238) in the form that every authenticator app takes: SHA-1, six digits,
// steps of thirty seconds. Thread-safe.

/// 160 random bits, raw.
std::string new_totp_secret();
/// The six digits of a step.
std::string totp_code(std::string_view secret, std::int64_t step);
/// The step whose code it is: that of `now`, or the one before or after, as clocks differ. nullopt where it
/// is none of these. A step must be taken one time only (§5.2).
std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code, Time now);
/// When the last moment is over at which the step's code would be taken.
Time totp_good_until(std::int64_t step);

/// RFC 4648 §6, without padding: how secrets are typed in.
std::string to_base32(std::string_view bytes);
/// `otpauth://totp/…`, which apps read from a QR code.
std::string totp_uri(std::string_view secret, std::string_view issuer, std::string_view account);

}  // namespace byline::security
