#include "resource/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "engine/render.h"

namespace resource {
namespace {

constexpr std::size_t kReserved = 300;  ///< for what is said of the rest
constexpr std::size_t kLine = 1000;
constexpr std::size_t kKey = 200;

/// JSON itself escapes controls; what a terminal or a reader would be fooled by is replaced.
base::Json clean(const base::Json& value) {
  if (const auto* text = value.if_string()) {
    const std::string_view view(*text);
    return base::Json(base::printable(view, std::string::npos));
  }
  if (const auto* array = value.if_array()) {
    base::JsonArray out;
    out.reserve(array->size());
    for (const auto& item : *array) out.push_back(clean(item));
    return out;
  }
  if (const auto* object = value.if_object()) {
    base::JsonObject out;
    out.reserve(object->size());
    for (const auto& member : *object) out[base::printable(member.key(), kKey)] = clean(member.value());
    return out;
  }
  return value;
}

/// Takes from the end what does not fit, and says how much.
base::Json cut(base::JsonArray& items, std::size_t budget) {
  std::size_t bytes = 0;
  std::size_t kept = 0;
  while (kept < items.size()) {
    bytes += base::write_json(items[kept]).size() + 1;
    if (bytes > budget) break;
    ++kept;
  }
  const auto left_out = items.size() - kept;
  items.resize(kept);
  return left_out;
}

/// The longest members go first.
base::Json cut(base::JsonObject& object, std::size_t budget) {
  std::vector<std::pair<std::size_t, std::string>> sizes;
  std::size_t bytes = 2;
  for (const auto& member : object) {
    const auto size = base::write_json(member.value()).size() + member.key().size() + 4;
    sizes.emplace_back(size, member.key());
    bytes += size;
  }
  std::ranges::sort(sizes, std::greater<>{});
  base::JsonArray names;
  for (const auto& [size, key] : sizes) {
    if (bytes <= budget) break;
    object.erase(key);
    names.emplace_back(key);
    bytes -= size;
  }
  return names;
}

bool ticks(std::string_view key, const std::vector<std::string_view>& ticking) {
  return std::ranges::any_of(ticking, [&](std::string_view name) {
    return name.ends_with('*') ? key.starts_with(name.substr(0, name.size() - 1)) : key == name;
  });
}

/// Sorted text without what ticks; the rows of a list sorted too.
std::string normal(const base::Json& value, const std::vector<std::string_view>& ticking) {
  std::vector<std::string> parts;
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) parts.push_back(normal(item, ticking));
  } else if (const auto* object = value.if_object()) {
    for (const auto& member : *object) {
      if (!ticks(member.key(), ticking))
        parts.push_back(base::write_json(base::Json(member.key())) + ":" + normal(member.value(), ticking));
    }
  } else {
    return base::write_json(value);
  }
  std::ranges::sort(parts);
  std::string text(1, value.is_array() ? '[' : '{');
  for (const auto& part : parts) text += part + ",";
  return text;
}

}  // namespace

std::string json_text(Reading reading, std::size_t budget) {
  engine::mask_secrets(reading.data);
  auto data = clean(reading.data);
  auto text = base::write_json_sorted(data);
  if (text.size() <= budget && reading.note.empty()) return text;
  base::JsonObject whole;
  auto note = reading.note;
  if (text.size() > budget) {
    const auto room = budget > 2 * kReserved ? budget - kReserved : budget / 2;
    base::Json left_out;
    if (auto* array = data.if_array()) {
      left_out = cut(*array, room);
    } else if (auto* object = data.if_object()) {
      left_out = cut(*object, room);
    } else {
      data = nullptr;
    }
    whole["left_out"] = std::move(left_out);
    note += fmt::format("{}Not all fits into PVE_MAX_RESULT ({} bytes).", note.empty() ? "" : " ", budget);
  }
  whole["data"] = std::move(data);
  whole["note"] = base::printable(note, kReserved);
  return base::write_json_sorted(base::Json(std::move(whole)));
}

std::string log_text(const Reading& reading, std::size_t budget) {
  std::vector<std::string> lines;
  const auto* rows = reading.data.if_array();
  for (std::size_t i = 0; rows != nullptr && i < rows->size(); ++i) {
    const auto* object = (*rows)[i].if_object();
    const auto* text = object == nullptr ? nullptr : object->if_contains("t");
    if (text != nullptr && text->is_string())
      lines.push_back(base::printable(std::string_view(text->get_string()), kLine));
  }
  constexpr std::size_t kHead = 60;
  const auto room = budget > kHead ? budget - kHead : budget;
  auto first = lines.size();
  for (std::size_t bytes = 0; first > 0; --first) {
    bytes += lines[first - 1].size() + 1;
    if (bytes > room) break;
  }
  const auto total = std::max(reading.lines, static_cast<std::int64_t>(lines.size()));
  const auto missing = total - static_cast<std::int64_t>(lines.size() - first);
  std::string text = missing > 0 ? fmt::format("({} older lines are left out)\n", missing) : std::string{};
  for (auto i = first; i < lines.size(); ++i) text += lines[i] + "\n";
  return text;
}

std::uint64_t digest(const base::Json& data, std::string_view ticking) {
  std::vector<std::string_view> names;
  if (!ticking.empty()) names = base::split(ticking, ' ');
  return std::hash<std::string>{}(normal(data, names));
}

}  // namespace resource
