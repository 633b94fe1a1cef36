// What of a series is drawn: numbers, gaps, and no more points than the picture has columns.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace chart {

/// True for what can be drawn; all else is a gap.
bool is_sample(const std::optional<double>& value);

/// The mean, smallest and largest of the values from index `first` to index `last`.
struct Sample {
  double position = 0;  ///< between the two, in steps since the beginning
  double mean = 0;
  double smallest = 0;
  double largest = 0;
};

/// Samples without a gap between them.
using Run = std::vector<Sample>;

/// `values` as runs of at most `most` samples together. Where several values make one sample, a gap is seen
/// when none of them is there.
std::vector<Run> runs(std::span<const std::optional<double>> values, std::size_t most);

struct Summary {
  double last = 0;  ///< the latest there is
  double mean = 0;
  double largest = 0;
  std::size_t last_index = 0;
  std::size_t largest_index = 0;  ///< of the first one where there are several
};

/// Nothing when all is a gap.
std::optional<Summary> summary(std::span<const std::optional<double>> values);

}  // namespace chart
