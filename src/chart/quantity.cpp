#include "chart/quantity.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace chart {

Scale scale_for(double largest, Unit unit) {
  switch (unit) {
    case Unit::Number:
      return {1, ""};
    case Unit::Fraction:
      return {0.01, "%"};
    case Unit::Percent:
      return {1, "%"};
    case Unit::Bytes:
    case Unit::BytesPerSecond:
      break;
  }
  static constexpr std::array<const char*, 7> kNames = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  // What would be printed as 1024 belongs to the next unit.
  std::size_t at = 0;
  double divisor = 1;
  while (at + 1 < kNames.size() && largest / divisor >= 1023.5) {
    divisor *= 1024;
    ++at;
  }
  return {divisor, std::string(kNames[at]) + (unit == Unit::BytesPerSecond ? "/s" : "")};
}

std::string digits(double number) {
  const double size = std::abs(number);
  if (size >= 99999.5 || (size > 0 && size < 0.0005)) return fmt::format("{:.2g}", number);
  const int decimals = size < 0.0995 ? 4 : size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
  auto text = fmt::format("{:.{}f}", number, decimals);
  if (decimals == 0) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string quantity(double value, Unit unit) {
  const auto scale = scale_for(value, unit);
  return digits(value / scale.divisor) + scale.suffix;
}

}  // namespace chart
