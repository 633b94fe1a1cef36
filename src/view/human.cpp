#include "view/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "base/json_read.h"
#include "base/text.h"

namespace view {
namespace {

enum class Unit : std::uint8_t { None, Bytes, Fraction, Seconds, Epoch };

struct Known {
  std::string_view key;
  Unit unit;
};

// PVE uses each of these names for one thing, whatever the call.
constexpr std::array kKnown = {
    Known{"avail", Unit::Bytes},
    Known{"available", Unit::Bytes},
    Known{"cpu", Unit::Fraction},
    Known{"ctime", Unit::Epoch},
    Known{"disk", Unit::Bytes},
    Known{"diskread", Unit::Bytes},
    Known{"diskwrite", Unit::Bytes},
    Known{"duration", Unit::Seconds},
    Known{"endtime", Unit::Epoch},
    Known{"expire", Unit::Epoch},
    Known{"fail_count", Unit::None},
    Known{"free", Unit::Bytes},
    Known{"last_sync", Unit::Epoch},
    Known{"last_try", Unit::Epoch},
    Known{"localtime", Unit::Epoch},
    Known{"maxdisk", Unit::Bytes},
    Known{"maxmem", Unit::Bytes},
    Known{"maxswap", Unit::Bytes},
    Known{"mem", Unit::Bytes},
    Known{"memhost", Unit::Bytes},
    Known{"netin", Unit::Bytes},
    Known{"netout", Unit::Bytes},
    Known{"next-run", Unit::Epoch},
    Known{"next_sync", Unit::Epoch},
    Known{"notafter", Unit::Epoch},
    Known{"notbefore", Unit::Epoch},
    Known{"shared", Unit::None},
    Known{"size", Unit::Bytes},
    Known{"snaptime", Unit::Epoch},
    Known{"starttime", Unit::Epoch},
    Known{"swap", Unit::Bytes},
    Known{"time", Unit::Epoch},
    Known{"timestamp", Unit::Epoch},
    Known{"total", Unit::Bytes},
    Known{"uptime", Unit::Seconds},
    Known{"used", Unit::Bytes},
    Known{"used_fraction", Unit::Fraction},
    Known{"wait", Unit::Fraction},
};
static_assert(std::ranges::is_sorted(kKnown, {}, &Known::key));

constexpr std::size_t kLongest = 1200;

Unit unit_of(std::string_view key) {
  const auto* found = std::ranges::lower_bound(kKnown, key, {}, &Known::key);
  return found == kKnown.end() || found->key != key ? Unit::None : found->unit;
}

struct Scale {
  double factor;
  std::string_view name;
};

constexpr std::array kScales = {Scale{1099511627776.0, "TiB"}, Scale{1073741824.0, "GiB"},
                                Scale{1048576.0, "MiB"}, Scale{1024.0, "KiB"}, Scale{1.0, "B"}};

const Scale& scale_of(double bytes) {
  const auto* found =
      std::ranges::find_if(kScales, [&](const Scale& scale) { return bytes >= scale.factor; });
  return found == kScales.end() ? kScales.back() : *found;
}

/// Three digits at most, no trailing zero: 0.42, 1.5, 12, 480.
std::string short_number(double value) {
  auto text = fmt::format("{:.{}f}", value, value < 0.995 ? 2 : value < 9.95 ? 1 : 0);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

/// A small number under a name of bytes is a setting in MiB or a count: PVE's sizes are larger.
bool too_small_for_bytes(double value) { return value < 65536 && value > 0; }

std::string plain(const base::Json& value) {
  if (value.is_double()) {
    if (!std::isfinite(value.get_double())) return {};
    return fmt::format("{:.4g}", value.get_double());
  }
  if (value.is_null()) return {};
  if (value.is_structured()) return base::printable(base::write_json_sorted(value), kLongest);
  return base::printable(base::wire_text(value), kLongest);
}

}  // namespace

std::string human_bytes(double bytes) {
  const auto& scale = scale_of(std::abs(bytes));
  return fmt::format("{} {}", short_number(bytes / scale.factor), scale.name);
}

std::string human_percent(double fraction) {
  const auto percent = fraction * 100;
  if (percent != 0 && std::abs(percent) < 1) return fmt::format("{:.1f}%", percent);
  return fmt::format("{:.0f}%", percent);
}

std::string human_duration(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f}s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f}m", std::floor(seconds / 60));
  if (seconds < 172800) return fmt::format("{:.0f}h", std::floor(seconds / 3600));
  return fmt::format("{:.0f}d", std::floor(seconds / 86400));
}

std::string human_time(std::int64_t epoch_seconds) {
  // Outside the years that four digits can say it is no time.
  constexpr std::int64_t kLast = 253402300799;
  if (epoch_seconds <= 0 || epoch_seconds > kLast) return fmt::format("{}", epoch_seconds);
  const std::chrono::sys_seconds time{std::chrono::seconds{epoch_seconds}};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count());
}

std::string human(std::string_view key, const base::Json& value) {
  const auto unit = unit_of(key);
  const auto amount = unit == Unit::None ? std::nullopt : base::real(value);
  if (!amount) return plain(value);
  switch (unit) {
    case Unit::Bytes:
      return too_small_for_bytes(*amount) || *amount == 0 ? plain(value) : human_bytes(*amount);
    case Unit::Fraction:
      // A CPU type is a text; a share above a thousand is a count.
      return *amount < 1000 ? human_percent(*amount) : plain(value);
    case Unit::Seconds:
      return *amount == 0 ? plain(value) : human_duration(*amount);
    case Unit::Epoch:
      return std::abs(*amount) < 1e15 ? human_time(static_cast<std::int64_t>(*amount)) : plain(value);
    case Unit::None:
      break;
  }
  return plain(value);
}

std::string human_pair(std::string_view key, const base::Json& used, std::string_view limit_key,
                       const base::Json& limit) {
  // PVE does not look into a VM's disks and says 0.
  if (key == "disk" && used.is_int64() && used.get_int64() == 0) return "?/" + human(limit_key, limit);
  const auto most = base::real(limit);
  const auto now = base::real(used);
  if (unit_of(limit_key) != Unit::Bytes || !most || !now || *most <= 0)
    return human(key, used) + "/" + human(limit_key, limit);
  const auto& scale = scale_of(*most);
  return fmt::format("{}/{} {}", short_number(*now / scale.factor), short_number(*most / scale.factor),
                     scale.name);
}

}  // namespace view
