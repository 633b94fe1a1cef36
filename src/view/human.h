// PVE's numbers in units for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace view {

/// One value on one line, harmless to a terminal. What PVE's name for it says decides: bytes as "1.5 GiB",
/// fractions as "42%", durations as "3d", epoch seconds as "2026-05-28 14:03:59" (UTC), a list without order
/// in one order; everything else as it is. Line breaks become "\n", those at the end nothing.
std::string human(std::string_view key, const base::Json& value);

/// "1.5/4 GiB" for a use and its limit, "42 of 100" where they are no bytes.
std::string human_pair(std::string_view key, const base::Json& used, std::string_view limit_key,
                       const base::Json& limit);

std::string human_bytes(double bytes);
/// Of a fraction: 0.42 is "42%".
std::string human_percent(double fraction);
/// "40s", "12m", "5h", "36d".
std::string human_duration(double seconds);
/// "2026-05-28 14:03", UTC.
std::string human_time(std::int64_t epoch_seconds);
/// "2026-05-28 14:03:59", UTC.
std::string human_moment(std::int64_t epoch_seconds);
/// Whether the order of the list under this name means nothing.
bool is_unordered(std::string_view key);

}  // namespace view
