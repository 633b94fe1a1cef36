#include "catalog/resources.h"

namespace catalog {
namespace {

using Kind = tool::Resource::Kind;
using Watch = tool::Resource::Watch;

/// Members that change often. The size of a thin pool or of a file system of ZFS or Ceph changes with every
/// write to its neighbours; the size of a guest's disk changes only when a user resizes it.
constexpr std::string_view kUsage =
    "cpu mem memhost disk uptime netin netout diskread diskwrite freemem pid pressure* node.maxdisk "
    "storage.maxdisk";

constexpr tool::Resource kResources[] = {
    {.uri = "pve://cluster/status",
     .name = "cluster-status",
     .title = "Cluster status",
     .description = "Quorum, and which nodes are online.",
     .tools = {"pve_get_cluster_status"}},
    {.uri = "pve://cluster/resources",
     .name = "cluster-resources",
     .title = "Cluster resources",
     .description = "Every guest, node, storage and network of the cluster with its state and usage.",
     .tools = {"pve_list_cluster_resources"},
     .watch = Watch::Resources,
     .volatile_members = kUsage,
     .omit_first =
         "netin,netout,diskread,diskwrite,memhost,id,pressure*,level,cgroup-mode,plugintype "
         "qemu.disk,lxc.disk,storage.content uptime qemu.cpu,lxc.cpu qemu.maxdisk,lxc.maxdisk "
         "qemu.mem,lxc.mem qemu.maxcpu,lxc.maxcpu qemu.template,lxc.template qemu.maxmem,lxc.maxmem "
         "qemu.hastate,lxc.hastate,qemu.pool,lxc.pool qemu.tags,lxc.tags",
     .first = "node storage"},
    {.uri = "pve://api",
     .name = "api",
     .title = "PVE's API",
     .description = "The methods and paths of the API of the connected PVE.",
     .kind = Kind::Api,
     .watch = Watch::Never},
    {.uri = "pve://nodes/{node}/status",
     .name = "node-status",
     .title = "Node status",
     .description = "A node's versions, load, memory and disk.",
     .tools = {"pve_get_node_status"},
     .watch = Watch::Resources,
     .volatile_members = kUsage},
    {.uri = "pve://guests/{vmid}/config",
     .name = "guest-config",
     .title = "Guest configuration",
     .description = "The configuration of a VM or container, by number or name.",
     .tools = {"pve_get_qemu_config", "pve_get_lxc_config"}},
    {.uri = "pve://guests/{vmid}/status",
     .name = "guest-status",
     .title = "Guest status",
     .description = "Whether a VM or container runs, and what it uses, by number or name.",
     .tools = {"pve_get_qemu_status", "pve_get_lxc_status"},
     .watch = Watch::Resources,
     .volatile_members = kUsage},
    {.uri = "pve://guests/{vmid}/snapshots/{snapname}",
     .name = "guest-snapshot",
     .title = "Snapshot",
     .description = "A snapshot of a VM or container: when it was taken, why, and on which one it builds.",
     .tools = {"pve_list_qemu_snapshots", "pve_list_lxc_snapshots"}},
    {.uri = "pve://tasks/{upid}/log",
     .name = "task-log",
     .title = "Task log",
     .description = "The log of a task, its newest part if it is long.",
     .kind = Kind::Log,
     .tools = {"pve_get_task_log"}},
    {.uri = "pve://storage/{storage}/content",
     .name = "storage-content",
     .title = "Storage content",
     .description = "The volumes of a storage: disk images, ISO images, templates, backups.",
     .kind = Kind::PerNode,
     .tools = {"pve_list_storage_content"},
     .volatile_members = "used"},
    {.uri = "pve://api/{+path}",
     .name = "api-endpoint",
     .title = "Endpoint of PVE's API",
     .description = "The methods of one path of the API, their parameters and privileges, such as "
                    "nodes/{node}/status, and the paths below it.",
     .kind = Kind::Api,
     .watch = Watch::Never},
};

static_assert(tool::valid(kResources));

}  // namespace

std::span<const tool::Resource> resources() { return kResources; }

}  // namespace catalog
