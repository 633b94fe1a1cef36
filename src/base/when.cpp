#include "base/when.h"

#include <fmt/format.h>

#include <chrono>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"

namespace base {
namespace {

constexpr std::int64_t kLast = 253402300799;

/// Exactly `digits` digits off the start of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  const auto part = text.substr(0, digits);
  if (part.size() != digits || !is_digits(part)) return std::nullopt;
  text.remove_prefix(digits);
  return parse_number<int>(part);
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_day(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || *year < 1970 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86400};
}

std::optional<std::int64_t> take_clock(std::string_view& text) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  std::int64_t seconds = *hours * 3600 + *minutes * 60;
  if (!take(text, ':')) return seconds;
  const auto rest = take_digits(text, 2);
  if (!rest || *rest > 59) return std::nullopt;
  return seconds + *rest;
}

/// Seconds east of UTC of "+01:00" or "+0100".
std::optional<std::int64_t> zone(std::string_view text) {
  if (lower_ascii(text) == "z" || lower_ascii(text) == "utc") return 0;
  const bool west = text.starts_with('-');
  if (!west && !text.starts_with('+')) return std::nullopt;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 14) return std::nullopt;
  take(text, ':');
  const auto minutes = text.empty() ? std::optional(0) : take_digits(text, 2);
  if (!minutes || *minutes > 59 || !text.empty()) return std::nullopt;
  const std::int64_t east = *hours * 3600 + *minutes * 60;
  return west ? -east : east;
}

}  // namespace

std::optional<Date> parse_date(std::string_view text) {
  text = trim(text);
  auto day = take_day(text);
  if (!day) return std::nullopt;
  if (text.empty()) return Date{*day};
  if (!take(text, ' ') && !take(text, 'T') && !take(text, 't')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto rest = trim(text);
  if (rest.empty()) return Date{*day + *clock};
  const auto east = zone(rest);
  if (!east) return std::nullopt;
  return Date{*day + *clock - *east, true};
}

std::optional<std::int64_t> parse_age(std::string_view text) {
  constexpr double kMost = 1e10;
  const auto amount = take_number<double>(text);
  if (!amount || *amount < 0 || *amount > kMost || text.size() != 1) return std::nullopt;
  constexpr std::string_view kUnits = "smhdw";
  constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86400, 604800};
  const auto unit = kUnits.find(lower(text.front()));
  if (unit == std::string_view::npos) return std::nullopt;
  return static_cast<std::int64_t>(*amount * static_cast<double>(kSeconds[unit]));
}

std::optional<std::int64_t> parse_time(std::string_view text, std::int64_t now) {
  text = trim(text);
  if (const auto age = parse_age(text)) return now - *age;
  if (const auto date = parse_date(text)) return date->epoch;
  return is_digits(text) ? parse_number<std::int64_t>(text) : std::nullopt;
}

std::string date_text(std::int64_t epoch) {
  if (epoch <= 0 || epoch > kLast) return fmt::format("{}", epoch);
  const std::chrono::sys_seconds time{std::chrono::seconds{epoch}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

}  // namespace base
