// Formats PVE's numbers in units for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace view {

/// Returns a value on one line, without control characters. The key decides the format: bytes as "1.5 GiB",
/// fractions as "42%", durations as "3d", epoch seconds as "2026-05-28 14:03:59" (UTC), lists without a
/// meaningful order sorted, everything else unchanged. Line breaks become "\n"; those at the end are removed.
std::string human(std::string_view key, const base::Json& value);

/// Returns a usage and its limit as "1.5/4 GiB", or as "42 of 100" if they are not bytes.
std::string human_pair(std::string_view key, const base::Json& used, std::string_view limit_key,
                       const base::Json& limit);

std::string human_bytes(double bytes);
/// Formats a fraction: 0.42 is "42%".
std::string human_percent(double fraction);
/// "40s", "12m", "5h", "36d".
std::string human_duration(double seconds);
/// "2026-05-28 14:03", UTC.
std::string human_time(std::int64_t epoch_seconds);
/// "2026-05-28 14:03:59", UTC.
std::string human_moment(std::int64_t epoch_seconds);
/// Returns whether the order of the list under this name has no meaning.
bool is_unordered(std::string_view key);

}  // namespace view
