// The findings of the health report. Programs rely on the codes, so they never change.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace insight {

enum class Severity : std::uint8_t { Critical, Warning, Info };

inline constexpr std::array<std::string_view, 3> kSeverityNames = {"critical", "warning", "info"};

struct FindingKind {
  std::string_view code;
  Severity severity;
  std::string_view area;  ///< the area that was checked: "quorum"; listed as good if it has no finding
  std::string_view what;
  std::string_view remedy;
};

/// The most severe first, as in the answer.
inline constexpr auto kFindingKinds = std::to_array<FindingKind>({
    {"NODE_SILENT", Severity::Critical, "nodes",
     "the node does not answer, but the cluster does not report it as down",
     "look at its console: load, memory, a storage that hangs, then pvedaemon and pveproxy"},
    {"NO_QUORUM", Severity::Critical, "quorum",
     "the cluster has no quorum: nothing can be changed or started",
     "bring back nodes or the network between them"},
    {"NODE_OFFLINE", Severity::Critical, "nodes", "the cluster reports the node as down",
     "check power, network and corosync"},
    {"HA_FENCING", Severity::Critical, "HA",
     "the node runs HA guests and has no quorum; its watchdog resets it after about 60 s",
     "bring back the quorum; HA then starts the guests again"},
    {"HA_ERROR", Severity::Critical, "HA", "HA gave up on the guest, or fences its node",
     "repair the cause, then set the HA resource to disabled and back to started"},
    {"GUEST_IO_ERROR", Severity::Critical, "guest states",
     "QEMU paused the guest on an I/O error, most often because its storage is full",
     "free or add space there, then resume the guest"},
    {"GUEST_BROKEN", Severity::Critical, "guest states", "QEMU stopped the guest on an internal error",
     "stop and start the guest; the node's log has QEMU's words"},
    {"STORAGE_FULL", Severity::Critical, "storages", "the storage is more than 95% full",
     "free or add space; guests may stop on I/O errors"},
    {"THINPOOL_FULL", Severity::Critical, "thin pools",
     "data or metadata of the thin pool is more than 95% full",
     "extend the pool or its metadata; when it is full, its guests stop"},
    {"DISK_FAILING", Severity::Critical, "disks", "SMART reports that the disk is failing",
     "replace the disk"},
    {"CERT_EXPIRED", Severity::Critical, "certificates", "the certificate has expired",
     "renew it on the node"},
    {"STORAGE_INACTIVE", Severity::Warning, "storages", "the storage is enabled but not active",
     "check its server, mount or pool on that node"},
    {"STORAGE_FILLING", Severity::Warning, "storages", "the storage is more than 85% full",
     "free or add space"},
    {"THINPOOL_FILLING", Severity::Warning, "thin pools",
     "data or metadata of the thin pool is more than 85% full", "extend the pool or its metadata"},
    {"NODE_DISK_FULL", Severity::Warning, "nodes", "the root file system is more than 90% full",
     "free space on the node"},
    {"NODE_MEMORY_HIGH", Severity::Warning, "nodes", "more than 90% of the memory is used",
     "migrate guests away or reduce their memory"},
    {"SERVICE_DEAD", Severity::Warning, "services", "the service is enabled but does not run",
     "start the service, and read the node's system log"},
    {"BOND_DEGRADED", Severity::Warning, "network", "the bond has fewer than two legs that are up",
     "check cable, switch port and configuration of the missing leg"},
    {"DISK_WORN", Severity::Warning, "disks", "the SSD has 10% of its life left, or less",
     "plan to replace it"},
    {"REPLICATION_FAILED", Severity::Warning, "replication", "the last replication failed",
     "remove the cause; PVE retries automatically"},
    {"TASK_FAILED", Severity::Warning, "tasks", "the task failed in the last 24 hours",
     "read the log of the task"},
    {"BACKUP_MISSING", Severity::Warning, "backup jobs", "no backup job includes the guest",
     "add the guests to a backup job"},
    {"BACKUP_PARTIAL", Severity::Warning, "backup jobs", "the backup jobs leave out these disks",
     "set backup=1 on the disk or mount point to back it up"},
    {"BACKUP_STALE", Severity::Warning, "backups", "the guest has no backup of the last 7 days",
     "check the backup jobs and their last runs"},
    {"GUEST_PAUSED", Severity::Warning, "guest states", "the guest is paused, and no recent task paused it",
     "resume the guest"},
    {"GUEST_LOCKED", Severity::Warning, "locks", "the guest is locked, and none of its tasks runs",
     "make sure that no task still uses the guest, then unlock it on its node (qm unlock, pct unlock)"},
    {"CERT_EXPIRING", Severity::Warning, "certificates", "the certificate expires within 30 days",
     "renew it on the node"},
    {"VERSIONS_MIXED", Severity::Warning, "versions", "the nodes run different versions of PVE",
     "bring all nodes to the same version"},
    {"KERNELS_MIXED", Severity::Info, "versions", "the nodes run different kernels",
     "reboot the nodes with the older kernel at the next maintenance"},
    {"BIND_MOUNT", Severity::Info, "backup jobs", "backups never contain bind and device mounts",
     "back up their content by other means"},
    {"GUEST_PAUSE_ASKED", Severity::Info, "guest states", "a task paused the guest, or it was started frozen",
     "resume the guest when you need it"},
    {"UPDATES_PENDING", Severity::Info, "updates", "updates are pending",
     "install them at the next maintenance"},
});

/// Collects findings by code; all findings of one code become one row.
class Findings {
 public:
  Findings() = default;
  /// Findings that match one of the patterns ("CODE", "CODE:object" with * and ?) are counted and not
  /// reported.
  explicit Findings(std::span<const std::string> ignored) : ignored_(ignored) {}

  /// Adds a finding. A `code` that is not in kFindingKinds is dropped.
  void add(std::string_view code, std::string object);
  /// Returns a summary such as "2 critical, 3 warnings, 1 info: NODE_OFFLINE pve3".
  std::string verdict() const;
  base::JsonArray rows() const;
  std::size_t ignored() const { return left_out_; }
  /// Returns the areas without findings, in the order of kFindingKinds, except those of `unread`.
  std::vector<std::string> good(const std::set<std::string_view>& unread) const;

 private:
  std::span<const std::string> ignored_{};
  std::map<std::size_t, std::vector<std::string>> objects_;
  std::set<std::string_view> bad_areas_;
  std::size_t left_out_ = 0;
};

/// Returns the codes of all findings that the health report knows.
std::span<const std::string_view> finding_codes();

}  // namespace insight
