// What pve_cluster_health can find. The codes are for programs and stay as they are.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace catalog {

enum class Severity : std::uint8_t { Critical, Warning, Info };

inline constexpr std::array<std::string_view, 3> kSeverityNames = {"critical", "warning", "info"};

struct FindingKind {
  std::string_view code;
  Severity severity;
  std::string_view what;
  std::string_view remedy;
};

/// The worst first, in the order of the answer.
inline constexpr auto kFindingKinds = std::to_array<FindingKind>({
    {"NO_QUORUM", Severity::Critical, "the cluster has no quorum: nothing can be changed or started",
     "bring back nodes or the network between them"},
    {"NODE_OFFLINE", Severity::Critical, "the node is not online", "check power, network and corosync"},
    {"HA_ERROR", Severity::Critical, "HA gave up on the guest, or fences its node",
     "repair, then set the HA resource to disabled and to started again"},
    {"STORAGE_FULL", Severity::Critical, "more than 95% full",
     "free or add space; guests may stop on I/O errors"},
    {"CERT_EXPIRED", Severity::Critical, "the certificate has expired", "renew it on the node"},
    {"STORAGE_INACTIVE", Severity::Warning, "the storage is enabled but not active",
     "check its server, mount or pool on that node"},
    {"STORAGE_FILLING", Severity::Warning, "more than 85% full", "free or add space"},
    {"NODE_DISK_FULL", Severity::Warning, "the root file system is more than 90% full",
     "free space on the node"},
    {"NODE_MEMORY_HIGH", Severity::Warning, "more than 90% of the memory is used",
     "migrate guests away or give them less"},
    {"REPLICATION_FAILED", Severity::Warning, "the last replication failed",
     "read the job's log on the node"},
    {"TASK_FAILED", Severity::Warning, "ended with an error in the last 24 hours",
     "the log of the task shows why"},
    {"BACKUP_MISSING", Severity::Warning, "in no backup job", "add the guests to a backup job"},
    {"BACKUP_STALE", Severity::Warning, "no backup in the last 7 days",
     "check the backup jobs and their last runs"},
    {"GUEST_LOCKED", Severity::Warning, "locked", "if no task of the guest runs, unlock it on its node"},
    {"CERT_EXPIRING", Severity::Warning, "the certificate expires within 30 days", "renew it on the node"},
    {"UPDATES_PENDING", Severity::Info, "updates are pending", "install them in the next maintenance"},
});

/// Findings by code. Those of one code become one row, however many they are.
class Findings {
 public:
  /// `code` is one of kFindingKinds; others are dropped.
  void add(std::string_view code, std::string object);
  /// "2 critical, 3 warnings, 1 info: NODE_OFFLINE pve3"
  std::string verdict() const;
  base::JsonArray rows() const;

 private:
  std::map<std::size_t, std::vector<std::string>> objects_;
};

}  // namespace catalog
