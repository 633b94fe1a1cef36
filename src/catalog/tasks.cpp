#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "hooks/times.h"
#include "tool/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

constexpr tool::Tool kTasks[] = {
    {.name = "pve_list_tasks",
     .title = "List tasks",
     .description = "List the tasks of one or all nodes: running ones, then the newest.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/tasks"},
     .params = {kNode,
                kStart,
                kLimit,
                kVmid,
                {.name = "typefilter", .description = "E.g. vzdump"},
                {.name = "source"},
                {.name = "statusfilter", .description = "One or more of: ok, warning, error, unknown"},
                {.name = "errors"},
                {.name = "userfilter"},
                {.name = "since",
                 .description = "Epoch, date or age (2h)",
                 .wire = hooks::kSinceGiven,
                 .type = tool::Type::String},
                {.name = "until", .wire = hooks::kUntilGiven, .type = tool::Type::String}},
     .offers = tool::kSelect,
     .view = {tool::View::Kind::Table, "tasks", "starttime duration type id user status node upid", true,
              &tool::kSeesNodes},
     .prepare = hooks::prepare_task_list,
     .revise = hooks::revise_task_list,
     .every_node = true},
    {.name = "pve_get_task_status",
     .title = "Task status",
     .description = "Read a task's state and result.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/tasks/{upid}/status"},
     .params = {kNode, kUpid},
     .offers = tool::kWait,
     .view = {.columns = "status exitstatus type id node user starttime"},
     .revise = hooks::revise_task},
    {.name = "pve_get_task_log",
     .title = "Task log",
     .description = "Read a task's log.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/tasks/{upid}/log"},
     .params = {kNode, kUpid, kStart, kLimit},
     .view = {tool::View::Kind::Log}},
    {.name = "pve_stop_task",
     .title = "Stop task",
     .description = "Abort a running task.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/nodes/{node}/tasks/{upid}"},
     .params = {kNode, kUpid},
     .doing = "Asking task {upid} to stop",
     .done = "Task {upid} {was} asked to stop"},
};

static_assert(tool::valid(kTasks));

std::span<const tool::Tool> tasks() { return kTasks; }

}  // namespace catalog
