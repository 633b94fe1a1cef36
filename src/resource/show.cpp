#include "resource/show.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/render.h"

namespace resource {
namespace {

constexpr std::size_t kFrame = 20;      ///< the names of "data" and "note"
constexpr std::size_t kReserved = 500;  ///< for what is said of the rest
constexpr std::size_t kNote = 2000;
constexpr std::size_t kLine = 1000;
constexpr std::size_t kKey = 200;

/// One of the names is the member's: "disk", "press*", "node.disk".
bool is_named(std::string_view key, std::string_view type, const std::vector<std::string_view>& names) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    if (const auto dot = name.find('.'); dot != std::string_view::npos) {
      if (name.substr(0, dot) != type) return false;
      name.remove_prefix(dot + 1);
    }
    return name.ends_with('*') ? key.starts_with(name.substr(0, name.size() - 1)) : key == name;
  });
}

std::vector<std::string_view> names_in(std::string_view text, char separator) {
  if (text.empty()) return {};
  return base::split(text, separator);
}

std::size_t size_of(const base::Json& item) { return base::write_json(item).size() + 1; }

std::size_t size_of(const base::JsonArray& items) {
  std::size_t bytes = 2;
  for (const auto& item : items) bytes += size_of(item);
  return bytes;
}

/// What a cut took.
struct Cut {
  std::set<std::string, std::less<>> members;
  std::map<std::string, std::size_t, std::less<>> types;
  std::size_t rows = 0;
};

void take_members(base::JsonArray& items, const std::vector<std::string_view>& names, Cut& cut) {
  for (auto& item : items) {
    auto* object = item.if_object();
    if (object == nullptr) continue;
    const std::string type(base::raw_text(*object, "type"));
    for (auto member = object->begin(); member != object->end();) {
      if (!is_named(member->key(), type, names)) {
        ++member;
        continue;
      }
      cut.members.emplace(member->key());
      member = object->erase(member);
    }
  }
}

void bring_forward(base::JsonArray& items, std::string_view type, std::size_t& at) {
  for (std::size_t i = at; i < items.size(); ++i) {
    const auto* object = items[i].if_object();
    if (object != nullptr && base::raw_text(*object, "type") == type)
      std::rotate(items.begin() + at++, items.begin() + i, items.begin() + i + 1);
  }
}

/// Members that matter least go first, then rows from the end.
Cut cut(base::JsonArray& items, std::size_t budget, const Shape& shape) {
  Cut taken;
  std::size_t front = 0;
  for (const auto type : names_in(shape.first, ' ')) bring_forward(items, type, front);
  for (const auto group : names_in(shape.omit_first, ' ')) {
    if (size_of(items) <= budget) break;
    take_members(items, names_in(group, ','), taken);
  }
  std::size_t bytes = 2;
  std::size_t kept = 0;
  while (kept < items.size() && (bytes += size_of(items[kept])) <= budget) ++kept;
  for (auto i = kept; i < items.size(); ++i) {
    const auto* object = items[i].if_object();
    const auto type = object == nullptr ? std::string_view{} : base::raw_text(*object, "type");
    if (!type.empty()) ++taken.types[base::printable(type, kKey)];
  }
  taken.rows = items.size() - kept;
  items.resize(kept);
  return taken;
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

/// Sorted text without what ticks; the rows of a list sorted too.
std::string normal(const base::Json& value, const std::vector<std::string_view>& volatile_members) {
  std::vector<std::string> parts;
  if (const auto* array = value.if_array()) {
    for (const auto& item : *array) parts.push_back(normal(item, volatile_members));
  } else if (const auto* object = value.if_object()) {
    const auto type = base::raw_text(*object, "type");
    for (const auto& member : *object) {
      if (!is_named(member.key(), type, volatile_members))
        parts.push_back(base::write_json(base::Json(member.key())) + ":" +
                        normal(member.value(), volatile_members));
    }
  } else {
    return base::write_json(value);
  }
  std::ranges::sort(parts);
  std::string text(1, value.is_array() ? '[' : '{');
  for (const auto& part : parts) text += part + ",";
  return text;
}

std::string list_note(const Cut& taken, const Shape& shape, base::JsonObject& whole) {
  std::string what;
  if (taken.rows > 0) {
    whole["left_out"] = taken.rows;
    what = fmt::format("{} rows", taken.rows);
  }
  if (!taken.types.empty()) {
    base::JsonObject types;
    std::string counted;
    for (const auto& [type, count] : taken.types) {
      types[type] = count;
      counted += fmt::format("{}{} {}", counted.empty() ? "" : ", ", count, type);
    }
    whole["left_out_by_type"] = std::move(types);
    what += fmt::format(" ({})", counted);
  }
  if (!taken.members.empty()) {
    whole["left_out_members"] = base::JsonArray(taken.members.begin(), taken.members.end());
    what += fmt::format("{}some members of the others", what.empty() ? "" : " and ");
  }
  return fmt::format(": {} are left out. {}", what, shape.rest);
}

/// Shortens the data to the room, and says what was left out.
std::string shortened(base::Json& data, std::size_t room, const Shape& shape, base::JsonObject& whole) {
  if (auto* array = data.if_array()) return list_note(cut(*array, room, shape), shape, whole);
  if (auto* object = data.if_object()) {
    whole["left_out"] = cut(*object, room);
  } else {
    data = nullptr;
  }
  return ". " + shape.rest;
}

}  // namespace

std::string json_text(Reading reading, std::size_t budget, const Shape& shape) {
  engine::mask_secrets(reading.data);
  engine::replace_unsafe_characters(reading.data);
  auto data = std::move(reading.data);
  auto text = base::write_json_sorted(data);
  if (text.size() <= budget && reading.note.empty()) return text;
  base::JsonObject whole;
  auto note = base::printable(reading.note, std::min(kNote, budget / 4));
  const auto reserved = kReserved + note.size() + shape.rest.size();
  if (text.size() + note.size() + kFrame > budget) {
    const auto room = budget > 2 * reserved ? budget - reserved : budget / 2;
    const auto what = shortened(data, room, shape, whole);
    note += fmt::format("{}The result is cut at PVE_MAX_RESULT ({} bytes){}", note.empty() ? "" : " ", budget,
                        what);
    while (note.ends_with(' ')) note.pop_back();
  }
  whole["data"] = std::move(data);
  whole["note"] = note;
  return base::write_json_sorted(base::Json(std::move(whole)));
}

std::string log_text(const Reading& reading, std::size_t budget) {
  std::vector<std::string> lines;
  for (const auto& row : base::objects(reading.data)) {
    const auto* text = row.if_contains("t");
    if (text != nullptr && !text->is_null()) lines.push_back("| " + base::text(*text, kLine));
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

std::uint64_t digest(const base::Json& data, std::string_view volatile_members) {
  return std::hash<std::string>{}(normal(data, names_in(volatile_members, ' ')));
}

}  // namespace resource
