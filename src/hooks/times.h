// Converts times that a model writes.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"

namespace hooks {

/// Converts since and until to epoch seconds: from an epoch, a date or an age ("2h").
std::expected<void, std::string> read_times(std::int64_t now, base::JsonObject& arguments);

/// The names of the unconverted times; not names of PVE.
inline constexpr std::string_view kSinceGiven = "since given";
inline constexpr std::string_view kUntilGiven = "until given";

}  // namespace hooks
