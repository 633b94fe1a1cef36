#include <string_view>

#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "hooks/times.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

constexpr std::string_view kCommands[] = {"start", "stop", "restart", "reload"};

}  // namespace

constexpr tool::Tool kNodes[] = {
    {.name = "pve_list_nodes",
     .title = "List nodes",
     .description = "List the nodes with status and usage.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes"},
     .view = {tool::View::Kind::Table, "nodes",
              "node status cpu maxcpu mem/maxmem disk/maxdisk uptime level"}},
    {.name = "pve_get_node_status",
     .title = "Node status",
     .description = "Read a node's CPU, memory, load and uptime.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/status"},
     .params = {kNode},
     .view = {.columns = "pveversion kversion uptime cpu cpuinfo loadavg memory swap rootfs wait"}},
    {.name = "pve_get_node_version",
     .title = "Node version",
     .description = "Read the PVE version of a node.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/version"},
     .params = {kNode}},
    {.name = "pve_get_node_dns",
     .title = "Node DNS",
     .description = "Read a node's DNS settings.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/dns"},
     .params = {kNode}},
    {.name = "pve_get_node_time",
     .title = "Node time",
     .description = "Read a node's clock and time zone.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/time"},
     .params = {kNode}},
    {.name = "pve_get_node_syslog",
     .title = "Node system log",
     .description = "Read a node's system log.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/syslog"},
     .params = {kNode,
                kStart,
                kLimit,
                {.name = "since",
                 .description = "Epoch, date or age (2h)",
                 .wire = hooks::kSinceGiven,
                 .type = tool::Type::String},
                {.name = "until", .wire = hooks::kUntilGiven, .type = tool::Type::String},
                {.name = "service"}},
     .view = {tool::View::Kind::Log},
     .prepare = hooks::read_log_times},
    {.name = "pve_list_node_services",
     .title = "List services",
     .description = "List a node's system services.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/services"},
     .params = {kNode},
     .offers = tool::kSelect,
     .view = {tool::View::Kind::Table, "services", "service state active-state unit-state desc"}},
    // One row for four endpoints of PVE.
    {.name = "pve_manage_node_service",
     .title = "Control service",
     .description = "Start, stop, restart or reload a node's system service.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/services/{service}/{command}"},
     .params = {kNode, {.name = "service", .terse = true}, {.name = "command", .values = kCommands}},
     .starts_task = true,
     .doing = "{command+ing} service \"{service}\" on {node}",
     .done = "Service \"{service}\" on {node} {was} {command+ed}"},
};

static_assert(tool::valid(kNodes));

std::span<const tool::Tool> nodes() { return kNodes; }

}  // namespace catalog
