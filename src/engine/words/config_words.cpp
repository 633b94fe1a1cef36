#include "engine/words/config_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/json_read.h"
#include "base/text.h"
#include "change/property.h"

namespace engine {
namespace {

constexpr std::size_t kMostDisks = 4;

/// Sorted, so that a text does not change from call to call.
std::vector<std::string_view> keys_of(const base::JsonObject& config) {
  std::vector<std::string_view> keys;
  for (const auto& member : config) keys.push_back(member.key());
  std::ranges::sort(keys);
  return keys;
}

void add(std::string& text, std::string_view what, std::string_view value) {
  if (value.empty()) return;
  text +=
      fmt::format("{}{} {}", text.empty() ? "" : ", ", base::printable(what, 40), base::printable(value, 80));
}

}  // namespace

std::vector<change::Drive> disks_of(const base::JsonObject& config) {
  std::vector<change::Drive> disks;
  for (const auto key : keys_of(config)) {
    if (!change::is_drive(key)) continue;
    auto drive = change::drive(key, base::raw_text(config, key));
    if (!drive.empty() && !drive.is_cd() && !drive.is_cloud_init()) disks.push_back(std::move(drive));
  }
  return disks;
}

std::string disks_text(const std::vector<change::Drive>& disks) {
  std::string text;
  for (std::size_t i = 0; i < std::min(disks.size(), kMostDisks); ++i) {
    const auto size = disks[i].size();
    add(text, disks[i].option,
        size.empty() ? disks[i].volume : fmt::format("{} ({})", disks[i].volume, size));
  }
  if (disks.size() > kMostDisks) text += fmt::format(" and {} more", disks.size() - kMostDisks);
  return text;
}

std::string macs_text(const base::JsonObject& config) {
  std::string text;
  for (const auto key : keys_of(config)) {
    if (change::family(key) != "net") continue;
    const auto parts = change::properties(key, base::raw_text(config, key));
    const auto mac = change::property(parts, "macaddr");
    add(text, key, mac.empty() ? change::property(parts, "hwaddr") : mac);
  }
  return text;
}

std::string copied_text(const base::JsonObject& config) {
  std::string text;
  if (base::flag(config, "onboot")) add(text, "onboot", "1");
  add(text, "tags", base::raw_text(config, "tags"));
  for (const auto key : keys_of(config)) {
    const auto value = base::raw_text(config, key);
    if (change::family(key) == "ipconfig") add(text, key, value);
    if (change::family(key) != "net") continue;
    const auto parts = change::properties(key, value);
    if (const auto ip = change::property(parts, "ip"); !ip.empty()) add(text, key, fmt::format("ip={}", ip));
  }
  return text;
}

}  // namespace engine
