// Points in time and ages as people write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

struct Date {
  std::int64_t epoch = 0;  ///< seconds, as if the clock were in its zone, UTC where it names none
  bool zoned = false;      ///< it names its zone
};

/// "2026-11-28", "2026-11-28 10:00", "2026-11-28T10:00:30", and after a time of day its zone: "Z", "UTC" (a
/// blank before it or not), "+01:00", "+0100". Years from 1970 to 9999. Nothing of anything else.
std::optional<Date> parse_date(std::string_view text);

/// "90s", "30m", "2h", "7d", "2w", "1.5h": seconds. Nothing of a bare number.
std::optional<std::int64_t> parse_age(std::string_view text);

/// Epoch seconds of an epoch in digits, a date, or an age before `now`.
std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now);

/// "2026-11-28 10:00:30" of epoch seconds, UTC; the number itself where four digits cannot say the year, or
/// at 0 and before.
std::string date_text(std::int64_t epoch);

}  // namespace base
