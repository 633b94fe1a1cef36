#include "insight/reports.h"

#include "catalog/categories.h"
#include "catalog/params.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Need;
using tool::Tier;
using tool::Type;

namespace {

constexpr std::string_view kMeasures[] = {"cpu", "mem", "diskio", "network"};
constexpr std::string_view kWindows[] = {"now", "hour", "day", "week"};

}  // namespace

constexpr tool::Tool kInsight[] = {
    {.name = "pve_find_guest",
     .title = "Find a guest",
     .description = "Find guests by name, tag, number, MAC or IP address, or network.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params = {{.name = "query",
                 .description = "Name, part or pattern; tag; 10.0.3.7; 10.0.0.0/24; BC:24:11",
                 .need = Need::Required,
                 .type = Type::String}},
     .view = {.ordered = true, .quoted = ""},
     .report = insight::find_guest},
    {.name = "pve_cluster_health",
     .title = "Cluster health",
     .description = "Check the whole cluster and list the problems, the worst first. Nodes, quorum, storage, "
                    "failed tasks, backups, locks, HA, certificates, updates.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .view = {.ordered = true, .quoted = "object"},
     .report = insight::cluster_health},
    {.name = "pve_top_consumers",
     .title = "Top consumers",
     .description = "Rank the guests that use most CPU, memory, disk I/O or network.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params =
         {{.name = "by", .values = kMeasures, .need = Need::Optional, .type = Type::String},
          {.name = "window", .values = kWindows, .need = Need::Optional, .type = Type::String},
          {.name = "limit", .description = "Default 10", .need = Need::Optional, .type = Type::Integer}},
     .view = {.ordered = true, .quoted = ""},
     .report = insight::top_consumers},
    {.name = "pve_who_did",
     .title = "Who did what",
     .description = "List what was done, by whom and with what result, newest first. From the tasks of all "
                    "nodes and the "
                    "cluster log.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params =
         {{.name = "user",
           .description = "A user, or a part of the name",
           .need = Need::Optional,
           .type = Type::String},
          {.name = "guest", .description = "Number or name", .need = Need::Optional, .type = Type::String},
          {.name = "hours",
           .description = "How far back; default 24",
           .need = Need::Optional,
           .type = Type::Integer},
          {.name = "errors", .description = "Only failures", .need = Need::Optional, .type = Type::Boolean},
          {.name = "limit", .description = "Default 30", .need = Need::Optional, .type = Type::Integer}},
     .view = {.ordered = true, .quoted = "what result"},
     .report = insight::who_did},
    {.name = "pve_guest_overview",
     .title = "Guest overview",
     .description = "Show everything about one guest. State, disks, addresses, snapshots, backups, HA, "
                    "firewall, pending "
                    "changes, last tasks.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params =
         {{.name = "vmid", .description = "Number or name", .need = Need::Optional, .type = Type::String},
          {.name = "guest", .description = "The same as vmid", .need = Need::Optional, .type = Type::String}},
     .view = {.ordered = true, .quoted = "description what result"},
     .report = insight::guest_overview},
    {.name = "pve_node_loss_impact",
     .title = "Node loss impact",
     .description =
         "Tell what would break if a node went away. Quorum, guests that HA restarts, guests that go down, "
         "memory left, disks and replicas lost.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params = {{.name = "node", .need = Need::Required, .type = Type::String}},
     .view = {.ordered = true, .quoted = ""},
     .report = insight::node_loss_impact},
    {.name = "pve_find_orphans",
     .title = "Find orphans",
     .description =
         "List disk images, disks, backups and snapshots that seem unused. Shows their sizes. Leaves out "
         "every object that it could not check.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params = {{.name = "snapshot_days",
                 .description = "Minimum age of a listed snapshot; default 90",
                 .need = Need::Optional,
                 .type = Type::Integer}},
     .view = {.ordered = true, .quoted = ""},
     .report = insight::find_orphans},
    {.name = "pve_get_node_rrddata",
     .title = "Node statistics",
     .description = "Read a node's usage history (RRD).",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/rrddata"},
     .params = {kNode, kTimeframe, kCf},
     .offers = tool::kChart,
     .view = {tool::View::Kind::Statistics}},
    {.name = "pve_get_storage_rrddata",
     .title = "Storage statistics",
     .description = "Read a storage's usage history on a node (RRD).",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/storage/{storage}/rrddata"},
     .params = {kNode, {.name = "storage"}, kTimeframe, kCf},
     .offers = tool::kChart,
     .view = {tool::View::Kind::Statistics}},
};

static_assert(tool::valid(kInsight));

std::span<const tool::Tool> insight() { return kInsight; }

}  // namespace catalog
