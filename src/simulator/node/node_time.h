// Time zones as far as a simulated node needs them.
#pragma once

#include <cstdint>
#include <string_view>

namespace simulator {

/// Seconds to add to UTC: right for UTC and for the zones of Central and Western Europe, 0 for others.
std::int64_t utc_offset(std::string_view timezone, std::int64_t seconds);

/// Looks like a name of the zone database ("Europe/Vienna", "UTC").
bool is_timezone(std::string_view name);

}  // namespace simulator
