// PVE's rrddata (of a node, guest or storage; PVE 8 and 9) for models and people: one computation, three
// forms.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "chart/chart.h"

namespace view {

// `data` is what PVE answers: rows with `time` (seconds since 1970) and metrics, numbers or strings. What is
// missing, not a number or negative is a gap, as is a row that is missing. Rows may be in any order; without
// any that has a time there is no data. "Now" is the latest value there is.
//
// A trend is rising or falling when the line fitted to all values (least squares) changes by a tenth of their
// mean over the period, and by more than what is negligible (1 % of CPU, 16 MiB, 1 KiB/s, a load of 0.1), and
// explains a quarter of their variance. Else, and of fewer than five values, it is steady.

/// Of an answer of less than a day; a longer one may have kRrdLongTextBytes, for the dates of its maxima.
inline constexpr std::size_t kRrdTextBytes = 400;
inline constexpr std::size_t kRrdLongTextBytes = 600;

/// A line of period, resolution, points and gaps, then one per metric: now/average/maximum and, unless that
/// is what it always was, when the maximum was; rising or falling where it is not steady. Metrics without
/// values are left out, as are pressure, swap and a guest's disk where they are zero. At most the bytes
/// above: where they are not enough, the title is cut, then times of maxima are left out, from the last
/// metric on. Without data one sentence.
std::string rrd_text(const base::Json& data, std::string_view title);

/// The same facts in PVE's names and units (fractions, bytes, seconds), rounded to four digits: `begin`,
/// `end`, `step`, `points`, `gaps` (those without the first of the metrics) and `metrics`, each with `unit`,
/// `now`, `average`, `maximum`, `maximum_at`, `trend`; `now_age` when "now" is older than two steps before
/// `end`; `of` where there is a capacity.
base::JsonObject rrd_statistics(const base::Json& data);

/// CPU, memory, disk and network of a guest; CPU, memory, load and network of a node; the usage of a storage.
/// Fits chart::png() unless its times are out of reach.
chart::Chart rrd_chart(const base::Json& data, std::string title);

}  // namespace view
