#include "simulator/backup/backup_schedule.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <chrono>
#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"

namespace simulator {
namespace {

constexpr auto kDays = std::to_array<std::string_view>({"sun", "mon", "tue", "wed", "thu", "fri", "sat"});
constexpr auto kLongDays = std::to_array<std::string_view>(
    {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"});

struct Schedule {
  std::bitset<7> days;  ///< 0 is Sunday
  std::bitset<24> hours;
  std::bitset<60> minutes;
  std::bitset<32> dates;   ///< day of the month
  std::bitset<13> months;  ///< 1 to 12
};

template <std::size_t Size>
void fill(std::bitset<Size>& set, unsigned first, unsigned last, unsigned step) {
  for (auto i = first; i <= last && i < Size; i += step) set.set(i);
}

/// "*", "5", "1..4", "*/15", "2/6", and lists of them; `least` is the smallest value.
template <std::size_t Size>
bool read_numbers(std::string_view text, std::bitset<Size>& set, unsigned least) {
  for (const auto item : base::split(text, ',')) {
    const auto slash = item.find('/');
    const auto body = item.substr(0, slash);
    unsigned step = 1;
    if (slash != std::string_view::npos) {
      step = base::parse_number<unsigned>(item.substr(slash + 1)).value_or(0);
      if (step == 0) return false;
    }
    if (body == "*") {
      fill(set, least, Size - 1, step);
      continue;
    }
    const auto dots = body.find("..");
    const auto first = base::parse_number<unsigned>(body.substr(0, dots));
    if (!first || *first >= Size || *first < least) return false;
    if (dots == std::string_view::npos) {
      fill(set, *first, slash == std::string_view::npos ? *first : static_cast<unsigned>(Size) - 1, step);
      continue;
    }
    const auto last = base::parse_number<unsigned>(body.substr(dots + 2));
    if (!last || *last >= Size || *last < *first) return false;
    fill(set, *first, *last, step);
  }
  return true;
}

std::optional<unsigned> day(std::string_view text) {
  const auto lower = base::lower_ascii(text);
  for (unsigned i = 0; i < kDays.size(); ++i) {
    if (lower == kDays[i] || lower == kLongDays[i]) return i;
  }
  return std::nullopt;
}

bool read_days(std::string_view text, std::bitset<7>& set) {
  for (const auto item : base::split(text, ',')) {
    auto dots = item.find("..");
    std::size_t width = 2;
    if (dots == std::string_view::npos) {
      dots = item.find('-');
      width = 1;
    }
    const auto first = day(item.substr(0, dots));
    if (!first) return false;
    const auto last = dots == std::string_view::npos ? first : day(item.substr(dots + width));
    if (!last) return false;
    for (auto i = *first; set.set(i), i != *last;) i = (i + 1) % 7;
  }
  return true;
}

std::string_view named(std::string_view text) {
  if (text == "minutely") return "*:*";
  if (text == "hourly") return "*:00";
  if (text == "daily") return "00:00";
  if (text == "weekly") return "mon 00:00";
  if (text == "monthly") return "*-*-01 00:00";
  if (text == "yearly" || text == "annually") return "*-01-01 00:00";
  return text;
}

bool read_time(std::string_view text, Schedule& schedule) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    fill(schedule.hours, 0, 23, 1);
    return read_numbers(text, schedule.minutes, 0);
  }
  const auto rest = text.substr(colon + 1);
  return read_numbers(text.substr(0, colon), schedule.hours, 0) &&
         read_numbers(rest.substr(0, rest.find(':')), schedule.minutes, 0);
}

bool read_date(std::string_view text, Schedule& schedule) {
  const auto parts = base::split(text, '-');
  if (parts.size() < 2 || parts.size() > 3) return false;
  if (parts.size() == 3 && parts[0] != "*" && !base::parse_number<unsigned>(parts[0])) return false;
  return read_numbers(parts[parts.size() - 2], schedule.months, 1) &&
         read_numbers(parts.back(), schedule.dates, 1);
}

std::optional<Schedule> parse(std::string_view text) {
  Schedule schedule;
  text = named(base::trim(text));
  bool any = false;
  for (const auto word : base::split(text, ' ')) {
    if (word.empty()) continue;
    any = true;
    const bool fits = base::is_letter(word.front())              ? read_days(word, schedule.days)
                      : word.find('-') != std::string_view::npos ? read_date(word, schedule)
                                                                 : read_time(word, schedule);
    if (!fits) return std::nullopt;
  }
  if (!any) return std::nullopt;
  if (schedule.days.none()) schedule.days.set();
  if (schedule.hours.none() && schedule.minutes.none()) {
    schedule.hours.set(0);
    schedule.minutes.set(0);
  }
  if (schedule.dates.none()) fill(schedule.dates, 1, 31, 1);
  if (schedule.months.none()) fill(schedule.months, 1, 12, 1);
  return schedule;
}

bool on_day(const Schedule& schedule, std::chrono::sys_days date) {
  const std::chrono::year_month_day parts(date);
  return schedule.days.test(std::chrono::weekday(date).c_encoding()) &&
         schedule.dates.test(static_cast<unsigned>(parts.day())) &&
         schedule.months.test(static_cast<unsigned>(parts.month()));
}

}  // namespace

bool is_schedule(std::string_view text) { return parse(text).has_value(); }

std::optional<std::int64_t> next_event(std::string_view text, std::int64_t now) {
  constexpr std::int64_t kDay = 86'400;
  constexpr int kHorizon = 4 * 366;
  const auto schedule = parse(text);
  if (!schedule) return std::nullopt;
  for (int i = 0; i < kHorizon; ++i) {
    const auto midnight = (now / kDay + i) * kDay;
    if (!on_day(*schedule, std::chrono::sys_days(std::chrono::days(now / kDay + i)))) continue;
    for (unsigned minute = 0; minute < 24 * 60; ++minute) {
      if (!schedule->hours.test(minute / 60) || !schedule->minutes.test(minute % 60)) continue;
      const auto time = midnight + static_cast<std::int64_t>(minute) * 60;
      if (time > now) return time;
    }
  }
  return std::nullopt;
}

}  // namespace simulator
