// Time series as a picture: panels below each other on one time axis. Knows nothing of PVE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "chart/quantity.h"

namespace chart {

inline constexpr std::size_t kMaxPanels = 6;
inline constexpr std::size_t kMaxSeries = 4;
inline constexpr std::size_t kMaxValues = 100'000;
/// No picture has more bytes, whatever its data.
inline constexpr std::size_t kMaxBytes = 120'000;
/// Every picture is this wide; its height follows from the number of panels (four: 614).
inline constexpr int kWidth = 860;

/// One line. `values[i]` is at `Chart::begin + i * Chart::step`; what is not given, not finite or negative is
/// a gap and stays blank. The name is for the legend.
struct Series {
  std::string name;
  std::vector<std::optional<double>> values;
};

/// One plot. Its y axis begins at zero and reaches at least the largest value and `ceiling`, which is drawn
/// as a dashed line (what there is, where the series is what is used; ignored unless positive and finite).
struct Panel {
  std::string title;
  Unit unit = Unit::Number;
  std::optional<double> ceiling{};
  std::vector<Series> series;
};

/// Names and titles may be anything: what is not printable text is left out, what is too long ends in "…".
struct Chart {
  std::string title;
  std::int64_t begin = 0;  ///< of the first value, seconds since 1970, from 0 to the year 9999
  std::int64_t step = 60;  ///< seconds between two values, from 1 to those of ten years
  std::vector<Panel> panels;
};

enum class Theme { Light, Dark };

/// `chart` as a PNG file of at most kMaxBytes, times in UTC. More values than the picture has columns are
/// drawn as their mean within the band from the smallest to the largest. Without any value the picture says
/// so. Deterministic, needs no fonts of the system. Fails, with a sentence, on what is beyond the limits
/// above and when memory is short. Safe to call from several threads at once.
std::expected<std::string, std::string> png(const Chart& chart, Theme theme);

}  // namespace chart
