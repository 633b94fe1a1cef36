// Times as a model writes them.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"

namespace hooks {

/// since and until as PVE's epoch seconds: from an epoch, a date or an age ("2h").
std::expected<void, std::string> read_times(std::int64_t now, base::JsonObject& arguments);

/// What a model writes for a time; wire names that PVE does not have.
inline constexpr std::string_view kSinceGiven = "since given";
inline constexpr std::string_view kUntilGiven = "until given";

}  // namespace hooks
