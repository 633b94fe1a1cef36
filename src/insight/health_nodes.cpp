// Checks what each node reports about itself, for the health report.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "insight/exam.h"

namespace insight {
namespace {

constexpr double kFull = 0.95;
constexpr double kFilling = 0.85;

/// What the nodes report together.
struct ClusterFacts {
  std::map<std::string, std::vector<std::string>> kernels;
  std::set<std::string> guests_with_task;  ///< numbers of guests with a running task
  std::set<std::string> backup_nodes;      ///< nodes on which a backup runs
};

struct NodeContext {
  Exam& exam;
  const std::string& node;
  ClusterFacts& cluster;
};

void failed_tasks(NodeContext& at, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    const auto status = base::text(row, "status", 60);
    if (status.empty() || status == "OK" || status.starts_with("WARNINGS")) continue;
    const auto id = base::text(row, "id");
    at.exam.findings.add("TASK_FAILED", fmt::format("{}{}{} on {} ({})", base::text(row, "type"),
                                                    id.empty() ? "" : " ", id, at.node, status));
  }
}

void running_tasks(NodeContext& at, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    if (base::raw_text(row, "type") == "vzdump") at.cluster.backup_nodes.insert(at.node);
    at.cluster.guests_with_task.insert(base::text(row, "id"));
  }
}

void certificates(NodeContext& at, const base::Json& data) {
  constexpr std::int64_t kSoon = 30 * kDay;
  for (const auto& row : base::objects(data)) {
    const auto until = base::number(row, "notafter", 0);
    const auto left = until - at.exam.sources.now();
    if (until <= 0 || left >= kSoon) continue;
    const auto file = base::text(row, "filename");
    if (left <= 0) {
      at.exam.findings.add("CERT_EXPIRED", fmt::format("{} {}", at.node, file));
    } else {
      at.exam.findings.add("CERT_EXPIRING", fmt::format("{} {} in {} d", at.node, file, left / kDay));
    }
  }
}

void updates(NodeContext& at, const base::Json& data) {
  if (const auto count = std::ranges::distance(base::objects(data)); count > 0)
    at.exam.findings.add("UPDATES_PENDING", fmt::format("{} ({})", at.node, count));
}

void inactive_storages(NodeContext& at, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    if (row.contains("active") && !base::flag(row, "active"))
      at.exam.findings.add("STORAGE_INACTIVE", fmt::format("{} on {}", base::text(row, "storage"), at.node));
  }
}

void replication(NodeContext& at, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    const auto fails = base::number(row, "fail_count", 0);
    if (fails <= 0) continue;
    const auto why = base::text(row, "error", 120);
    at.exam.findings.add("REPLICATION_FAILED", fmt::format("{} on {}, {} in a row{}{}", base::text(row, "id"),
                                                           at.node, fails, why.empty() ? "" : ": ", why));
  }
}

/// Reports services that systemd enables and that do not run. Corosync does not run on a node without a
/// cluster.
void services(NodeContext& at, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    const auto state = base::raw_text(row, "active-state");
    if (base::raw_text(row, "unit-state") != "enabled" || (state != "inactive" && state != "failed"))
      continue;
    if (base::raw_text(row, "service") == "corosync" && at.exam.inventory.nodes.size() < 2) continue;
    at.exam.findings.add("SERVICE_DEAD", fmt::format("{} on {} ({})", base::text(row, "service"), at.node,
                                                     state == "failed" ? "failed" : "dead"));
  }
}

void disks(NodeContext& at, const base::Json& data) {
  constexpr std::int64_t kLittle = 10;
  for (const auto& row : base::objects(data)) {
    const auto health = base::raw_text(row, "health");
    const auto name = fmt::format("{} on {}", base::text(row, "devpath"), at.node);
    if (!health.empty() && health != "PASSED" && health != "OK" && health != "UNKNOWN")
      at.exam.findings.add("DISK_FAILING", fmt::format("{} ({})", name, base::text(row, "health")));
    // `wearout` is the remaining life in percent, or "N/A" if the disk does not report it.
    const auto* left = row.if_contains("wearout");
    const auto percent = left == nullptr ? std::nullopt : base::number(*left);
    if (percent && *percent >= 0 && *percent <= kLittle)
      at.exam.findings.add("DISK_WORN", fmt::format("{} ({}% left)", name, *percent));
  }
}

