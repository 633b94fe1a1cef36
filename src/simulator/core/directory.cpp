// Directories: paths that only list the names below them.
#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/store.h"

namespace simulator {
namespace {

struct Directory {
  std::string_view path;
  std::string_view key;  ///< the member that holds a name
  /// The names in PVE's order, blank-separated. Empty: all names that the facts have.
  std::string_view names = {};
  std::string_view without = {};  ///< children that PVE does not list
};

// Keys, order and what is left out are those of a real PVE 9.2. PVE does not check that the guest, the
// snapshot or the storage in the path exists.
constexpr auto kDirectories = std::to_array<Directory>({
    {"/access", "subdir", "users groups roles acl domains openid tfa ticket password"},
    {"/access/openid", "subdir"},
    {"/cluster", "name",
     "acme backup backup-info bulk-action ceph config firewall ha jobs log mapping metrics notifications "
     "nextid "
     "options qemu replication resources status tasks sdn"},
    {"/cluster/acme", "name", "account tos meta directories plugins challenge-schema"},
    {"/cluster/bulk-action", "name"},
    {"/cluster/bulk-action/guest", "name", "start shutdown migrate suspend"},
    {"/cluster/ceph", "name"},
    {"/cluster/config", "name", "nodes totem join qdevice apiversion"},
    {"/cluster/firewall", "name", "aliases rules options groups ipset macros refs"},
    {"/cluster/ha", "id", "status resources groups rules"},
    {"/cluster/ha/status", "name", "current manager_status disarm-ha arm-ha"},
    {"/cluster/jobs", "subdir", "schedule-analyze realm-sync"},
    {"/cluster/mapping", "name"},
    {"/cluster/metrics", "name", "server"},
    {"/cluster/notifications", "name", "endpoints matchers targets matcher-fields matcher-field-values"},
    {"/cluster/notifications/endpoints", "name"},
    {"/cluster/qemu", "name"},
    {"/cluster/sdn", "id", "vnets zones controllers ipams dns fabrics"},
    {"/cluster/sdn/fabrics", "subdir", "fabric node all"},
    {.path = "/nodes/{node}", .key = "name", .without = "execute vncwebsocket"},
    {"/nodes/{node}/apt", "id"},
    {"/nodes/{node}/capabilities", "name"},
    {"/nodes/{node}/capabilities/qemu", "name"},
    {"/nodes/{node}/ceph", "name",
     "cmd-safety cfg crush fs init log mds mgr mon osd pool releases restart restart-bulk rules start status "
     "stop"},
    {"/nodes/{node}/ceph/cfg", "name", "raw db value"},
    {"/nodes/{node}/certificates", "name"},
    {"/nodes/{node}/certificates/acme", "name"},
    {"/nodes/{node}/disks", "name", "list initgpt smart lvm lvmthin directory wipedisk zfs"},
    {"/nodes/{node}/firewall", "name", "rules options log"},
    {"/nodes/{node}/hardware", "type"},
    {"/nodes/{node}/lxc/{vmid}/firewall", "name", "rules aliases ipset refs options"},
    {"/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", "cmd", "rollback config"},
    {"/nodes/{node}/lxc/{vmid}/status", "subdir", "current start stop shutdown reboot migrate"},
    {"/nodes/{node}/qemu/{vmid}/agent", "name"},
    {"/nodes/{node}/qemu/{vmid}/firewall", "name", "rules aliases ipset refs options"},
    {"/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", "cmd", "rollback config"},
    {"/nodes/{node}/qemu/{vmid}/status", "subdir", "current start stop reset shutdown suspend reboot"},
    {"/nodes/{node}/replication/{id}", "name", "schedule_now log status"},
    {.path = "/nodes/{node}/scan", .key = "method", .without = "lvmthin"},
    {"/nodes/{node}/sdn", "name"},
    {"/nodes/{node}/sdn/fabrics/{fabric}", "subdir", "neighbors routes"},
    {"/nodes/{node}/sdn/vnets/{vnet}", "subdir"},
    {"/nodes/{node}/sdn/zones/{zone}", "subdir", "content bridges ip-vrf"},
    {"/nodes/{node}/services/{service}", "subdir", "state start stop restart reload"},
    {"/nodes/{node}/storage/{storage}", "subdir",
     "content download-url file-restore import-metadata identity oci-registry-pull prunebackups rrd rrddata "
     "status upload"},
});

// Here PVE checks that the guest exists, so the handlers are in guest/.
constexpr auto kGuests = std::to_array<Directory>({
    {"/nodes/{node}/lxc/{vmid}", "subdir",
     "config pending status vncproxy termproxy vncwebsocket spiceproxy migrate clone rrd rrddata firewall "
     "snapshot resize interfaces"},
    {"/nodes/{node}/qemu/{vmid}", "subdir",
     "config cloudinit pending status unlink vncproxy termproxy migrate resize move rrd rrddata monitor "
     "agent "
     "snapshot spiceproxy sendkey firewall mtunnel remote_migrate"},
});

const Directory& directory_of(const Call& call) {
  const auto found = std::ranges::find(kDirectories, call.endpoint.path, &Directory::path);
  if (found != kDirectories.end()) return *found;
  return *std::ranges::find(kGuests, call.endpoint.path, &Directory::path);
}

struct Child {
  std::string_view name;
  bool present = false;  ///< in the version of the cluster
};

/// The names right below the path, of all versions, sorted.
std::vector<Child> children_of(const Call& call) {
  std::map<std::string_view, bool> found;
  for (const auto& endpoint : call.facts.list()) {
    auto rest = endpoint.path;
    if (!rest.starts_with(call.endpoint.path)) continue;
    rest.remove_prefix(call.endpoint.path.size());
    if (!rest.starts_with('/') || rest.starts_with("/{")) continue;
    rest = rest.substr(1, rest.find('/', 1) - 1);
    found[rest] = found[rest] || endpoint.lifetime.covers(call.state.options.pve);
  }
  std::vector<Child> children;
  for (const auto& [name, present] : found) children.push_back({name, present});
  return children;
}

}  // namespace

Answer list_directory(Call& call) {
  const auto& directory = directory_of(call);
  const auto children = children_of(call);
  base::JsonArray rows;
  const auto add = [&](std::string_view name) { rows.emplace_back(base::JsonObject{{directory.key, name}}); };
  if (directory.names.empty()) {
    for (const auto& child : children) {
      if (child.present && !holds_word(directory.without, child.name)) add(child.name);
    }
    return Answer::of(std::move(rows));
  }
  for (const auto name : base::split(directory.names, ' ')) {
    const auto child = std::ranges::find(children, name, &Child::name);
    if (child == children.end() || child->present) add(name);
  }
  return Answer::of(std::move(rows));
}

namespace {

constexpr auto kDirectoryRoutes = [] {
  std::array<Route, kDirectories.size()> routes{};
  for (std::size_t i = 0; i < routes.size(); ++i)
    routes[i] = {base::Method::Get, kDirectories[i].path, list_directory};
  return routes;
}();

}  // namespace

std::span<const Route> directory_routes() { return kDirectoryRoutes; }

}  // namespace simulator
