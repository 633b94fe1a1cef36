// The endpoints that change something and destroy nothing. Every DELETE is named by itself; of POST and PUT a
// family stands where the same is true of all that can ever be below it.
#include <algorithm>

#include "facts/irreversible.h"

namespace facts {
namespace {

constexpr Methods kWrite = kPost | kPut;

constexpr std::string_view kAnew = "can be made again from what PVE shows";
constexpr std::string_view kSetting = "a setting, which can be set again";
constexpr std::string_view kLater = "a setting that takes effect when its job runs";
constexpr std::string_view kEntered = "can be made again; enter its secrets again";
constexpr std::string_view kStaged = "staged changes, which PVE shows";
constexpr std::string_view kAdds = "only adds";
constexpr std::string_view kLogin = "a login";
constexpr std::string_view kPower = "the state of guests, nodes or services; storage keeps its content";
constexpr std::string_view kConsole = "opens a console; the commands typed there are not part of the call";
constexpr std::string_view kPassword = "a password, which can be set again";
constexpr std::string_view kLock = "a lock, which can be taken again";
constexpr std::string_view kTunnel = "for PVE's own migration";
constexpr std::string_view kGrows = "a disk only grows, PVE refuses to shrink it";
constexpr std::string_view kMoves = "the guest or its disks continue on another node or storage";
constexpr std::string_view kService = "contains only what the rest of the cluster also has";

constexpr Harmless kHarmless[] = {
    {kPut, "/access/acl", kAnew},
    {kPost, "/access/domains", kAdds},
    {kPut, "/access/domains/{realm}", kSetting},
    {kDelete, "/access/domains/{realm}", kEntered},
    {kWrite, "/access/groups*", kSetting},
    {kDelete, "/access/groups/{groupid}", kAnew},
    {kPost, "/access/openid/auth-url", kLogin},
    {kPost, "/access/openid/login", kLogin},
    {kPut, "/access/password", kPassword},
    {kWrite, "/access/roles*", kSetting},
    {kDelete, "/access/roles/{roleid}", kAnew},
    {kPost, "/access/tfa/{userid}", kAdds},
    {kPut, "/access/tfa/{userid}/{id}", kSetting},
    {kPost, "/access/ticket", kLogin},
    {kPost, "/access/users", kAdds},
    {kPut, "/access/users/{userid}", kSetting},
    {kPost, "/access/users/{userid}/token/{tokenid}", kAdds},
    {kPut, "/access/users/{userid}/unlock-tfa", kSetting},
    {kPost, "/access/vncticket", kLogin},
    {kPost, "/cluster/acme/account", kAdds},
    {kPut, "/cluster/acme/account/{name}", kSetting},
    {kPost, "/cluster/acme/plugins", kAdds},
    {kPut, "/cluster/acme/plugins/{id}", kSetting},
    {kDelete, "/cluster/acme/plugins/{id}", kAnew},
    {kPost, "/cluster/backup", kLater},
    {kPut, "/cluster/backup/{id}", kLater},
    {kDelete, "/cluster/backup/{id}", kAnew},
    {kPost, "/cluster/bulk-action/guest/migrate", kMoves},
    {kPost, "/cluster/bulk-action/guest/shutdown", kPower},
    {kPost, "/cluster/bulk-action/guest/start", kPower},
    {kPost, "/cluster/bulk-action/guest/suspend", kPower},
    {kPut, "/cluster/ceph/flags", kSetting},
    {kPut, "/cluster/ceph/flags/{flag}", kSetting},
    {kPost, "/cluster/ceph/restart-bulk", kPower},
    {kPost, "/cluster/config", kAdds},
    {kPost, "/cluster/config/nodes/{node}", kAdds},
    {kWrite, "/cluster/firewall/*", kSetting},
    {kDelete, "/cluster/firewall/aliases/{name}", kAnew},
    {kDelete, "/cluster/firewall/groups/{group}", kAnew},
    {kDelete, "/cluster/firewall/groups/{group}/{pos}", kAnew},
    {kDelete, "/cluster/firewall/ipset/{name}", kAnew},
    {kDelete, "/cluster/firewall/ipset/{name}/{cidr}", kAnew},
    {kDelete, "/cluster/firewall/rules/{pos}", kAnew},
    {kWrite, "/cluster/ha/groups*", kSetting},
    {kPost, "/cluster/ha/resources", kAdds},
    {kPut, "/cluster/ha/resources/{sid}", kSetting},
    {kPost, "/cluster/ha/resources/{sid}/migrate", kMoves},
    {kPost, "/cluster/ha/resources/{sid}/relocate", kMoves},
    {kWrite, "/cluster/ha/rules*", kSetting},
    {kPost, "/cluster/ha/status/arm-ha", kPower},
    {kPost, "/cluster/ha/status/disarm-ha", kPower},
    {kDelete, "/cluster/ha/groups/{group}", kAnew},
    {kDelete, "/cluster/ha/resources/{sid}", kAnew},
    {kDelete, "/cluster/ha/rules/{rule}", kAnew},
    {kWrite, "/cluster/jobs/realm-sync/{id}", kLater},
    {kDelete, "/cluster/jobs/realm-sync/{id}", kAnew},
    {kWrite, "/cluster/mapping/*", kSetting},
    {kDelete, "/cluster/mapping/dir/{id}", kAnew},
    {kDelete, "/cluster/mapping/pci/{id}", kAnew},
    {kDelete, "/cluster/mapping/usb/{id}", kAnew},
    {kWrite, "/cluster/metrics/server/{id}", kSetting},
    {kDelete, "/cluster/metrics/server/{id}", kEntered},
    {kWrite, "/cluster/notifications/endpoints/*", kSetting},
    {kWrite, "/cluster/notifications/matchers*", kSetting},
    {kPost, "/cluster/notifications/targets/{name}/test", "sends a message"},
    {kDelete, "/cluster/notifications/endpoints/gotify/{name}", kEntered},
    {kDelete, "/cluster/notifications/endpoints/sendmail/{name}", kAnew},
    {kDelete, "/cluster/notifications/endpoints/smtp/{name}", kEntered},
    {kDelete, "/cluster/notifications/endpoints/webhook/{name}", kEntered},
    {kDelete, "/cluster/notifications/matchers/{name}", kAnew},
    {kPut, "/cluster/options", kSetting},
    {kPost, "/cluster/qemu/custom-cpu-models", kAdds},
    {kPut, "/cluster/qemu/custom-cpu-models/{cputype}", kSetting},
    {kDelete, "/cluster/qemu/custom-cpu-models/{cputype}", kAnew},
    {kPut, "/cluster/sdn", "puts staged changes into effect"},
    {kWrite, "/cluster/sdn/controllers*", kStaged},
    {kDelete, "/cluster/sdn/controllers/{controller}", kStaged},
    {kWrite, "/cluster/sdn/dns*", kSetting},
    {kDelete, "/cluster/sdn/dns/{dns}", kEntered},
    {kWrite, "/cluster/sdn/fabrics/*", kStaged},
    {kDelete, "/cluster/sdn/fabrics/fabric/{id}", kStaged},
    {kDelete, "/cluster/sdn/fabrics/node/{fabric_id}/{node_id}", kStaged},
    {kWrite, "/cluster/sdn/ipams*", kSetting},
    {kDelete, "/cluster/sdn/ipams/{ipam}", kEntered},
    {kPost, "/cluster/sdn/lock", kLock},
    {kDelete, "/cluster/sdn/lock", kLock},
    {kPost, "/cluster/sdn/rollback", kStaged},
    {kPost, "/cluster/sdn/vnets", kStaged},
    {kPut, "/cluster/sdn/vnets/{vnet}", kStaged},
    {kWrite, "/cluster/sdn/vnets/{vnet}/firewall/*", kSetting},
    {kWrite, "/cluster/sdn/vnets/{vnet}/ips", kSetting},
    {kWrite, "/cluster/sdn/vnets/{vnet}/subnets*", kStaged},
    {kDelete, "/cluster/sdn/vnets/{vnet}", kStaged},
    {kDelete, "/cluster/sdn/vnets/{vnet}/firewall/rules/{pos}", kAnew},
    {kDelete, "/cluster/sdn/vnets/{vnet}/ips", kAnew},
    {kDelete, "/cluster/sdn/vnets/{vnet}/subnets/{subnet}", kStaged},
    {kWrite, "/cluster/sdn/zones*", kStaged},
    {kDelete, "/cluster/sdn/zones/{zone}", kStaged},
    {kPost, "/nodes/{node}/aplinfo", kAdds},
    {kWrite, "/nodes/{node}/apt/repositories", kSetting},
    {kPost, "/nodes/{node}/apt/update", "reads the lists of packages anew"},
    {kPost, "/nodes/{node}/ceph/fs/{name}", kAdds},
    {kPost, "/nodes/{node}/ceph/init", kSetting},
    {kPost, "/nodes/{node}/ceph/mds/{name}", kAdds},
    {kDelete, "/nodes/{node}/ceph/mds/{name}", kService},
    {kPost, "/nodes/{node}/ceph/mgr/{id}", kAdds},
    {kDelete, "/nodes/{node}/ceph/mgr/{id}", kService},
    {kPost, "/nodes/{node}/ceph/mon/{monid}", kAdds},
    {kDelete, "/nodes/{node}/ceph/mon/{monid}", kService},
    {kPost, "/nodes/{node}/ceph/osd/{osdid}/in", kSetting},
    {kPost, "/nodes/{node}/ceph/osd/{osdid}/out", kSetting},
    {kPost, "/nodes/{node}/ceph/osd/{osdid}/scrub", "compares copies"},
    {kPost, "/nodes/{node}/ceph/pool", kAdds},
    {kPut, "/nodes/{node}/ceph/pool/{name}", kSetting},
    {kPost, "/nodes/{node}/ceph/restart", kPower},
    {kPost, "/nodes/{node}/ceph/restart-bulk", kPower},
    {kPost, "/nodes/{node}/ceph/start", kPower},
    {kPost, "/nodes/{node}/ceph/stop", kPower},
    {kPut, "/nodes/{node}/certificates/acme/certificate", "the authority issues the certificate anew"},
    {kPut, "/nodes/{node}/config", kSetting},
    {kPut, "/nodes/{node}/dns", kSetting},
    {kWrite, "/nodes/{node}/firewall/*", kSetting},
    {kDelete, "/nodes/{node}/firewall/rules/{pos}", kAnew},
    {kPost, "/nodes/{node}/hosts", kSetting},
    {kPost, "/nodes/{node}/lxc/{vmid}/clone", kAdds},
    {kWrite, "/nodes/{node}/lxc/{vmid}/firewall/*", kSetting},
    {kDelete, "/nodes/{node}/lxc/{vmid}/firewall/aliases/{name}", kAnew},
    {kDelete, "/nodes/{node}/lxc/{vmid}/firewall/ipset/{name}", kAnew},
    {kDelete, "/nodes/{node}/lxc/{vmid}/firewall/ipset/{name}/{cidr}", kAnew},
    {kDelete, "/nodes/{node}/lxc/{vmid}/firewall/rules/{pos}", kAnew},
    {kPost, "/nodes/{node}/lxc/{vmid}/migrate", kMoves},
    {kPost, "/nodes/{node}/lxc/{vmid}/mtunnel", kTunnel},
    {kPut, "/nodes/{node}/lxc/{vmid}/resize", kGrows},
    {kPost, "/nodes/{node}/lxc/{vmid}/snapshot", kAdds},
    {kPut, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config", kSetting},
    {kPost, "/nodes/{node}/lxc/{vmid}/spiceproxy", kConsole},
    {kPost, "/nodes/{node}/lxc/{vmid}/status/*", kPower},
    {kPost, "/nodes/{node}/lxc/{vmid}/termproxy", kConsole},
    {kPost, "/nodes/{node}/lxc/{vmid}/vncproxy", kConsole},
    {kPost, "/nodes/{node}/migrateall", kMoves},
    {kPost, "/nodes/{node}/network", kStaged},
    {kPut, "/nodes/{node}/network", "puts staged changes into effect"},
    {kDelete, "/nodes/{node}/network", kStaged},
    {kPut, "/nodes/{node}/network/{iface}", kStaged},
    {kDelete, "/nodes/{node}/network/{iface}", kStaged},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent", "the commands that it accepts change no files"},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/fsfreeze-freeze", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/fsfreeze-status", "only asks"},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/fsfreeze-thaw", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/fstrim", "gives back blocks that no file uses"},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/ping", "only asks"},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/set-user-password", kPassword},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/shutdown", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/suspend-disk", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/suspend-hybrid", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/agent/suspend-ram", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/clone", kAdds},
    {kPut, "/nodes/{node}/qemu/{vmid}/cloudinit", "writes the drive anew from the settings"},
    {kPost, "/nodes/{node}/qemu/{vmid}/dbus-vmstate", kTunnel},
    {kWrite, "/nodes/{node}/qemu/{vmid}/firewall/*", kSetting},
    {kDelete, "/nodes/{node}/qemu/{vmid}/firewall/aliases/{name}", kAnew},
    {kDelete, "/nodes/{node}/qemu/{vmid}/firewall/ipset/{name}", kAnew},
    {kDelete, "/nodes/{node}/qemu/{vmid}/firewall/ipset/{name}/{cidr}", kAnew},
    {kDelete, "/nodes/{node}/qemu/{vmid}/firewall/rules/{pos}", kAnew},
    {kPost, "/nodes/{node}/qemu/{vmid}/migrate", kMoves},
    {kPost, "/nodes/{node}/qemu/{vmid}/mtunnel", kTunnel},
    {kPut, "/nodes/{node}/qemu/{vmid}/resize", kGrows},
    {kPut, "/nodes/{node}/qemu/{vmid}/sendkey", "presses a key"},
    {kPost, "/nodes/{node}/qemu/{vmid}/snapshot", kAdds},
    {kPut, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config", kSetting},
    {kPost, "/nodes/{node}/qemu/{vmid}/spiceproxy", kConsole},
    {kPost, "/nodes/{node}/qemu/{vmid}/status/*", kPower},
    {kPost, "/nodes/{node}/qemu/{vmid}/termproxy", kConsole},
    {kPost, "/nodes/{node}/qemu/{vmid}/vncproxy", kConsole},
    {kPost, "/nodes/{node}/replication/{id}/schedule_now", "copies the guest's present data"},
    {kPost, "/nodes/{node}/services/{service}/*", kPower},
    {kPost, "/nodes/{node}/spiceshell", kConsole},
    {kPost, "/nodes/{node}/startall", kPower},
    {kPost, "/nodes/{node}/status", kPower},
    {kPost, "/nodes/{node}/stopall", kPower},
    {kPost, "/nodes/{node}/storage/{storage}/content", kAdds},
    {kPost, "/nodes/{node}/storage/{storage}/content/{volume}", kAdds},
    {kPut, "/nodes/{node}/storage/{storage}/content/{volume}", kSetting},
    {kPost, "/nodes/{node}/storage/{storage}/download-url", "PVE refuses to replace a file"},
    {kPost, "/nodes/{node}/storage/{storage}/oci-registry-pull", "PVE refuses to replace a file"},
    {kWrite, "/nodes/{node}/subscription", "a key, which PVE shows"},
    {kDelete, "/nodes/{node}/subscription", "a key, which PVE shows"},
    {kPost, "/nodes/{node}/suspendall", kPower},
    {kDelete, "/nodes/{node}/tasks/{upid}", "stops work that can be started again"},
    {kPost, "/nodes/{node}/termproxy", kConsole},
    {kPut, "/nodes/{node}/time", kSetting},
    {kPost, "/nodes/{node}/vncshell", kConsole},
    {kPost, "/nodes/{node}/wakeonlan", kPower},
    {kPost, "/pools", kAdds},
    {kPut, "/pools", kSetting},
    {kDelete, "/pools", kAnew},
    {kPut, "/pools/{poolid}", kSetting},
    {kDelete, "/pools/{poolid}", kAnew},
    {kPost, "/storage", kAdds},
};

constexpr bool is_whole(const Harmless& row) {
  const auto star = row.path.find('*');
  return row.methods != 0 && !row.why.empty() &&
         (star == std::string_view::npos || (star == row.path.size() - 1 && (row.methods & kDelete) == 0));
}

static_assert(std::ranges::all_of(kHarmless, is_whole));

}  // namespace

std::span<const Harmless> harmless() { return kHarmless; }

std::string_view harmless(base::Method method, std::string_view path) {
  for (const auto& row : kHarmless) {
    if (covers(row.methods, method) && row.holds(path)) return row.why;
  }
  return {};
}

}  // namespace facts
