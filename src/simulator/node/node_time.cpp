#include "simulator/node/node_time.h"

#include <algorithm>
#include <chrono>

namespace simulator {
namespace {

/// Whether it is summer time in the European Union: from the last Sunday of March to that of October, 01:00
/// UTC.
bool is_summer(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds at{std::chrono::seconds(seconds)};
  const year_month_day date{floor<days>(at)};
  const sys_days begin{date.year() / March / Sunday[last]};
  const sys_days end{date.year() / October / Sunday[last]};
  return at >= begin + hours(1) && at < end + hours(1);
}

}  // namespace

std::int64_t utc_offset(std::string_view timezone, std::int64_t seconds) {
  constexpr std::int64_t kHour = 3600;
  if (!timezone.starts_with("Europe/")) return 0;
  const auto summer = is_summer(seconds) ? kHour : 0;
  static constexpr std::string_view kWestern[] = {"Europe/London", "Europe/Dublin", "Europe/Lisbon"};
  const bool western = std::ranges::find(kWestern, timezone) != std::end(kWestern);
  return (western ? 0 : kHour) + summer;
}

bool is_timezone(std::string_view name) {
  if (name == "UTC") return true;
  static constexpr std::string_view kAreas[] = {"Africa/", "America/",  "Antarctica/", "Arctic/",
                                                "Asia/",   "Atlantic/", "Australia/",  "Etc/",
                                                "Europe/", "Indian/",   "Pacific/"};
  return std::ranges::any_of(
      kAreas, [&](std::string_view area) { return name.starts_with(area) && name.size() > area.size() + 1; });
}

}  // namespace simulator
