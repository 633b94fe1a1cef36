// Numbers with their units as people read them.
#pragma once

#include <string>
#include <string_view>

namespace chart {

/// Fraction: 1 is 100 %. Percent: 100 is. Bytes are shown in binary units.
enum class Unit { Number, Fraction, Percent, Bytes, BytesPerSecond };

/// What values of about one size are shown in: the number is the value / divisor, the suffix has its space.
struct Scale {
  double divisor = 1;
  std::string suffix;
};

/// The scale for values of which `largest` (not negative) is the largest: 3e9 bytes are GiB.
Scale scale_for(double largest, Unit unit);

/// A number with three significant digits, without trailing zeros, never in more than eight characters:
/// "0.71", "12.3", "1023", "1e+20".
std::string digits(double number);

/// `value` in its own scale: "1.5 GiB", "12.3%", "0 B/s".
std::string quantity(double value, Unit unit);

}  // namespace chart
