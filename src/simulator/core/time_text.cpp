#include "simulator/core/time_text.h"

#include <fmt/format.h>

#include <chrono>

namespace simulator {
namespace {

struct Parts {
  int year;
  unsigned month, day;
  std::int64_t hour, minute, second;
};

Parts parts_of(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds at{std::chrono::seconds(seconds)};
  const auto midnight = floor<days>(at);
  const year_month_day date{midnight};
  const auto rest = (at - midnight).count();
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          rest / 3600,
          rest / 60 % 60,
          rest % 60};
}

}  // namespace

std::string iso_time(std::int64_t seconds) {
  const auto p = parts_of(seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", p.year, p.month, p.day, p.hour, p.minute,
                     p.second);
}

std::string archive_time(std::int64_t seconds) {
  const auto p = parts_of(seconds);
  return fmt::format("{:04}_{:02}_{:02}-{:02}_{:02}_{:02}", p.year, p.month, p.day, p.hour, p.minute,
                     p.second);
}

std::string syslog_time(std::int64_t seconds) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto p = parts_of(seconds);
  return fmt::format("{} {:02} {:02}:{:02}:{:02}", kMonths[p.month - 1], p.day, p.hour, p.minute, p.second);
}

std::string log_time(std::int64_t seconds) {
  const auto p = parts_of(seconds);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", p.year, p.month, p.day, p.hour, p.minute,
                     p.second);
}

}  // namespace simulator
