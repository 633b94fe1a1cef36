#include "chart/samples.h"

#include <algorithm>
#include <cmath>

namespace chart {

bool is_sample(const std::optional<double>& value) { return value && std::isfinite(*value) && *value >= 0; }

std::vector<Run> runs(std::span<const std::optional<double>> values, std::size_t most) {
  std::vector<Run> found;
  const std::size_t width = std::max<std::size_t>((values.size() + most - 1) / most, 1);
  bool joined = false;
  for (std::size_t first = 0; first < values.size(); first += width) {
    const auto group = values.subspan(first, std::min(width, values.size() - first));
    const auto whole = summary(group);
    if (whole) {
      Sample sample{static_cast<double>(first) + static_cast<double>(group.size() - 1) / 2, whole->mean,
                    whole->largest, whole->largest};
      for (const auto& value : group) {
        if (is_sample(value)) sample.smallest = std::min(sample.smallest, *value);
      }
      if (!joined) found.emplace_back();
      found.back().push_back(sample);
    }
    joined = whole.has_value();
  }
  return found;
}

std::optional<Summary> summary(std::span<const std::optional<double>> values) {
  std::optional<Summary> found;
  double count = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!is_sample(values[i])) continue;
    if (!found) found.emplace();
    found->last = *values[i];
    found->last_index = i;
    if (count == 0 || found->last > found->largest) {
      found->largest = found->last;
      found->largest_index = i;
    }
    // The sum of huge numbers would not be finite.
    found->mean += (found->last - found->mean) / ++count;
  }
  return found;
}

}  // namespace chart
