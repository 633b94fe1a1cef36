#include "chart/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace chart {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86400;

// An axis does not make much of next to nothing.
double least_top(Unit unit) {
  switch (unit) {
    case Unit::Fraction:
      return 0.05;
    case Unit::Percent:
      return 5;
    case Unit::Bytes:
    case Unit::BytesPerSecond:
      return 1000;
    case Unit::Number:
      return 1;
  }
  return 1;
}

// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`.
double round_step(double least) {
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * power >= least * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

std::chrono::year_month_day date_of(std::int64_t time) {
  return std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(time)));
}

std::string date(std::int64_t time) {
  const auto day = date_of(time);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::string clock(std::int64_t time) {
  return fmt::format("{:02}:{:02}", time / kHour % 24, time / kMinute % 60);
}

const char* month_name(std::chrono::month month) {
  static constexpr std::array<const char*, 12> kNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return kNames.at(static_cast<unsigned>(month) - 1);
}

Tick day_tick(std::int64_t time) {
  const auto day = date_of(time);
  return {static_cast<double>(time),
          fmt::format("{} {}", month_name(day.month()), static_cast<unsigned>(day.day())), false};
}

Tick clock_tick(std::int64_t time, std::int64_t step) {
  if (time % kDay == 0) {
    auto tick = day_tick(time);
    tick.strong = true;
    return tick;
  }
  auto label = clock(time);
  if (step < kMinute) label += fmt::format(":{:02}", time % kMinute);
  return {static_cast<double>(time), std::move(label), false};
}

std::vector<Tick> month_ticks(std::int64_t begin, std::int64_t end, int step) {
  using std::chrono::months;
  std::vector<Tick> ticks;
  const auto first = date_of(begin);
  const int count =
      static_cast<int>(first.year()) * 12 + static_cast<int>(static_cast<unsigned>(first.month())) - 1;
  for (int month = (count + step - 1) / step * step;; month += step) {
    const std::chrono::year_month_day day{std::chrono::year{month / 12},
                                          std::chrono::month{static_cast<unsigned>(month % 12) + 1},
                                          std::chrono::day{1}};
    const auto time = std::chrono::sys_days(day).time_since_epoch() / std::chrono::seconds(1);
    if (time > end) return ticks;
    if (time < begin) continue;
    const bool january = month % 12 == 0;
    ticks.push_back({static_cast<double>(time),
                     january ? fmt::format("{:04}", static_cast<int>(day.year())) : month_name(day.month()),
                     january});
  }
}

}  // namespace

Axis value_axis(double largest, std::optional<double> ceiling, Unit unit) {
  const bool bounded = ceiling && std::isfinite(*ceiling) && *ceiling > 0;
  double top = bounded ? std::max(largest, *ceiling) : std::max(largest, least_top(unit));
  const auto scale = scale_for(top, unit);
  // The largest double times 100 would not be finite.
  const double reach = std::min(top / scale.divisor, 1e307);
  const double step = round_step(reach / 4);
  Axis axis;
  // A value that is almost a multiple of the step counts as one.
  const auto steps = bounded ? std::floor(reach / step + 1e-9) : std::ceil(reach / step - 1e-9);
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 4);
  const bool halves =
      std::abs(step * std::pow(10, decimals) - std::round(step * std::pow(10, decimals))) > 1e-6;
  for (int i = 0; i <= static_cast<int>(steps); ++i) {
    const double number = step * i;
    const double at = number * scale.divisor;
    if (!std::isfinite(at)) break;
    auto label = number >= 1e5 ? digits(number) : fmt::format("{:.{}f}", number, decimals + (halves ? 1 : 0));
    axis.ticks.push_back({at, i == 0 ? "0" : label + scale.suffix, false});
    if (!bounded) top = std::max(top, at);
  }
  const double above = top * 1.06;
  axis.top = bounded && std::isfinite(above) ? above : top;
  return axis;
}

std::vector<Tick> time_axis(std::int64_t begin, std::int64_t end, int most) {
  static constexpr std::array<std::int64_t, 21> kSteps = {
      1,        2,           5,           10,           15,           30,
      kMinute,  2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
      kHour,    2 * kHour,   3 * kHour,   6 * kHour,    12 * kHour,   kDay,
      2 * kDay, 7 * kDay,    14 * kDay};
  std::vector<Tick> ticks;
  for (const auto step : kSteps) {
    if ((end - begin) / step + 1 > most) continue;
    // 1970 began on a Thursday; weeks begin on Mondays.
    const std::int64_t shift = step >= 7 * kDay ? 4 * kDay : 0;
    const std::int64_t first = (std::max<std::int64_t>(begin - shift, 0) + step - 1) / step * step + shift;
    for (auto time = first; time <= end; time += step) {
      ticks.push_back(step < kDay ? clock_tick(time, step) : day_tick(time));
    }
    return ticks;
  }
  for (int step = 1;; step = step < 3 ? step + 1 : step < 12 ? step * 2 : step + 12) {
    if ((end - begin) / (28 * kDay * step) + 1 <= most) return month_ticks(begin, end, step);
  }
}

std::string date_and_time(std::int64_t time) { return date(time) + " " + clock(time); }

std::string period(std::int64_t begin, std::int64_t end) {
  if (begin == end) return date_and_time(begin) + " UTC";
  return date_and_time(begin) + " – " + (date(begin) == date(end) ? clock(end) : date_and_time(end)) + " UTC";
}

std::string duration(std::int64_t seconds) {
  if (seconds % kDay == 0) return fmt::format("{} d", seconds / kDay);
  if (seconds % kHour == 0) return fmt::format("{} h", seconds / kHour);
  if (seconds % kMinute == 0) return fmt::format("{} min", seconds / kMinute);
  return fmt::format("{} s", seconds);
}

}  // namespace chart
