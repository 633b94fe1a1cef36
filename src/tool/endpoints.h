// The subject of every endpoint, and the effect of changes on guests: the table behind about.h.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/method.h"
#include "tool/subject.h"

namespace tool::endpoints {

/// Value of SubjectRow::state: the change's own path, read with GET.
inline constexpr std::string_view kSelf = "=";

/// The subject of all endpoints below a path, unless an entry with a longer path matches.
struct SubjectRow {
  std::string_view path;
  Subject subject;
  /// Template of the GET that returns the object before a change; empty if PVE has none.
  std::string_view state = kSelf;
};

inline constexpr SubjectRow kSubjects[] = {
    {"/access", Subject::Acl},
    {"/access/acl", Subject::Acl},
    {"/access/domains", Subject::Realm},
    {"/access/domains/{realm}/sync", Subject::Realm, "/access/domains/{realm}"},
    {"/access/groups", Subject::Group},
    {"/access/openid", Subject::Session, ""},
    {"/access/password", Subject::User, "/access/users/{userid}"},
    {"/access/permissions", Subject::Acl},
    {"/access/roles", Subject::Role},
    {"/access/tfa", Subject::SecondFactor},
    {"/access/ticket", Subject::Session, ""},
    {"/access/users", Subject::User},
    {"/access/users/{userid}/tfa", Subject::SecondFactor},
    {"/access/users/{userid}/token", Subject::Token},
    {"/access/users/{userid}/unlock-tfa", Subject::SecondFactor, "/access/users/{userid}/tfa"},
    {"/access/vncticket", Subject::Session, ""},
    {"/cluster", Subject::Cluster},
    {"/cluster/acme", Subject::Acme},
    {"/cluster/backup", Subject::BackupJob},
    {"/cluster/backup-info", Subject::Backup},
    {"/cluster/bulk-action/guest", Subject::Guests, "/cluster/resources"},
    {"/cluster/ceph", Subject::Ceph},
    {"/cluster/ceph/restart-bulk", Subject::Ceph, "/cluster/ceph/status"},
    {"/cluster/config", Subject::Cluster, "/cluster/config/nodes"},
    {"/cluster/firewall", Subject::Firewall},
    {"/cluster/firewall/groups/{group}/{pos}", Subject::FirewallRule, "/cluster/firewall/groups/{group}"},
    {"/cluster/firewall/rules", Subject::FirewallRule, "/cluster/firewall/rules"},
    {"/cluster/ha", Subject::Ha},
    {"/cluster/ha/resources/{sid}/migrate", Subject::Ha, "/cluster/ha/resources/{sid}"},
    {"/cluster/ha/resources/{sid}/relocate", Subject::Ha, "/cluster/ha/resources/{sid}"},
    {"/cluster/ha/status/arm-ha", Subject::Ha, "/cluster/ha/status/current"},
    {"/cluster/ha/status/disarm-ha", Subject::Ha, "/cluster/ha/status/current"},
    {"/cluster/jobs", Subject::Job},
    {"/cluster/mapping", Subject::Mapping},
    {"/cluster/metrics", Subject::Metrics},
    {"/cluster/notifications", Subject::Notification},
    {"/cluster/notifications/targets/{name}/test", Subject::Notification, "/cluster/notifications/targets"},
    {"/cluster/qemu", Subject::CpuModel},
    {"/cluster/replication", Subject::Replication},
    {"/cluster/sdn", Subject::Sdn},
    {"/cluster/sdn/lock", Subject::Sdn, "/cluster/sdn"},
    {"/cluster/sdn/rollback", Subject::Sdn, "/cluster/sdn"},
    {"/cluster/sdn/vnets/{vnet}/firewall", Subject::Firewall},
    {"/cluster/sdn/vnets/{vnet}/firewall/rules", Subject::FirewallRule,
     "/cluster/sdn/vnets/{vnet}/firewall/rules"},
    {"/cluster/sdn/vnets/{vnet}/ips", Subject::Sdn, "/cluster/sdn/vnets/{vnet}"},
    {"/cluster/tasks", Subject::Task},
    {"/nodes", Subject::Node},
    {"/nodes/{node}/aplinfo", Subject::Volume},
    {"/nodes/{node}/apt", Subject::Package},
    {"/nodes/{node}/ceph", Subject::Ceph, "/nodes/{node}/ceph/status"},
    {"/nodes/{node}/ceph/fs/{name}", Subject::Ceph, "/nodes/{node}/ceph/fs"},
    {"/nodes/{node}/ceph/mds/{name}", Subject::Ceph, "/nodes/{node}/ceph/mds"},
    {"/nodes/{node}/ceph/mgr/{id}", Subject::Ceph, "/nodes/{node}/ceph/mgr"},
    {"/nodes/{node}/ceph/mon/{monid}", Subject::Ceph, "/nodes/{node}/ceph/mon"},
    {"/nodes/{node}/ceph/osd", Subject::Ceph},
    {"/nodes/{node}/ceph/osd/{osdid}/in", Subject::Ceph, "/nodes/{node}/ceph/osd/{osdid}"},
    {"/nodes/{node}/ceph/osd/{osdid}/out", Subject::Ceph, "/nodes/{node}/ceph/osd/{osdid}"},
    {"/nodes/{node}/ceph/osd/{osdid}/scrub", Subject::Ceph, "/nodes/{node}/ceph/osd/{osdid}"},
    {"/nodes/{node}/ceph/pool", Subject::Ceph},
    {"/nodes/{node}/certificates", Subject::Certificate, "/nodes/{node}/certificates/info"},
    {"/nodes/{node}/disks", Subject::Disk, "/nodes/{node}/disks/list"},
    {"/nodes/{node}/disks/directory", Subject::Disk, "/nodes/{node}/disks/directory"},
    {"/nodes/{node}/disks/lvm", Subject::Disk, "/nodes/{node}/disks/lvm"},
    {"/nodes/{node}/disks/lvmthin", Subject::Disk, "/nodes/{node}/disks/lvmthin"},
    {"/nodes/{node}/disks/zfs", Subject::Disk},
    {"/nodes/{node}/execute", Subject::Calls, "/nodes/{node}/status"},
    {"/nodes/{node}/firewall", Subject::Firewall},
    {"/nodes/{node}/firewall/rules", Subject::FirewallRule, "/nodes/{node}/firewall/rules"},
    {"/nodes/{node}/lxc", Subject::Container},
    {"/nodes/{node}/lxc/{vmid}", Subject::Container, "/nodes/{node}/lxc/{vmid}/config"},
    {"/nodes/{node}/lxc/{vmid}/config", Subject::Container, "/nodes/{node}/lxc/{vmid}/pending"},
    {"/nodes/{node}/lxc/{vmid}/firewall", Subject::Firewall},
    {"/nodes/{node}/lxc/{vmid}/firewall/rules", Subject::FirewallRule,
     "/nodes/{node}/lxc/{vmid}/firewall/rules"},
    {"/nodes/{node}/lxc/{vmid}/snapshot", Subject::Snapshot},
    {"/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", Subject::Snapshot,
     "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config"},
    {"/nodes/{node}/lxc/{vmid}/spiceproxy", Subject::Console, "/nodes/{node}/lxc/{vmid}/status/current"},
    {"/nodes/{node}/lxc/{vmid}/status", Subject::Container, "/nodes/{node}/lxc/{vmid}/status/current"},
    {"/nodes/{node}/lxc/{vmid}/termproxy", Subject::Console, "/nodes/{node}/lxc/{vmid}/status/current"},
    {"/nodes/{node}/lxc/{vmid}/vncproxy", Subject::Console, "/nodes/{node}/lxc/{vmid}/status/current"},
    {"/nodes/{node}/lxc/{vmid}/vncwebsocket", Subject::Console},
    {"/nodes/{node}/migrateall", Subject::Guests, "/cluster/resources"},
    {"/nodes/{node}/network", Subject::Network},
    {"/nodes/{node}/qemu", Subject::Vm},
    {"/nodes/{node}/qemu/{vmid}", Subject::Vm, "/nodes/{node}/qemu/{vmid}/config"},
    {"/nodes/{node}/qemu/{vmid}/agent", Subject::Vm, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/cloudinit", Subject::Vm},
    {"/nodes/{node}/qemu/{vmid}/config", Subject::Vm, "/nodes/{node}/qemu/{vmid}/pending"},
    {"/nodes/{node}/qemu/{vmid}/firewall", Subject::Firewall},
    {"/nodes/{node}/qemu/{vmid}/firewall/rules", Subject::FirewallRule,
     "/nodes/{node}/qemu/{vmid}/firewall/rules"},
    {"/nodes/{node}/qemu/{vmid}/monitor", Subject::Vm, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/sendkey", Subject::Console, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/snapshot", Subject::Snapshot},
    {"/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", Subject::Snapshot,
     "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config"},
    {"/nodes/{node}/qemu/{vmid}/spiceproxy", Subject::Console, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/status", Subject::Vm, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/termproxy", Subject::Console, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/vncproxy", Subject::Console, "/nodes/{node}/qemu/{vmid}/status/current"},
    {"/nodes/{node}/qemu/{vmid}/vncwebsocket", Subject::Console},
    {"/nodes/{node}/query-oci-repo-tags", Subject::Volume},
    {"/nodes/{node}/query-url-metadata", Subject::Volume},
    {"/nodes/{node}/replication", Subject::Replication},
    {"/nodes/{node}/replication/{id}/schedule_now", Subject::Replication,
     "/nodes/{node}/replication/{id}/status"},
    {"/nodes/{node}/scan", Subject::Storage},
    {"/nodes/{node}/sdn", Subject::Sdn},
    {"/nodes/{node}/services", Subject::Service, "/nodes/{node}/services/{service}/state"},
    {"/nodes/{node}/spiceshell", Subject::Console, "/nodes/{node}/status"},
    {"/nodes/{node}/startall", Subject::Guests, "/cluster/resources"},
    {"/nodes/{node}/stopall", Subject::Guests, "/cluster/resources"},
    {"/nodes/{node}/storage", Subject::Storage},
    {"/nodes/{node}/storage/{storage}/content", Subject::Volume},
    {"/nodes/{node}/storage/{storage}/download-url", Subject::Volume,
     "/nodes/{node}/storage/{storage}/content"},
    {"/nodes/{node}/storage/{storage}/file-restore", Subject::Backup},
    {"/nodes/{node}/storage/{storage}/import-metadata", Subject::Volume},
    {"/nodes/{node}/storage/{storage}/oci-registry-pull", Subject::Volume,
     "/nodes/{node}/storage/{storage}/content"},
    {"/nodes/{node}/storage/{storage}/prunebackups", Subject::Backup},
    {"/nodes/{node}/storage/{storage}/upload", Subject::Volume, "/nodes/{node}/storage/{storage}/content"},
    {"/nodes/{node}/subscription", Subject::Subscription},
    {"/nodes/{node}/suspendall", Subject::Guests, "/cluster/resources"},
    {"/nodes/{node}/tasks", Subject::Task},
    {"/nodes/{node}/tasks/{upid}", Subject::Task, "/nodes/{node}/tasks/{upid}/status"},
    {"/nodes/{node}/termproxy", Subject::Console, "/nodes/{node}/status"},
    {"/nodes/{node}/vncshell", Subject::Console, "/nodes/{node}/status"},
    {"/nodes/{node}/vncwebsocket", Subject::Console},
    {"/nodes/{node}/vzdump", Subject::Backup, "/nodes/{node}/vzdump/defaults"},
    {"/nodes/{node}/wakeonlan", Subject::Node, "/nodes/{node}/config"},
    {"/pools", Subject::Pool},
    {"/storage", Subject::Storage},
    {"/version", Subject::Cluster},
};

/// Properties of a change; a set.
enum Trait : std::uint8_t {
  kChangesGuestList = 1,
  kMayBeRepeated = 2,
  kIdempotent = 4,     ///< a POST that is idempotent
  kNotIdempotent = 8,  ///< a PUT that is not idempotent
  kOnlyAdds = 16,
};

/// A change. `path` is the part after {vmid}, or the whole path if it has no {vmid}.
struct ChangeRow {
  base::Method method;
  std::string_view path;
  Action action;
  unsigned traits = 0;
};

inline constexpr ChangeRow kGuestChanges[] = {
    {base::Method::Delete, "", Action::Delete, kChangesGuestList},
    {base::Method::Post, "/clone", Action::Clone, kChangesGuestList | kMayBeRepeated},
    {base::Method::Get, "/config", Action::ReadConfig},
    {base::Method::Post, "/config", Action::Configure, kChangesGuestList},
    {base::Method::Put, "/config", Action::Configure, kChangesGuestList},
    {base::Method::Post, "/migrate", Action::Migrate, kChangesGuestList},
    {base::Method::Post, "/remote_migrate", Action::RemoteMigrate, kChangesGuestList},
    // "+5G" grows the disk each time, so a repeat changes more.
    {base::Method::Put, "/resize", Action::Resize, kNotIdempotent | kOnlyAdds},
    {base::Method::Put, "/sendkey", Action::None, kNotIdempotent},
    {base::Method::Post, "/snapshot", Action::TakeSnapshot, kMayBeRepeated},
    {base::Method::Delete, "/snapshot/{snapname}", Action::DeleteSnapshot},
    // A rollback also restores the guest's name.
    {base::Method::Post, "/snapshot/{snapname}/rollback", Action::RollBack, kChangesGuestList},
    {base::Method::Get, "/status/current", Action::ReadStatus},
    {base::Method::Post, "/status/reboot", Action::Reboot},
    {base::Method::Post, "/status/reset", Action::Reset},
    {base::Method::Post, "/status/resume", Action::Resume, kMayBeRepeated | kIdempotent},
    {base::Method::Post, "/status/shutdown", Action::Shutdown, kIdempotent},
    {base::Method::Post, "/status/start", Action::Start, kMayBeRepeated | kIdempotent},
    {base::Method::Post, "/status/stop", Action::Stop, kIdempotent},
    {base::Method::Post, "/status/suspend", Action::Suspend, kIdempotent},
    {base::Method::Post, "/template", Action::Template, kChangesGuestList},
};

inline constexpr ChangeRow kOtherChanges[] = {
    // A second call applies changes that were staged since the first.
    {base::Method::Put, "/cluster/sdn", Action::None, kNotIdempotent},
    {base::Method::Put, "/nodes/{node}/network", Action::None, kNotIdempotent},
    {base::Method::Post, "/cluster/bulk-action/guest/migrate", Action::None, kChangesGuestList},
    {base::Method::Post, "/cluster/ha/resources/{sid}/migrate", Action::None, kChangesGuestList},
    {base::Method::Post, "/cluster/ha/resources/{sid}/relocate", Action::None, kChangesGuestList},
    // Each call orders another certificate.
    {base::Method::Put, "/nodes/{node}/certificates/acme/certificate", Action::None, kNotIdempotent},
    {base::Method::Post, "/nodes/{node}/lxc", Action::Create, kChangesGuestList},
    {base::Method::Post, "/nodes/{node}/migrateall", Action::None, kChangesGuestList},
    {base::Method::Post, "/nodes/{node}/qemu", Action::Create, kChangesGuestList},
};

/// The path whose PUT has About::task_by_post. Containers have no such endpoint.
inline constexpr std::string_view kTaskByPost = "/nodes/{node}/qemu/{vmid}/config";

static_assert(std::ranges::is_sorted(kSubjects, {}, &SubjectRow::path));

}  // namespace tool::endpoints
