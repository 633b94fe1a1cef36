#include <string>
#include <utility>

#include "base/json_read.h"
#include "catalog/categories.h"
#include "catalog/params.h"
#include "catalog/prepare.h"
#include "catalog/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

/// PVE lists what has ended unless it is told otherwise.
std::expected<void, std::string> list(tool::Context& context, base::JsonObject& arguments) {
  if (!arguments.contains("source")) arguments["source"] = "all";
  return read_times(context.now(), arguments);
}

/// Of a running task PVE writes user and token in one word, of an ended one in two.
void name_token(base::JsonObject& task) {
  const auto token = base::raw_text(task, "tokenid");
  const auto user = base::raw_text(task, "user");
  if (token.empty() || user.find('!') != std::string_view::npos) return;
  task["user"] = std::string(user) + "!" + std::string(token);
}

std::string one_user(tool::Context& /*context*/, base::Json& data) {
  if (auto* task = data.if_object()) name_token(*task);
  return {};
}

/// The running ones first; how long the others took.
std::string list_revised(tool::Context& /*context*/, base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return {};
  for (auto& item : *array) {
    auto* task = item.if_object();
    if (task == nullptr) continue;
    name_token(*task);
    const auto begin = base::number(*task, "starttime");
    const auto end = base::number(*task, "endtime");
    if (begin && end && *end >= *begin) (*task)["duration"] = *end - *begin;
  }
  base::JsonArray sorted(array->storage());
  for (const bool ended : {false, true}) {
    for (auto& item : *array) {
      if ((base::ObjectView(item).member("endtime") != nullptr) == ended) sorted.push_back(item);
    }
  }
  *array = std::move(sorted);
  return {};
}

}  // namespace

constexpr tool::Tool kTasks[] = {
    {.name = "pve_list_tasks",
     .title = "List tasks",
     .description = "List the tasks of a node, or of all; the running ones first, then the newest.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/tasks"},
     .params = {kNode,
                kStart,
                kLimit,
                kVmid,
                {.name = "typefilter", .description = "E.g. vzdump"},
                {.name = "source"},
                {.name = "statusfilter", .description = "Of ok, warning, error, unknown"},
                {.name = "errors"},
                {.name = "userfilter"},
                {.name = "since",
                 .description = "Epoch, date or age (2h)",
                 .wire = kSinceGiven,
                 .type = tool::Type::String},
                {.name = "until", .wire = kUntilGiven, .type = tool::Type::String}},
     .offers = tool::kSelect,
     .view = {tool::View::Kind::Table, "tasks", "starttime duration type id user status node upid", true,
              &kSeesNodes},
     .prepare = list,
     .revise = list_revised,
     .every_node = true},
    {.name = "pve_get_task_status",
     .title = "Task status",
     .description = "Read whether a task runs and how it ended.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/tasks/{upid}/status"},
     .params = {kNode, kUpid},
     .offers = tool::kWait,
     .view = {.columns = "status exitstatus type id node user starttime"},
     .revise = one_user},
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
