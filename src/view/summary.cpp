#include "view/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "view/human.h"

namespace view {
namespace {

using Items = std::vector<const base::JsonObject*>;
using Counts = std::vector<std::pair<std::string, std::size_t>>;

constexpr std::size_t kMostGroups = 8;
constexpr std::size_t kMostValues = 40;

/// How often each value occurs, the most frequent first; nothing when there are too many values.
Counts counts_of(const Items& items, std::string_view key) {
  std::map<std::string, std::size_t> found;
  for (const auto* item : items) {
    const auto* value = item->if_contains(key);
    if (value == nullptr || value->is_null()) continue;
    if (value->is_structured() || value->is_double()) return {};
    const auto text = base::wire_text(*value);
    for (const auto part : base::split(text, key == "tags" ? ';' : '\n')) ++found[base::printable(part, 60)];
    if (found.size() > kMostValues) return {};
  }
  Counts counts(found.begin(), found.end());
  std::ranges::sort(counts, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return counts;
}

double sum_of(const Items& items, std::string_view key) {
  double sum = 0;
  for (const auto* item : items) {
    if (const auto* value = item->if_contains(key); value != nullptr && value->is_number())
      sum += value->to_number<double>();
  }
  return sum;
}

void add_group(std::string_view key, const Counts& counts, Summary& summary) {
  base::JsonObject values;
  summary.text += fmt::format("\n{}: ", key);
  for (const auto& [value, count] : counts) {
    summary.text += fmt::format("{}{} {}", values.empty() ? "" : ", ", value, count);
    values[value] = static_cast<std::int64_t>(count);
  }
  // The rarest is what is looked for.
  if (summary.example.empty()) summary.example = fmt::format("{}={}", key, counts.back().first);
  summary.structured[key] = std::move(values);
}

void add_sum(std::string_view used, std::string_view most, const Items& items, Summary& summary) {
  const auto limit = sum_of(items, most);
  if (limit <= 0) return;
  const auto now = sum_of(items, used);
  summary.text += fmt::format("\n{}: {} of {}", used, human_bytes(now), human_bytes(limit));
  summary.structured[used] = now;
  summary.structured[most] = limit;
}

}  // namespace

Summary summarise(const Items& items, const std::vector<std::string>& keys) {
  Summary summary;
  auto all = keys;
  for (const auto* key : {"status", "node", "type", "pool", "lock", "hastate", "template", "tags", "content"})
    all.emplace_back(key);
  std::size_t groups = 0;
  for (const auto& key : all) {
    const bool amount = key.starts_with("max") || key == "uptime" || key == "cpus";
    if (amount || summary.structured.contains(key) || groups == kMostGroups) continue;
    const auto counts = counts_of(items, key);
    if (counts.empty() || (counts.size() == 1 && counts.front().second == items.size())) continue;
    add_group(key, counts, summary);
    ++groups;
  }
  add_sum("mem", "maxmem", items, summary);
  add_sum("disk", "maxdisk", items, summary);
  if (sum_of(items, "maxmem") <= 0 && sum_of(items, "size") > 0) {
    summary.text += "\nsize: " + human_bytes(sum_of(items, "size"));
    summary.structured["size"] = sum_of(items, "size");
  }
  if (summary.example.empty()) summary.example = "a word";
  return summary;
}

std::string state_counts(const Items& items) {
  constexpr std::size_t kMostStates = 5;
  const auto counts = counts_of(items, "status");
  if (counts.empty() || counts.size() > kMostStates) return {};
  std::string text;
  for (const auto& [value, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, value);
  return text;
}

}  // namespace view
