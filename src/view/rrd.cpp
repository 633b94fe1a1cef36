#include "view/rrd.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "chart/axis.h"
#include "chart/samples.h"

namespace view {
namespace {

using chart::Unit;
using Values = std::vector<std::optional<double>>;

struct Known {
  std::string_view key;
  std::string_view label;
  Unit unit;
  std::string_view capacity;
  bool zero_is_nothing = false;
};

// In display order.
constexpr auto kKnown = std::to_array<Known>({
    {"cpu", "cpu", Unit::Fraction, "maxcpu"},
    {"iowait", "iowait", Unit::Fraction, {}},
    {"loadavg", "load", Unit::Number, {}},
    {"mem", "mem", Unit::Bytes, "maxmem"},
    {"memused", "mem", Unit::Bytes, "memtotal"},
    {"used", "used", Unit::Bytes, "total"},
    {"diskread", "disk read", Unit::BytesPerSecond, {}},
    {"diskwrite", "disk write", Unit::BytesPerSecond, {}},
    {"netin", "net in", Unit::BytesPerSecond, {}},
    {"netout", "net out", Unit::BytesPerSecond, {}},
    {"disk", "disk", Unit::Bytes, "maxdisk", true},
    {"rootused", "root", Unit::Bytes, "roottotal"},
    {"swapused", "swap", Unit::Bytes, "swaptotal", true},
    {"pressurecpusome", "cpu", Unit::Percent, {}, true},
    {"pressurecpufull", "cpu full", Unit::Percent, {}, true},
    {"pressureiosome", "io", Unit::Percent, {}, true},
    {"pressureiofull", "io full", Unit::Percent, {}, true},
    {"pressurememorysome", "memory", Unit::Percent, {}, true},
    {"pressurememoryfull", "memory full", Unit::Percent, {}, true},
});

// More points than any answer of PVE has; a longer series gets a larger step.
constexpr std::int64_t kMostPoints = 5000;
constexpr std::int64_t kDay = 86400;

// Accepts times from 1970 to 9999.
std::optional<std::int64_t> time_of(const base::JsonObject& row) {
  const auto time = base::real(row, "time");
  if (!time || !(*time >= 0 && *time < 253'402'300'800.0)) return std::nullopt;
  return static_cast<std::int64_t>(*time);
}

struct Metric {
  const Known* known = nullptr;
  chart::Summary summary;
  double change = 0;  ///< over the period along the fitted line; 0 if there is no trend
  std::optional<double> capacity{};
  std::int64_t now_age = 0;  ///< 0 unless older than two steps
};

struct Rrd {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t step = 60;
  std::size_t points = 0;
  std::size_t gaps = 0;
  std::map<std::string_view, Values> values;  ///< by key, for each known key and capacity that a row has
  std::vector<Metric> metrics;                ///< the metrics to show

  std::int64_t time_at(std::size_t index) const { return begin + step * static_cast<std::int64_t>(index); }
  std::optional<double> last(std::string_view key) const {
    const auto found = values.find(key);
    if (found == values.end()) return std::nullopt;
    const auto whole = chart::summary(found->second);
    return whole ? std::optional(whole->last) : std::nullopt;
  }
};

// Returns the most frequent distance between two rows; if several are equally frequent, the smallest.
std::int64_t step_of(const std::vector<std::int64_t>& times) {
  std::map<std::int64_t, int> counts;
  for (std::size_t i = 1; i < times.size(); ++i) ++counts[times[i] - times[i - 1]];
  counts.erase(0);
  std::int64_t step = 60;
  int most = 0;
  for (const auto& [distance, count] : counts) {
    if (count <= most) continue;
    step = distance;
    most = count;
  }
  const auto span = times.back() - times.front();
  return std::max(step, span / kMostPoints + 1);
}

double negligible(Unit unit) {
  switch (unit) {
    case Unit::Fraction:
      return 0.01;
    case Unit::Percent:
      return 1;
    case Unit::Bytes:
      return 16.0 * 1024 * 1024;
    case Unit::BytesPerSecond:
      return 1024;
    case Unit::Number:
      return 0.1;
  }
  return 0;
}

double trend_of(const Values& values, Unit unit) {
  constexpr double kLeastValues = 5;
  constexpr double kLeastChange = 0.1;
  constexpr double kLeastExplained = 0.25;
  const auto whole = chart::summary(values);
  double count = 0;
  double middle = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (chart::is_sample(values[i])) middle += (static_cast<double>(i) - middle) / ++count;
  }
  if (!whole || count < kLeastValues) return 0;
  double across = 0;
  double both = 0;
  double along = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!chart::is_sample(values[i])) continue;
    const double x = static_cast<double>(i) - middle;
    const double y = *values[i] - whole->mean;
    across += x * x;
    both += x * y;
    along += y * y;
  }
  const double change = both / across * static_cast<double>(values.size() - 1);
  const bool is_trend = std::abs(change) >= std::max(kLeastChange * whole->mean, negligible(unit)) &&
                        both * both >= kLeastExplained * across * along;
  return is_trend ? change : 0;
}

void judge(Rrd& rrd) {
  for (const auto& known : kKnown) {
    const auto found = rrd.values.find(known.key);
    if (found == rrd.values.end()) continue;
    const auto whole = chart::summary(found->second);
    if (!whole || (known.zero_is_nothing && whole->largest == 0)) continue;
    if (rrd.metrics.empty()) {
      rrd.gaps = static_cast<std::size_t>(
          std::ranges::count_if(found->second, [](const auto& value) { return !chart::is_sample(value); }));
    }
    Metric metric{&known, *whole, trend_of(found->second, known.unit)};
    if (const auto capacity = rrd.last(known.capacity); capacity && *capacity > 0) metric.capacity = capacity;
    const auto age = rrd.end - rrd.time_at(whole->last_index);
    if (age > 2 * rrd.step) metric.now_age = age;
    rrd.metrics.push_back(metric);
  }
  if (rrd.metrics.empty()) rrd.gaps = rrd.points;
}

Rrd read(const base::Json& data) {
  Rrd rrd;
  std::vector<std::pair<std::int64_t, const base::JsonObject*>> rows;
  if (const auto* array = data.if_array()) {
    for (const auto& entry : *array) {
      const auto* row = entry.if_object();
      if (row == nullptr) continue;
      if (const auto time = time_of(*row)) rows.emplace_back(*time, row);
    }
  }
  if (rows.empty()) return rrd;
  // If two rows have the same time, the later one overwrites the earlier: it comes later in memory, so this
  // order keeps it last.
  std::ranges::sort(rows);
  std::vector<std::int64_t> times;
  for (const auto& row : rows) times.push_back(row.first);
  rrd.begin = times.front();
  rrd.step = step_of(times);
  const auto index_of = [&](std::int64_t time) {
    return static_cast<std::size_t>((time - rrd.begin + rrd.step / 2) / rrd.step);
  };
  rrd.points = index_of(times.back()) + 1;
  rrd.end = rrd.time_at(rrd.points - 1);
  const auto take = [&](std::string_view key) {
    if (key.empty()) return;
    Values values(rrd.points);
    bool some = false;
    for (const auto& [time, row] : rows) {
      some = some || row->contains(key);
      if (const auto value = base::real(*row, key); chart::is_sample(value)) values[index_of(time)] = value;
    }
    if (some) rrd.values.emplace(key, std::move(values));
  };
  for (const auto& known : kKnown) {
    take(known.key);
    take(known.capacity);
  }
  judge(rrd);
  return rrd;
}

std::string_view trend_word(double change) {
  return change > 0 ? "rising" : change < 0 ? "falling" : "steady";
}

std::string in_scale(double value, const chart::Scale& scale) {
  constexpr double kLeast = 0.0005;
  const double number = value / scale.divisor;
  return number > 0 && number < kLeast ? "<0.001" : chart::digits(number);
}

std::string when(const Rrd& rrd, std::int64_t time) {
  const auto text = chart::date_and_time(time);  // 2026-07-27 16:07
  if (rrd.end - rrd.begin < kDay) return text.substr(11);
  return rrd.end - rrd.begin < 300 * kDay ? text.substr(5) : text.substr(0, 10);
}

std::string line_of(const Rrd& rrd, const Metric& metric, bool with_time, bool with_age) {
  const auto& known = *metric.known;
  const auto& whole = metric.summary;
  const auto scale = chart::scale_for(whole.largest, known.unit);
  const auto now = in_scale(whole.last, scale);
  const auto mean = in_scale(whole.mean, scale);
  const auto largest = in_scale(whole.largest, scale);
  const bool constant = now == mean && mean == largest;
  auto line = fmt::format("\n{} ", known.label);
  line += constant ? now : now + "/" + mean + "/" + largest;
  if (metric.capacity && known.unit == Unit::Bytes) {
    const auto full = chart::scale_for(*metric.capacity, known.unit);
    if (full.suffix != scale.suffix) line += scale.suffix;
    line += " of " + chart::digits(*metric.capacity / full.divisor) + full.suffix;
  } else {
    line += scale.suffix;
    if (metric.capacity)
      line += fmt::format(" of {} CPU{}", chart::digits(*metric.capacity), *metric.capacity == 1 ? "" : "s");
  }
  if (with_time && !constant) line += " @" + when(rrd, rrd.time_at(whole.largest_index));
  if (metric.change != 0) line += fmt::format(" {}", trend_word(metric.change));
  if (with_age && metric.now_age > 0) line += ", " + chart::duration(metric.now_age) + " old";
  return line;
}

// Returns average and maximum of all pressures on one line; "full" is omitted, since "some" includes it.
std::string pressure_line(const Rrd& rrd) {
  std::string line;
  for (const auto& metric : rrd.metrics) {
    if (metric.known->unit != Unit::Percent || !metric.known->key.ends_with("some")) continue;
    const auto& whole = metric.summary;
    line +=
        fmt::format(" {} {}/{}%", metric.known->label, in_scale(whole.mean, {}), in_scale(whole.largest, {}));
  }
  return line.empty() ? line : "\npressure avg/max:" + line;
}

std::string text_of(const Rrd& rrd, const std::string& title, std::size_t times) {
  // If all series end at the same time, the header says so once.
  const auto age = rrd.metrics.front().now_age;
  const bool same_age =
      std::ranges::all_of(rrd.metrics, [&](const Metric& metric) { return metric.now_age == age; });
  auto text = fmt::format("{}: {}, {} x {}, {} {}", title, chart::period(rrd.begin, rrd.end), rrd.points,
                          chart::duration(rrd.step), rrd.gaps, rrd.gaps == 1 ? "gap" : "gaps");
  if (same_age && age > 0) text += fmt::format(", last value {} old", chart::duration(age));
  text += times > 0 ? "; now/avg/max @time of max; no trend: steady" : "; now/avg/max; no trend: steady";
  for (const auto& metric : rrd.metrics) {
    if (metric.known->unit == Unit::Percent) continue;
    text += line_of(rrd, metric, times > 0, !same_age);
    times -= times > 0 ? 1 : 0;
  }
  return text + pressure_line(rrd);
}

// Rounds to four significant digits; whole numbers stay whole.
base::Json rounded(double number) {
  constexpr double kExact = 9e15;
  const auto value = base::parse_number<double>(fmt::format("{:.4g}", number)).value_or(number);
  if (value == std::floor(value) && std::abs(value) < kExact) return static_cast<std::int64_t>(value);
  return value;
}

std::string_view unit_name(Unit unit) {
  switch (unit) {
    case Unit::Number:
      return "load";
    case Unit::Fraction:
      return "fraction";
    case Unit::Percent:
      return "percent";
    case Unit::Bytes:
      return "bytes";
    case Unit::BytesPerSecond:
      return "bytes/s";
  }
  return {};
}

chart::Panel panel_of(const Rrd& rrd, std::string title, Unit unit,
                      std::initializer_list<std::pair<const char*, const char*>> lines,
                      std::string_view capacity = {}) {
  chart::Panel panel{std::move(title), unit, rrd.last(capacity), {}};
  for (const auto& [key, name] : lines) {
    const auto found = rrd.values.find(key);
    panel.series.push_back({name, found == rrd.values.end() ? Values(rrd.points) : found->second});
  }
  return panel;
}

}  // namespace

