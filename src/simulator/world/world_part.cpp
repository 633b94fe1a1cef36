#include "simulator/world/world_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "simulator/core/call.h"

namespace simulator {
namespace {

constexpr std::size_t kShown = 60;

/// The seconds of "35d1h"; nullopt if the text is not a duration.
std::optional<std::int64_t> duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t seconds = 0;
  while (!text.empty()) {
    const auto count = base::take_number<std::int64_t>(text);
    if (!count || *count < 0 || *count > 1'000'000'000 || text.empty()) return std::nullopt;
    const auto unit = std::string_view("smhd").find(text.front());
    if (unit == std::string_view::npos) return std::nullopt;
    constexpr std::int64_t kSeconds[] = {1, 60, 3600, 86'400};
    seconds += *count * kSeconds[unit];
    text.remove_prefix(1);
  }
  return seconds;
}

}  // namespace

void Part::refuse(std::string_view remedy) const {
  if (!wrong_->empty()) return;
  const auto where = path_.empty() ? std::string("The file") : path_;
  *wrong_ = present() ? fmt::format("{} is {}; {}", where, base::printable(base::write_json(*value_), kShown),
                                    remedy)
                      : fmt::format("{} is missing; {}", where, remedy);
}

const Part& Part::knows(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, part] : members()) {
    if (std::ranges::find(names, name) != names.end() || !wrong_->empty()) continue;
    *wrong_ = fmt::format("{} is unknown; write one of {}.", part.path_, fmt::join(names, ", "));
  }
  return *this;
}

Part Part::member(std::string_view name) const {
  const auto* const object = present() ? value_->if_object() : nullptr;
  const auto path = path_.empty() ? std::string(name) : path_ + "." + std::string(name);
  return {object == nullptr ? nullptr : object->if_contains(name), path, *wrong_};
}

std::vector<Part> Part::items() const {
  std::vector<Part> parts;
  if (!present()) return parts;
  const auto* const array = value_->if_array();
  if (array == nullptr) {
    refuse("write a list: [ … ].");
    return parts;
  }
  for (const auto& item : *array) {
    parts.emplace_back(&item, fmt::format("{}[{}]", path_, parts.size()), *wrong_);
  }
  return parts;
}

std::vector<std::pair<std::string, Part>> Part::members() const {
  std::vector<std::pair<std::string, Part>> parts;
  if (!present()) return parts;
  const auto* const object = value_->if_object();
  if (object == nullptr) {
    refuse("write an object: { … }.");
    return parts;
  }
  for (const auto& [key, value] : *object) {
    const auto name = base::printable(std::string_view(key), kShown);
    parts.emplace_back(std::string(key), Part(&value, path_.empty() ? name : path_ + "." + name, *wrong_));
  }
  return parts;
}

std::string Part::text() const {
  const auto* const text = present() ? value_->if_string() : nullptr;
  if (text != nullptr) return std::string(*text);
  refuse("write a text in quotation marks.");
  return {};
}

std::uint64_t Part::number(std::uint64_t least, std::uint64_t most) const {
  const auto number = present() && !value_->is_string() ? base::number(*value_) : std::nullopt;
  if (number && *number >= 0 && static_cast<std::uint64_t>(*number) >= least &&
      static_cast<std::uint64_t>(*number) <= most) {
    return static_cast<std::uint64_t>(*number);
  }
  refuse(fmt::format("write a whole number from {} to {}.", least, most));
  return least;
}

std::uint64_t Part::bytes() const {
  constexpr std::uint64_t kMost = 1ULL << 60U;
  if (present() && !value_->is_string()) return number(0, kMost);
  if (const auto size = present() ? parse_size(text()) : 0; size > 0) return size;
  refuse("write a size such as \"94G\", or a number of bytes.");
  return 1;
}

std::int64_t Part::seconds() const {
  if (const auto found = present() && value_->is_string() ? duration(text()) : std::nullopt) return *found;
  refuse("write a time such as \"35d1h\", with d, h, m and s.");
  return 0;
}

std::string Part::one_of(const std::vector<std::string>& names) const {
  if (present() && value_->is_string()) {
    if (auto found = text(); std::ranges::find(names, found) != names.end()) return found;
  }
  refuse(fmt::format("write one of {}.", fmt::join(names, ", ")));
  return {};
}

std::int64_t Part::number_or(std::int64_t otherwise) const {
  constexpr std::uint64_t kMost = 1ULL << 60U;
  return present() ? static_cast<std::int64_t>(number(0, kMost)) : otherwise;
}

bool Part::flag_or(bool otherwise) const {
  if (!present()) return otherwise;
  if (value_->is_bool()) return value_->get_bool();
  refuse("write true or false.");
  return otherwise;
}

std::vector<std::string> Part::texts() const {
  std::vector<std::string> all;
  for (const auto& item : items()) all.push_back(item.text());
  return all;
}

Config Part::config() const {
  Config lines;
  for (const auto& [key, part] : members()) lines[key] = part.text();
  return lines;
}

}  // namespace simulator