/// Reports bonds with interfaces that are down: PVE only tells whether an interface is up. An interface that
/// PVE does not list is not counted as down.
void bonds(NodeContext& at, const base::Json& data) {
  std::map<std::string, bool> up;
  for (const auto& row : base::objects(data)) up[base::text(row, "iface")] = base::flag(row, "active");
  for (const auto& row : base::objects(data)) {
    if (base::raw_text(row, "type") != "bond" || !base::flag(row, "active")) continue;
    const auto legs = words(base::text(row, "slaves"));
    std::vector<std::string> down;
    for (const auto& leg : legs) {
      if (const auto found = up.find(leg); found != up.end() && !found->second) down.push_back(leg);
    }
    if (legs.size() >= 2 && legs.size() - down.size() >= 2) continue;
    const auto why = legs.size() < 2 ? std::string("has one leg") : listed(down) + " down";
    at.exam.findings.add("BOND_DEGRADED",
                         fmt::format("{} on {} ({})", base::text(row, "iface"), at.node, why));
  }
}

void kernel(NodeContext& at, const base::Json& data) {
  const auto* kernel = base::object(data, "current-kernel");
  if (const auto release = base::text(kernel, "release"); !release.empty())
    at.cluster.kernels[release].push_back(at.node);
}

void thin_pools(NodeContext& at, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    const auto share = [&](std::string_view used, std::string_view size) {
      const auto whole = base::real(row, size, 0);
      return whole > 0 ? base::real(row, used, 0) / whole : 0;
    };
    const auto used = share("used", "lv_size");
    const auto metadata = share("metadata_used", "metadata_size");
    if (std::max(used, metadata) <= kFilling) continue;
    at.exam.findings.add(std::max(used, metadata) > kFull ? "THINPOOL_FULL" : "THINPOOL_FILLING",
                         fmt::format("{}/{} on {} (data {:.0f}%, metadata {:.0f}%)", base::text(row, "vg"),
                                     base::text(row, "lv"), at.node, used * 100, metadata * 100));
  }
}

struct NodeCheck {
  std::string_view path;
  std::string_view area, what;
  void (*examine)(NodeContext& at, const base::Json& data);
  base::JsonObject (*arguments)(std::int64_t now) = nullptr;
  /// Read only on nodes with a storage of this type.
  std::string_view storage_type{};
};

constexpr auto kNodeChecks = std::to_array<NodeCheck>({
    {"/nodes/{node}/tasks", "tasks", "tasks", failed_tasks,
     [](std::int64_t now) { return base::JsonObject{{"errors", 1}, {"since", now - kDay}, {"limit", 200}}; }},
    {"/nodes/{node}/tasks", "locks", "running tasks", running_tasks,
     [](std::int64_t) { return base::JsonObject{{"source", "active"}, {"limit", 500}}; }},
    {"/nodes/{node}/certificates/info", "certificates", "certificates", certificates},
    {"/nodes/{node}/apt/update", "updates", "updates", updates},
    {"/nodes/{node}/storage", "storages", "storages", inactive_storages,
     [](std::int64_t) { return base::JsonObject{{"enabled", 1}}; }},
    {"/nodes/{node}/replication", "replication", "replication", replication},
    {"/nodes/{node}/services", "services", "services", services},
    {"/nodes/{node}/disks/list", "disks", "disks", disks},
    {"/nodes/{node}/network", "network", "network", bonds},
    {"/nodes/{node}/status", "versions", "kernel", kernel},
    {"/nodes/{node}/disks/lvmthin", "thin pools", "thin pools", thin_pools, nullptr, "lvmthin"},
});

bool has_storage(const Inventory& inventory, std::string_view node, std::string_view type) {
  return std::ranges::any_of(
      inventory.storages, [&](const auto& storage) { return storage.node == node && storage.type == type; });
}