std::string rrd_text(const base::Json& data, std::string_view title) {
  constexpr std::size_t kTitle = 60;
  constexpr std::size_t kShortTitle = 24;
  constexpr std::size_t kAll = kKnown.size();
  const auto rrd = read(data);
  const auto name = base::printable(title, kTitle);
  if (rrd.points == 0) return name + ": no data.";
  if (rrd.metrics.empty()) return fmt::format("{}: no data, {}.", name, chart::period(rrd.begin, rrd.end));
  const auto limit = rrd.end - rrd.begin < kDay ? kRrdTextBytes : kRrdLongTextBytes;
  auto text = text_of(rrd, name, kAll);
  for (std::size_t times = kAll; text.size() > limit; --times) {
    text = text_of(rrd, base::printable(title, kShortTitle), times);
    if (times == 0) break;
  }
  // Only absurdly large numbers, which no measurement gives, still exceed the limit here.
  while (text.size() > limit) text.erase(text.rfind('\n'));
  return text;
}

base::JsonObject rrd_statistics(const base::Json& data) {
  const auto rrd = read(data);
  base::JsonObject metrics;
  for (const auto& metric : rrd.metrics) {
    const auto& whole = metric.summary;
    base::JsonObject one{{"unit", unit_name(metric.known->unit)},
                         {"now", rounded(whole.last)},
                         {"average", rounded(whole.mean)},
                         {"maximum", rounded(whole.largest)},
                         {"maximum_at", rrd.time_at(whole.largest_index)},
                         {"trend", trend_word(metric.change)}};
    if (metric.now_age > 0) one["now_age"] = metric.now_age;
    if (metric.capacity && metric.known->unit == Unit::Bytes) one["of"] = std::round(*metric.capacity);
    if (metric.capacity && metric.known->unit == Unit::Fraction) one["cpus"] = *metric.capacity;
    metrics[metric.known->key] = std::move(one);
  }
  base::JsonObject out;
  if (rrd.points > 0) out = {{"begin", rrd.begin}, {"end", rrd.end}, {"step", rrd.step}};
  out["points"] = rrd.points;
  out["gaps"] = rrd.gaps;
  out["metrics"] = std::move(metrics);
  return out;
}

