// PVE's own checks (PVE::JSONSchema, check_prop) in its order and words. Where PVE's verdict is not certain,
// the value passes and PVE decides.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <regex>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "facts/facts.h"
#include "facts/formats.h"

namespace facts {
namespace {

std::string_view unsigned_part(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  return text;
}

bool is_integer(std::string_view text) { return base::is_digits(unsigned_part(text)); }

bool is_number(std::string_view text) {
  auto rest = unsigned_part(text);
  const auto exponent = rest.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!is_integer(rest.substr(exponent + 1))) return false;
    rest = rest.substr(0, exponent);
  }
  const auto dot = rest.find('.');
  if (dot == std::string_view::npos) return base::is_digits(rest);
  const auto whole = rest.substr(0, dot);
  const auto fraction = rest.substr(dot + 1);
  if (whole.empty()) return base::is_digits(fraction);
  return base::is_digits(whole) && (fraction.empty() || base::is_digits(fraction));
}

bool has_type(Type type, std::string_view value) {
  switch (type) {
    case Type::Integer:
      return is_integer(value);
    case Type::Number:
      return is_number(value);
    case Type::Boolean:
      return value == "0" || value == "1";
    case Type::String:
    case Type::Array:
    case Type::Object:
      return true;
  }
  return true;
}

/// Lists are separated by commas, semicolons, white space or NUL.
std::optional<std::string> list_misfit(std::string_view format, std::string_view value) {
  constexpr std::string_view kSeparators(",; \t\r\n\f\v\0", 9);
  while (!value.empty()) {
    const auto end = std::min(value.find_first_of(kSeparators), value.size());
    const auto item = value.substr(0, end);
    if (!item.empty()) {
      if (auto misfit = format_misfit(format, item)) return misfit;
    }
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return std::nullopt;
}

/// Perl's pattern in ECMAScript's words: the flag groups of a stringified qr//; nothing when it holds a
/// construct that does not translate.
std::optional<std::string> translate(std::string_view pattern, bool& ignore_case) {
  std::string out = "^";
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto rest = pattern.substr(i);
    if (rest.starts_with("(?^")) {
      const auto colon = rest.find(':');
      if (colon == std::string_view::npos) return std::nullopt;
      const auto flags = rest.substr(3, colon - 3);
      if (flags.find_first_not_of("iu") != std::string_view::npos) return std::nullopt;
      if (flags.find('i') != std::string_view::npos) ignore_case = true;
      out += "(?:";
      i += colon;
    } else if (rest.starts_with("(?") && !rest.starts_with("(?:")) {
      return std::nullopt;
    } else if (rest.front() == '\\' && rest.size() > 1) {
      if (std::string_view("AzZGQEKRXNpPhHvV123456789").find(rest[1]) != std::string_view::npos) {
        return std::nullopt;
      }
      out += rest.substr(0, 2);
      ++i;
    } else {
      out += rest.front();
    }
  }
  return out + "$";
}

/// Nothing when the pattern does not translate.
std::optional<std::regex> compile(std::string_view perl) {
  // A large repetition would cost stack and time here: PVE judges it.
  if (perl.find(",4096}") != std::string_view::npos) return std::nullopt;
  bool ignore_case = false;
  const auto pattern = translate(perl, ignore_case);
  if (!pattern) return std::nullopt;
  // libstdc++'s breadth-first matcher: no exponential backtracking, no recursion over the value.
  auto flags = std::regex::ECMAScript | std::regex::nosubs | std::regex_constants::__polynomial;
  if (ignore_case) flags |= std::regex::icase;
  try {
    return std::regex(*pattern, flags);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

/// Compiled at its first use and kept, because to compile a pattern takes far longer than to match it. There
/// are at most as many as the facts have patterns. Safe from many threads.
const std::optional<std::regex>& compiled(std::string_view perl) {
  static std::mutex mutex;
  static std::map<std::string, std::optional<std::regex>, std::less<>> patterns;
  const std::lock_guard lock(mutex);
  auto at = patterns.find(perl);
  if (at == patterns.end()) at = patterns.emplace(std::string(perl), compile(perl)).first;
  return at->second;
}

bool matches(std::string_view perl, std::string_view value) {
  // Long values are left to PVE: here they would cost stack and time.
  constexpr std::size_t kLongest = 256;
  if (value.size() > kLongest) return true;
  // Perl sees characters where std::regex sees bytes.
  if (!std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return true;
  const auto& regex = compiled(perl);
  return !regex || std::regex_search(value.begin(), value.end(), *regex);
}

/// Characters as Perl counts them.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<std::string> length_misfit(const Parameter& parameter, std::string_view value) {
  if (!parameter.min_length && !parameter.max_length) return std::nullopt;
  const auto length = characters(value);
  if (parameter.max_length && length > *parameter.max_length) {
    return fmt::format("value may only be {} characters long", *parameter.max_length);
  }
  if (parameter.min_length && length < *parameter.min_length) {
    return fmt::format("value must be at least {} characters long", *parameter.min_length);
  }
  return std::nullopt;
}

double to_double(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  // What is_number() took and is none here is too large for a double.
  return base::parse_number<double>(text).value_or(text.starts_with('-') ? -HUGE_VAL : HUGE_VAL);
}

std::optional<std::string> range_misfit(const Parameter& parameter, std::string_view value) {
  if ((!parameter.minimum && !parameter.maximum) || !is_number(value)) return std::nullopt;
  const auto number = to_double(value);
  if (parameter.maximum && number > *parameter.maximum) {
    return fmt::format("value must have a maximum value of {}", *parameter.maximum);
  }
  if (parameter.minimum && number < *parameter.minimum) {
    return fmt::format("value must have a minimum value of {}", *parameter.minimum);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> misfit(const Parameter& parameter, std::string_view value) {
  if (!has_type(parameter.type, value)) {
    return fmt::format("type check ('{}') failed - got '{}'", name(parameter.type), value);
  }
  // An integer with a range says more by its range than by its format.
  if (!parameter.format.empty() && parameter.type != Type::Integer) {
    constexpr std::string_view kList = "-list";
    const auto wrong =
        parameter.format.ends_with(kList)
            ? list_misfit(parameter.format.substr(0, parameter.format.size() - kList.size()), value)
            : format_misfit(parameter.format, value);
    if (wrong) return "invalid format - " + *wrong;
  }
  if (!parameter.pattern.empty() && !matches(parameter.pattern, value)) {
    return "value does not match the regex pattern";
  }
  if (auto wrong = length_misfit(parameter, value)) return wrong;
  if (auto wrong = range_misfit(parameter, value)) return wrong;
  if (!parameter.values.empty() && std::ranges::find(parameter.values, value) == parameter.values.end()) {
    return fmt::format("value '{}' does not have a value in the enumeration '{}'", value,
                       base::join(parameter.values, ", "));
  }
  return std::nullopt;
}

}  // namespace facts
