// Where the axes have their ticks, and what is written there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chart/quantity.h"

namespace chart {

struct Tick {
  double at = 0;
  std::string label;
  bool strong = false;  ///< where a new day, or year, begins
};

struct Axis {
  double top = 1;  ///< positive, finite, at least the largest value
  std::vector<Tick> ticks;
};

/// From zero to a round number, or to a little above `ceiling` where that is more than `largest` (not
/// negative, finite). Three to six ticks, all in one unit, except where numbers are too large for that.
Axis value_axis(double largest, std::optional<double> ceiling, Unit unit);

/// Round UTC times within [begin, end] (seconds since 1970), at most `most` of them.
std::vector<Tick> time_axis(std::int64_t begin, std::int64_t end, int most);

/// "2026-07-27 16:07", UTC.
std::string date_and_time(std::int64_t time);

/// "2026-07-27 16:07 – 17:07 UTC", with the day of the end where it is another; a single time without an end.
std::string period(std::int64_t begin, std::int64_t end);

/// "30 s", "1 min", "6 h", "7 d", in the largest unit that divides it.
std::string duration(std::int64_t seconds);

}  // namespace chart
