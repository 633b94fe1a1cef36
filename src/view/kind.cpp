#include "view/kind.h"

#include <algorithm>
#include <array>

#include "base/json_read.h"

namespace view {
namespace {

struct Known {
  std::string_view key;
  Kind kind;
};

constexpr std::array kKnown = {
    Known{"active", Kind::Flag},
    Known{"actual", Kind::Bytes},
    Known{"autostart", Kind::Flag},
    Known{"avail", Kind::Bytes},
    Known{"available", Kind::Bytes},
    Known{"balloon", Kind::Bytes},
    Known{"balloon_min", Kind::Bytes},
    Known{"bridge_vlan_aware", Kind::Flag},
    Known{"cores", Kind::Count},
    Known{"cpu", Kind::Fraction},
    Known{"cpus", Kind::Count},
    Known{"ctime", Kind::PastTime},
    Known{"disable", Kind::Flag},
    Known{"disk", Kind::Bytes},
    Known{"diskread", Kind::Bytes},
    Known{"diskwrite", Kind::Bytes},
    Known{"duration", Kind::Seconds},
    Known{"enable", Kind::Flag},
    Known{"enabled", Kind::Flag},
    Known{"endtime", Kind::PastTime},
    Known{"expire", Kind::FutureTime},
    Known{"fail_count", Kind::Count},
    Known{"format", Kind::Text},
    Known{"free", Kind::Bytes},
    Known{"free_mem", Kind::Bytes},
    Known{"freemem", Kind::Bytes},
    Known{"hastate", Kind::Text},
    Known{"last_sync", Kind::PastTime},
    Known{"last_try", Kind::PastTime},
    Known{"last_update", Kind::PastTime},
    Known{"localtime", Kind::PastTime},
    Known{"lock", Kind::Text},
    Known{"max_mem", Kind::Bytes},
    Known{"maxcpu", Kind::Count},
    Known{"maxdisk", Kind::Bytes},
    Known{"maxmem", Kind::Bytes},
    Known{"maxswap", Kind::Bytes},
    Known{"mem", Kind::Bytes},
    Known{"memhost", Kind::Bytes},
    Known{"msg", Kind::Text},
    Known{"name", Kind::Text},
    Known{"netin", Kind::Bytes},
    Known{"netout", Kind::Bytes},
    Known{"next-run", Kind::FutureTime},
    Known{"next_sync", Kind::FutureTime},
    Known{"node", Kind::Text},
    Known{"notafter", Kind::FutureTime},
    Known{"notbefore", Kind::PastTime},
    Known{"notes", Kind::Text},
    Known{"online", Kind::Flag},
    Known{"pid", Kind::Count},
    Known{"pool", Kind::Text},
    Known{"pos", Kind::Count},
    Known{"pri", Kind::Count},
    Known{"propagate", Kind::Flag},
    Known{"protected", Kind::Flag},
    Known{"quorate", Kind::Flag},
    Known{"rd_bytes", Kind::Bytes},
    Known{"running", Kind::Flag},
    Known{"size", Kind::Bytes},
    Known{"snaptime", Kind::PastTime},
    Known{"special", Kind::Flag},
    Known{"starttime", Kind::PastTime},
    Known{"status", Kind::Text},
    Known{"storage", Kind::Text},
    Known{"swap", Kind::Bytes},
    Known{"tags", Kind::Text},
    Known{"template", Kind::Flag},
    Known{"time", Kind::PastTime},
    Known{"timestamp", Kind::PastTime},
    Known{"total", Kind::Bytes},
    Known{"total_mem", Kind::Bytes},
    Known{"type", Kind::Text},
    Known{"upid", Kind::Text},
    Known{"uptime", Kind::Seconds},
    Known{"used", Kind::Bytes},
    Known{"used_fraction", Kind::Fraction},
    Known{"user", Kind::Text},
    Known{"vmid", Kind::Count},
    Known{"vmstate", Kind::Flag},
    Known{"volid", Kind::Text},
    Known{"wait", Kind::Fraction},
    Known{"wr_bytes", Kind::Bytes},
};
static_assert(std::ranges::is_sorted(kKnown, {}, &Known::key));

/// Flags that are worth showing only if set.
constexpr std::array<std::string_view, 3> kNormallyZero = {"idle", "template", "vmstate"};

}  // namespace

Kind kind_of(std::string_view key) {
  const auto* found = std::ranges::lower_bound(kKnown, key, {}, &Known::key);
  return found == kKnown.end() || found->key != key ? Kind::Unknown : found->kind;
}

std::string_view limit_of(std::string_view key) {
  if (key == "mem" || key == "memhost") return "maxmem";
  if (key == "disk") return "maxdisk";
  if (key == "swap") return "maxswap";
  if (key == "used") return "total";
  return {};
}

bool is_uninformative(std::string_view key, const base::Json* value) {
  if (value == nullptr || value->is_null()) return true;
  if (value->is_string() && value->get_string().empty()) return true;
  if (std::ranges::find(kNormallyZero, key) == kNormallyZero.end()) return false;
  return value->is_bool() ? !value->get_bool() : base::real(*value) == 0;
}

}  // namespace view
