#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "tool/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

constexpr tool::ListRights kSeesResources{{tool::kAuditsGuests, tool::kAuditsStorages, tool::kAuditsNodes}};
constexpr tool::ListRights kSeesSdn{{{{"SDN.Audit", "SDN.Allocate"}, "/sdn"}}};
constexpr tool::ListRightsFor kSeesOfType[] = {{"type", "vm", &tool::kSeesGuests},
                                               {"type", "storage", &tool::kSeesStorages},
                                               {"type", "node", &tool::kSeesNodes},
                                               {"type", "sdn", &kSeesSdn}};

}  // namespace

constexpr tool::Tool kCluster[] = {
    {.name = "pve_get_cluster_status",
     .title = "Cluster status",
     .description = "Read the cluster's quorum and members.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/status"},
     .view = {tool::View::Kind::Table, "entries", "id type name online quorate nodes ip local version"}},
    {.name = "pve_list_cluster_resources",
     .title = "List resources",
     .description = "List the cluster's guests, nodes and storages with usage. "
                    "Shows a guest's node.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/resources"},
     .params = {{.name = "type", .description = "vm includes containers"}},
     .offers = tool::kSelect | tool::kPage,
     .view = {tool::View::Kind::Table, "resources",
              "vmid name storage type node status cpu mem/maxmem disk/maxdisk uptime lock tags pool template "
              "hastate",
              false, &kSeesResources, kSeesOfType},
     .revise = hooks::revise_resources},
    {.name = "pve_get_next_vmid",
     .title = "Next free VMID",
     .description = "Read the next free VMID. It is not reserved.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/nextid"}},
    {.name = "pve_get_cluster_log",
     .title = "Cluster log",
     .description = "Read the cluster log.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/log"},
     .params = {{.name = "max"}},
     .offers = tool::kSelect,
     .view = {tool::View::Kind::Table, "entries", "time node user tag pri msg", true, &tool::kSeesLog}},
    {.name = "pve_get_cluster_options",
     .title = "Datacenter options",
     .description = "Read the datacenter options.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/options"},
     .view = {.list_rights = &tool::kSeesOptions}},
    {.name = "pve_list_cluster_backup_info",
     .title = "Guests without backup",
     .description = "List the guests that no backup job covers.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/backup-info/not-backed-up"},
     .offers = tool::kSelect | tool::kPage,
     .view = {tool::View::Kind::Table, "guests without a backup job", "vmid name type", false,
              &tool::kSeesGuests}},
    {.name = "pve_get_cluster_ha_status",
     .title = "HA status",
     .description = "Read the state of HA.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/ha/status/current"},
     .view = {tool::View::Kind::Table, "entries",
              "id type node status state crm_state request_state quorate timestamp comment"}},
    {.name = "pve_list_cluster_replication",
     .title = "List replication jobs",
     .description = "List the storage replication jobs.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/cluster/replication"},
     .view = {tool::View::Kind::Table, "replication jobs",
              "id guest source target schedule disable rate type comment", false, &tool::kSeesGuests}},
    {.name = "pve_update_cluster_options",
     .title = "Update datacenter options",
     .description = "Change the datacenter options.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/cluster/options"},
     .params = {{.name = "console"}, {.name = "http_proxy"}, kDelete},
     .doing = "Changing the datacenter options",
     .done = "Datacenter options {were} changed"},
};

static_assert(tool::valid(kCluster));

std::span<const tool::Tool> cluster() { return kCluster; }

}  // namespace catalog