chart::Chart rrd_chart(const base::Json& data, std::string title) {
  const auto rrd = read(data);
  chart::Chart chart{std::move(title), rrd.begin, rrd.step, {}};
  if (rrd.points == 0) return chart;
  const auto has = [&](const char* key) { return rrd.values.contains(key); };
  if (has("total") || has("used")) {
    chart.panels.push_back(panel_of(rrd, "Usage", Unit::Bytes, {{"used", "used"}}, "total"));
    return chart;
  }
  const bool node = has("memtotal") || has("loadavg");
  if (node) {
    chart.panels.push_back(panel_of(rrd, "CPU", Unit::Fraction, {{"cpu", "usage"}, {"iowait", "I/O wait"}}));
    chart.panels.push_back(panel_of(rrd, "Memory", Unit::Bytes, {{"memused", "used"}}, "memtotal"));
    chart.panels.push_back(panel_of(rrd, "Load average", Unit::Number, {{"loadavg", "1 min"}}));
  } else {
    chart.panels.push_back(panel_of(rrd, "CPU", Unit::Fraction, {{"cpu", "usage"}}));
    chart.panels.push_back(panel_of(rrd, "Memory", Unit::Bytes, {{"mem", "used"}}, "maxmem"));
    chart.panels.push_back(
        panel_of(rrd, "Disk I/O", Unit::BytesPerSecond, {{"diskread", "read"}, {"diskwrite", "write"}}));
  }
  chart.panels.push_back(
      panel_of(rrd, "Network", Unit::BytesPerSecond, {{"netin", "in"}, {"netout", "out"}}));
  return chart;
}

}  // namespace view
