// Codes of an authenticator app (RFC 6238: HMAC-SHA1, 6 digits, a new one each 30 seconds).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace simulator {

/// The number of the 30 seconds in which `now` lies; epoch seconds.
std::int64_t totp_step(std::int64_t now);

/// The code of one step: six digits. `secret` is base32 (RFC 4648) in upper case, with or without padding.
/// Nothing if it is not.
std::optional<std::string> totp_code(std::string_view secret, std::int64_t step);

}  // namespace simulator
