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

using Counts = std::vector<std::pair<std::string, std::size_t>>;

constexpr std::size_t kMostGroups = 8;
constexpr std::size_t kMostValues = 40;

/// Counts each value of one member; gives up if there are too many different values.
class Tally {
 public:
  explicit Tally(std::string_view key) : key_(key) {}

  const std::string& key() const { return key_; }

  void add(const base::JsonObject& item) {
    const auto* value = usable_ ? item.if_contains(key_) : nullptr;
    if (value == nullptr || value->is_null()) return;
    if (value->is_structured() || value->is_double()) {
      usable_ = false;
    } else if (const auto* text = value->if_string()) {
      add(std::string_view(*text));
    } else {
      add(base::wire_text(*value));
    }
    usable_ = usable_ && found_.size() <= kMostValues;
  }

  /// Returns the most frequent value first.
  Counts counts() const {
    if (!usable_) return {};
    Counts counts(found_.begin(), found_.end());
    std::ranges::sort(counts, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    return counts;
  }

 private:
  void add(std::string_view text) {
    const auto separator = key_ == "tags" ? ';' : '\n';
    if (text.find(separator) == std::string_view::npos) return add_one(text);
    for (const auto part : base::split(text, separator)) add_one(part);
  }

  void add_one(std::string_view value) {
    // printable() leaves its own result unchanged, so known values need no second call.
    if (const auto known = found_.find(value); known != found_.end()) {
      ++known->second;
    } else {
      ++found_[base::printable(value, 60)];
    }
  }

  std::string key_;
  std::map<std::string, std::size_t, std::less<>> found_;
  bool usable_ = true;
};

/// Adds up the members with these names.
class Sums {
 public:
  void add(const base::JsonObject& item) {
    for (auto& [key, sum] : sums_) {
      if (const auto* value = item.if_contains(key); value != nullptr && value->is_number())
        sum += value->to_number<double>();
    }
  }

  double of(std::string_view key) const {
    const auto* found = std::ranges::find(sums_, key, &Sum::key);
    return found == sums_.end() ? 0 : found->sum;
  }

 private:
  struct Sum {
    std::string_view key;
    double sum = 0;
  };
  std::array<Sum, 5> sums_ = {{{"mem"}, {"maxmem"}, {"disk"}, {"maxdisk"}, {"size"}}};
};

void add_group(std::string_view key, const Counts& counts, Summary& summary) {
  base::JsonObject values;
  summary.text += fmt::format("\n{}: ", key);
  for (const auto& [value, count] : counts) {
    summary.text += fmt::format("{}{} {}", values.empty() ? "" : ", ", value, count);
    values[value] = static_cast<std::int64_t>(count);
  }
  // The rarest value is the most likely one to search for.
  if (summary.example.empty()) summary.example = fmt::format("{}={}", key, counts.back().first);
  summary.structured[key] = std::move(values);
}

void add_sum(std::string_view used, std::string_view most, const Sums& sums, Summary& summary) {
  const auto limit = sums.of(most);
  if (limit <= 0) return;
  const auto now = sums.of(used);
  summary.text += fmt::format("\n{}: {} of {}", used, human_bytes(now), human_bytes(limit));
  summary.structured[used] = now;
  summary.structured[most] = limit;
}

/// Returns the members to group by, each once.
std::vector<Tally> tallies_of(const std::vector<std::string>& keys) {
  std::vector<Tally> tallies;
  const auto add = [&](std::string_view key) {
    const bool amount = key.starts_with("max") || key == "uptime" || key == "cpus";
    if (!amount && std::ranges::find(tallies, key, &Tally::key) == tallies.end()) tallies.emplace_back(key);
  };
  for (const auto& key : keys) add(key);
  for (const auto* key : {"status", "node", "type", "pool", "lock", "hastate", "template", "tags", "content"})
    add(key);
  return tallies;
}

}  // namespace

Summary summarise(const Items& items, const std::vector<std::string>& keys) {
  auto tallies = tallies_of(keys);
  Sums sums;
  // One loop over the items for all counts: a long list does not fit into the processor's cache.
  for (const auto* item : items) {
    for (auto& tally : tallies) tally.add(*item);
    sums.add(*item);
  }
  Summary summary;
  std::size_t groups = 0;
  for (const auto& tally : tallies) {
    if (groups == kMostGroups) break;
    const auto counts = tally.counts();
    if (counts.empty() || (counts.size() == 1 && counts.front().second == items.size())) continue;
    add_group(tally.key(), counts, summary);
    ++groups;
  }
  add_sum("mem", "maxmem", sums, summary);
  add_sum("disk", "maxdisk", sums, summary);
  if (sums.of("maxmem") <= 0 && sums.of("size") > 0) {
    summary.text += "\nsize: " + human_bytes(sums.of("size"));
    summary.structured["size"] = sums.of("size");
  }
  if (summary.example.empty()) summary.example = "a word";
  return summary;
}

std::string state_counts(const Items& items) {
  constexpr std::size_t kMostStates = 5;
  Tally tally("status");
  for (const auto* item : items) tally.add(*item);
  std::string text;
  std::size_t states = 0;
  std::size_t said = 0;
  std::size_t others = 0;
  for (const auto& [value, count] : tally.counts()) {
    // A status that is a sentence is shown in its row instead.
    if (value.find(' ') != std::string::npos) {
      others += count;
      continue;
    }
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, value);
    said += count;
    ++states;
  }
  if (text.empty() || states > kMostStates || others > said) return {};
  if (others > 0) text += fmt::format(", {} other", others);
  return text;
}

}  // namespace view