/// A running backup locks one guest after another, so its node's backup locks are not reported.
void locks(Exam& exam, const ClusterFacts& cluster) {
  for (const auto& guest : exam.inventory.guests) {
    if (guest.lock.empty() || cluster.guests_with_task.contains(fmt::format("{}", guest.vmid))) continue;
    if (guest.lock == "backup" && cluster.backup_nodes.contains(guest.node)) continue;
    exam.findings.add("GUEST_LOCKED", fmt::format("{} ({})", guest.vmid, guest.lock));
  }
}

void kernels(Exam& exam, const ClusterFacts& cluster) {
  if (cluster.kernels.size() < 2) return;
  for (const auto& [release, nodes] : cluster.kernels)
    exam.findings.add("KERNELS_MIXED", fmt::format("{} on {}", release, listed(nodes)));
}

}  // namespace

void examine_nodes(Exam& exam) {
  std::vector<tool::Read> reads;
  std::vector<std::pair<const std::string*, const NodeCheck*>> whose;
  for (const auto& node : exam.answering) {
    for (const auto& check : kNodeChecks) {
      if (!check.storage_type.empty() && !has_storage(exam.inventory, node, check.storage_type)) continue;
      auto arguments = check.arguments == nullptr ? base::JsonObject{} : check.arguments(exam.sources.now());
      arguments["node"] = node;
      reads.push_back({check.path, std::move(arguments)});
      whose.emplace_back(&node, &check);
    }
  }
  // An area is not good if a node could not be asked.
  if (exam.answering.size() < exam.inventory.nodes.size()) {
    for (const auto& check : kNodeChecks) exam.unread.insert(check.area);
  }
  const auto got = exam.sources.get(reads);
  ClusterFacts cluster;
  for (std::size_t i = 0; i < std::min(got.size(), whose.size()); ++i) {
    const auto& [node, check] = whose[i];
    NodeContext at{exam, *node, cluster};
    if (got[i]) {
      check->examine(at, *got[i]);
    } else {
      exam.gap(check->area, fmt::format("{} of {}", check->what, *node), got[i].error());
    }
  }
  locks(exam, cluster);
  kernels(exam, cluster);
}

void examine_guests(Exam& exam) {
  std::vector<const Guest*> unusual;
  std::vector<tool::Read> reads;
  for (const auto& guest : exam.inventory.guests) {
    // `last_status` may be ten seconds old, but a node's own list says "running" for all of these states.
    const auto& state = guest.last_status;
    if (guest.container || !exam.inventory.online(guest.node) || state == "running" || state == "stopped" ||
        state == "unknown" || state.empty())
      continue;
    unusual.push_back(&guest);
    reads.push_back(of_guest(guest, "current"));
  }
  const auto got = exam.sources.get(reads);
  std::vector<const Guest*> paused;
  for (std::size_t i = 0; i < std::min(got.size(), unusual.size()); ++i) {
    const auto& guest = *unusual[i];
    const auto name = fmt::format("{} on {}", guest.vmid, guest.node);
    if (!got[i]) {
      exam.gap("guest states", fmt::format("state of {}", guest.vmid), got[i].error());
      continue;
    }
    const auto* status = got[i]->if_object();
    const auto state = status == nullptr ? std::string{} : base::text(*status, "qmpstatus");
    if (state == "io-error") exam.findings.add("GUEST_IO_ERROR", name);
    if (state == "internal-error" || state == "guest-panicked")
      exam.findings.add("GUEST_BROKEN", fmt::format("{} ({})", name, state));
    if (state == "prelaunch") exam.findings.add("GUEST_PAUSE_ASKED", name + " (started frozen)");
    if (state == "paused") paused.push_back(&guest);
  }
  reads.clear();
  for (const auto* guest : paused)
    reads.push_back(
        {"/nodes/{node}/tasks",
         {{"node", guest->node}, {"vmid", guest->vmid}, {"typefilter", "qmpause"}, {"limit", 1}}});
  const auto tasks = exam.sources.get(reads);
  for (std::size_t i = 0; i < std::min(tasks.size(), paused.size()); ++i) {
    const bool asked = tasks[i] && std::ranges::distance(base::objects(*tasks[i])) > 0;
    exam.findings.add(asked ? "GUEST_PAUSE_ASKED" : "GUEST_PAUSED",
                      fmt::format("{} on {}", paused[i]->vmid, paused[i]->node));
  }
}

}  // namespace insight
