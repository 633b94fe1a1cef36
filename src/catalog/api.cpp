#include "catalog/categories.h"
#include "catalog/params.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Door;
using tool::Effect;
using tool::Need;
using tool::Tier;
using tool::Type;

namespace {

constexpr tool::Param kTarget{
    .name = "target", .description = "A tool, or METHOD /path", .need = Need::Required, .type = Type::String};
constexpr tool::Param kArguments{
    .name = "arguments", .description = "Of the target", .need = Need::Optional, .type = Type::Object};

}  // namespace

constexpr tool::Tool kApi[] = {
    {.name = "pve_search",
     .title = "Search calls",
     .description =
         "Find what Proxmox VE can do, by an administrator's words (\"replace failed disk\", \"smart\"). "
         "Returns targets: tools and endpoints of the PVE API. A target need not be in your list of "
         "tools. Describe it, then call it.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params = {{.name = "query", .need = Need::Required, .type = Type::String}},
     .door = Door::Search},
    {.name = "pve_describe",
     .title = "Describe a call",
     .description = "Show a target's arguments, privileges, versions, what it destroys, and an example.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params = {kTarget,
                {.name = "parameter",
                 .description = "Explain this one in full",
                 .need = Need::Optional,
                 .type = Type::String}},
     .door = Door::Describe},
    {.name = "pve_read",
     .title = "Read by any call",
     .description =
         "Call a target that only reads, such as GET /nodes/{node}/disks/smart. Its arguments may also "
         "have fields (names, or *), filter (such as status=running), limit and cursor.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, ""},
     .params = {kTarget, kArguments},
     .door = Door::Read},
    {.name = "pve_change",
     .title = "Change by any call",
     .description =
         "Call a target that changes something and destroys nothing for good. Waits for the task and "
         "says what changed.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, ""},
     .params = {kTarget, kArguments},
     .starts_task = true,
     .door = Door::Change},
    {.name = "pve_destroy",
     .title = "Destroy by any call",
     .description = "Call a target that destroys data for good. Shows the plan first.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, ""},
     .params = {kTarget, kArguments},
     .starts_task = true,
     .door = Door::Destroy},
};

static_assert(tool::valid(kApi));

std::span<const tool::Tool> api() { return kApi; }

}  // namespace catalog
