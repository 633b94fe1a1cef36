// The time zones of simulated nodes.
#pragma once

#include <cstdint>
#include <string_view>

namespace simulator {

/// The seconds to add to UTC. Correct for UTC and for the zones of Central and Western Europe; 0 for others.
std::int64_t utc_offset(std::string_view timezone, std::int64_t seconds);

/// Whether the text has the form of a zone's name ("Europe/Vienna", "UTC").
bool is_timezone(std::string_view name);

}  // namespace simulator
