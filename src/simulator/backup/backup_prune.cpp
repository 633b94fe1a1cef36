#include "simulator/backup/backup_prune.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "simulator/core/call.h"

namespace simulator {
namespace {

struct Rule {
  std::string_view key;
  const char* period;  ///< a format of strftime; backups with the same text are of one period
};

constexpr auto kRules = std::to_array<Rule>({{"keep-last", "%s"},
                                             {"keep-hourly", "%Y-%j-%H"},
                                             {"keep-daily", "%Y-%j"},
                                             {"keep-weekly", "%G-%V"},
                                             {"keep-monthly", "%Y-%m"},
                                             {"keep-yearly", "%Y"}});

std::string period_of(const Rule& rule, std::int64_t time) {
  if (rule.key == "keep-last") return std::to_string(time);
  const auto utc = fmt::gmtime(static_cast<std::time_t>(time));
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), rule.period, &utc);
  return {text.data(), length};
}

/// Applies one rule: marks the newest backup of each period as `keep`, for at most `count` periods. Periods
/// of which an earlier rule keeps a backup do not count.
void apply(const Rule& rule, std::int64_t count, std::vector<PruneMark*>& newest_first) {
  std::set<std::string> already;
  for (const auto* entry : newest_first) {
    if (entry->mark == "keep") already.insert(period_of(rule, entry->volume->ctime));
  }
  std::set<std::string> added;
  for (auto* entry : newest_first) {
    if (!entry->mark.empty()) continue;
    const auto period = period_of(rule, entry->volume->ctime);
    if (already.contains(period)) continue;
    if (added.contains(period)) {
      entry->mark = "remove";
      continue;
    }
    if (static_cast<std::int64_t>(added.size()) >= count) break;
    added.insert(period);
    entry->mark = "keep";
  }
}

void mark_group(std::vector<PruneMark*>& group, const Config& retention) {
  std::ranges::sort(group, std::greater<>{}, [](const PruneMark* entry) { return entry->volume->ctime; });
  bool any = false;
  for (const auto& rule : kRules) {
    const auto count = get_number(retention, rule.key);
    if (count <= 0) continue;
    any = true;
    apply(rule, count, group);
  }
  const bool all = get(retention, "keep-all") == "1" || !any;
  for (auto* entry : group) {
    if (entry->mark.empty()) entry->mark = all ? "keep" : "remove";
  }
}

}  // namespace

std::string_view backup_type(const Volume& volume) {
  const std::string_view id = volume.volid;
  if (id.find("vzdump-qemu-") != std::string_view::npos) return "qemu";
  if (id.find("vzdump-lxc-") != std::string_view::npos) return "lxc";
  if (id.find(":backup/vm/") != std::string_view::npos) return "qemu";
  if (id.find(":backup/ct/") != std::string_view::npos) return "lxc";
  return "unknown";
}

std::vector<PruneMark> prune_marks(const State& state, const Storage& storage, std::string_view node,
                                   std::string_view retention, unsigned vmid, std::string_view type) {
  std::vector<PruneMark> marks;
  for (const auto& [key, volume] : state.volumes) {
    if (volume.content != "backup" || volume.storage() != storage.id) continue;
    if (!storage.shared() && volume.node != node) continue;
    if (vmid != 0 && volume.vmid != vmid) continue;
    if (!type.empty() && backup_type(volume) != type) continue;
    marks.push_back({&volume, volume.is_protected ? "protected" : ""});
  }
  std::map<std::pair<std::string_view, unsigned>, std::vector<PruneMark*>> groups;
  for (auto& entry : marks) {
    if (entry.mark.empty()) groups[{backup_type(*entry.volume), entry.volume->vmid}].push_back(&entry);
  }
  const auto rules = parse_properties(retention);
  for (auto& [group, entries] : groups) mark_group(entries, rules);
  return marks;
}

}  // namespace simulator
