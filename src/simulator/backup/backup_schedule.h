// PVE's calendar events: "sat 02:00", "mon..fri 22:30", "*/15", "daily", …
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace simulator {

bool is_schedule(std::string_view text);
/// The first time of the schedule after `now`, both in seconds since 1970 (UTC). Nullopt if the text is not a
/// schedule, or if its time never comes.
std::optional<std::int64_t> next_event(std::string_view text, std::int64_t now);

}  // namespace simulator
