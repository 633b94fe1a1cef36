// Shows PVE's rrddata (of a node, guest or storage; PVE 8 and 9) as text, as JSON and as a chart, all from
// one computation.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "chart/chart.h"

namespace view {

// `data` is PVE's answer: rows with `time` (seconds since 1970) and metrics, as numbers or texts. A value
// that is missing, negative or not a number is a gap, and so is a missing row. Rows may be in any order; if
// no row has a time, there is no data. "Now" is the latest value.
//
// A trend is rising or falling if the line fitted to all values (least squares) changes by a tenth of their
// mean over the period, changes by more than a minimum (1 % of CPU, 16 MiB, 1 KiB/s, a load of 0.1), and
// explains a quarter of their variance. Otherwise, and with fewer than five values, it is steady.

/// The maximum of bytes for a period of less than a day; a longer period may take kRrdLongTextBytes, since
/// its times of maxima include dates.
inline constexpr std::size_t kRrdTextBytes = 400;
inline constexpr std::size_t kRrdLongTextBytes = 600;

/// Returns a line with period, resolution, points and gaps, then a line per metric: now/average/maximum, the
/// time of the maximum unless the value is constant, and "rising" or "falling" unless the trend is steady.
/// Omits metrics without values, and pressure, swap and a guest's disk if they are 0. If the text would
/// exceed the limit above, shortens the title, then omits times of maxima from the last metric on. Without
/// data returns one sentence.
std::string rrd_text(const base::Json& data, std::string_view title);

/// Returns the same data in PVE's names and units (fractions, bytes, seconds), rounded to four digits:
/// `begin`, `end`, `step`, `points`, `gaps` (points without the first metric) and `metrics`, each with
/// `unit`, `now`, `average`, `maximum`, `maximum_at`, `trend`; `now_age` if "now" is older than two steps
/// before `end`; `of` if there is a capacity.
base::JsonObject rrd_statistics(const base::Json& data);

/// Returns a chart of CPU, memory, disk and network for a guest; of CPU, memory, load and network for a node;
/// of the usage for a storage. chart::png() accepts it unless its times are out of range.
chart::Chart rrd_chart(const base::Json& data, std::string title);

}  // namespace view
