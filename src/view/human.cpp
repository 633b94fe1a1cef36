#include "view/human.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "base/when.h"
#include "view/kind.h"

namespace view {
namespace {

constexpr std::size_t kLongest = 1200;

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

/// Returns at most three digits and no trailing zero: 0.42, 1.5, 12, 480.
std::string short_number(double value) {
  auto text = fmt::format("{:.{}f}", value, value < 0.995 ? 2 : value < 9.95 ? 1 : 0);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

/// Lists whose order has no meaning and changes from call to call.
constexpr std::array<std::string_view, 9> kUnordered = {
    "allowed-tags", "content", "families", "groups", "nodes", "privs", "roles", "tokens", "users"};

/// Times that are shown to the second, since events may follow each other within a minute; others are shown
/// to the minute.
constexpr std::array<std::string_view, 5> kToTheSecond = {"endtime", "localtime", "starttime", "time",
                                                          "timestamp"};

std::string shown_time(std::string_view key, std::int64_t epoch_seconds) {
  return std::ranges::binary_search(kToTheSecond, key) ? human_moment(epoch_seconds)
                                                       : human_time(epoch_seconds);
}

/// Returns one line, with line breaks as "\\n".
std::string one_line(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::string line;
  for (const auto part : base::split(text, '\n'))
    line += (part.data() == text.data() ? "" : "\\n") + base::printable(part, kLongest);
  return line.size() > kLongest ? base::printable(line, kLongest) : line;
}

std::string sorted_list(std::string_view text) {
  auto parts = base::split(text, ',');
  std::ranges::sort(parts);
  return base::join(parts, ",");
}

/// Returns an object in PVE's argument form, "keep-daily=7,keep-last=3"; empty if PVE would not accept it.
std::string property_string(const base::Json& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return {};
  std::vector<std::string> parts;
  for (const auto& member : *object) {
    if (member.value().is_structured()) return {};
    parts.push_back(std::string(member.key()) + "=" + human(member.key(), member.value()));
  }
  std::ranges::sort(parts);
  const std::vector<std::string_view> views(parts.begin(), parts.end());
  return base::join(views, ",");
}

/// Returns a list of small objects as "expire=never,tokenid=ops; …"; empty for other values.
std::string property_strings(const base::Json& value) {
  const auto* list = value.if_array();
  if (list == nullptr) return {};
  std::string text;
  for (const auto& item : *list) {
    const auto one = property_string(item);
    if (one.empty()) return {};
    text += (text.empty() ? "" : "; ") + one;
  }
  return text;
}

std::string plain(const base::Json& value) {
  if (value.is_double()) {
    if (!std::isfinite(value.get_double())) return {};
    return fmt::format("{:.4g}", value.get_double());
  }
  if (value.is_null()) return {};
  if (value.is_structured()) {
    const auto properties = value.is_array() ? property_strings(value) : property_string(value);
    return base::printable(properties.empty() ? base::write_json_sorted(value) : properties, kLongest);
  }
  return one_line(base::wire_text(value));
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
  constexpr std::string_view kMinute = "2026-05-28 14:03";
  auto text = base::date_text(epoch_seconds);
  if (text.find(':') != std::string::npos) text.resize(kMinute.size());
  return text;
}

std::string human_moment(std::int64_t epoch_seconds) { return base::date_text(epoch_seconds); }

bool is_unordered(std::string_view key) { return std::ranges::binary_search(kUnordered, key); }

std::string human(std::string_view key, const base::Json& value) {
  if (is_unordered(key) && value.is_string()) return plain(base::Json(sorted_list(value.get_string())));
  const auto kind = kind_of(key);
  const auto amount = kind == Kind::Unknown ? std::nullopt : base::real(value);
  if (!amount) return plain(value);
  switch (kind) {
    case Kind::Bytes:
      return *amount < smallest_bytes(key) ? plain(value) : human_bytes(*amount);
    case Kind::Fraction:
      // `cpu` may also be the text of a CPU type, and a large number is a count, not a fraction.
      return *amount < 1000 ? human_percent(*amount) : plain(value);
    case Kind::Seconds:
      // An uptime of 0 means not running, but a duration of 0 means less than a second.
      return *amount == 0 && key != "duration" ? plain(value) : human_duration(*amount);
    case Kind::FutureTime:
      // PVE writes 0 for a time that does not exist.
      if (*amount == 0) return "never";
      [[fallthrough]];
    case Kind::PastTime:
      return std::abs(*amount) < 1e15 ? shown_time(key, static_cast<std::int64_t>(*amount)) : plain(value);
    default:
      return plain(value);
  }
}

std::string human_pair(std::string_view key, const base::Json& used, std::string_view limit_key,
                       const base::Json& limit) {
  // PVE does not know how full a VM's disks are and reports 0.
  if (key == "disk" && used.is_int64() && used.get_int64() == 0) return "?/" + human(limit_key, limit);
  const auto most = base::real(limit);
  const auto now = base::real(used);
  if (kind_of(limit_key) != Kind::Bytes || !most || !now || *most <= 0)
    return human(key, used) + "/" + human(limit_key, limit);
  const auto& scale = scale_of(*most);
  return fmt::format("{}/{} {}", short_number(*now / scale.factor), short_number(*most / scale.factor),
                     scale.name);
}

}  // namespace view
