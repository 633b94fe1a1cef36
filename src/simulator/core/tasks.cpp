// The endpoints of tasks: lists, status, log and stop.
#include "simulator/core/tasks.h"

#include <algorithm>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"

namespace simulator {
namespace {

bool is_upid(std::string_view text) {
  const auto parts = base::split(text, ':');
  if (parts.size() != 9 || parts[0] != "UPID" || !parts[8].empty()) return false;
  const auto hex = [](std::string_view part, std::size_t from, std::size_t to) {
    return part.size() >= from && part.size() <= to &&
           part.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
  };
  return !parts[1].empty() && hex(parts[2], 8, 8) && hex(parts[3], 8, 9) && hex(parts[4], 8, 8) &&
         !parts[5].empty() && !parts[7].empty();
}

bool is_error(const Task& task) { return task.status != "OK" && !task.status.starts_with("WARNINGS: "); }

std::string_view kind_of(const Task& task) {
  if (task.status == "OK") return "ok";
  if (task.status.starts_with("WARNINGS: ")) return "warning";
  return task.status.empty() || task.status == "unknown" ? "unknown" : "error";
}

base::JsonObject common(const Task& task) {
  return {{"upid", task.upid},       {"node", task.node}, {"pid", task.pid}, {"pstart", task.pstart},
          {"starttime", task.start}, {"type", task.type}, {"id", task.id}};
}

base::JsonObject list_row(const Task& task) {
  auto row = common(task);
  if (task.running) {
    row["user"] = task.token.empty() ? task.user : task.user + "!" + task.token;
    row["status"] = "RUNNING";
    row["saved"] = "0";
    return row;
  }
  row["user"] = task.user;
  if (!task.token.empty()) row["tokenid"] = task.token;
  row["endtime"] = task.end_ms / 1000;
  row["status"] = task.status;
  return row;
}

struct Filter {
  std::string source, vmid, type, user;
  std::vector<std::string> statuses;
  std::int64_t since, until;
  bool errors;

  explicit Filter(const Parameters& parameters)
      : source(parameters.text("source", "archive")),
        vmid(parameters.text("vmid")),
        type(parameters.text("typefilter")),
        user(base::lower_ascii(parameters.text("userfilter"))),
        statuses(parameters.list("statusfilter")),
        since(parameters.number("since", 0)),
        until(parameters.number("until", 0)),
        errors(parameters.flag("errors")) {}

  bool takes(const Task& task) const {
    if (task.running ? source == "archive" : source == "active") return false;
    if (!vmid.empty() && task.id != vmid) return false;
    if (!type.empty() && task.type != type) return false;
    if (!user.empty() && base::lower_ascii(task.user).find(user) == std::string::npos) return false;
    if ((since != 0 && task.start < since) || (until != 0 && task.start > until)) return false;
    if (errors && (task.running || !is_error(task))) return false;
    return statuses.empty() || task.running || std::ranges::find(statuses, kind_of(task)) != statuses.end();
  }
};

/// A token sees the tasks that it started; a user also sees those of its tokens.
bool is_own(const Task& task, const Identity& caller) {
  return task.user == caller.user && (caller.token.empty() || task.token == caller.token);
}

Answer list(Call& call) {
  const Filter filter(call.parameters);
  const auto node = call.node();
  const bool all = may(call, "/nodes/" + node, "Sys.Audit");
  const auto start = static_cast<std::uint64_t>(call.parameters.number("start", 0));
  const auto limit = static_cast<std::uint64_t>(call.parameters.number("limit", 50));
  base::JsonArray rows;
  std::uint64_t total = 0;
  for (const auto& task : call.state.tasks) {
    if (task.node != node || (!all && !is_own(task, call.identity)) || !filter.takes(task)) continue;
    if (total++ >= start && rows.size() < limit) rows.push_back(list_row(task));
  }
  return Answer::of_total(std::move(rows), total);
}

Answer cluster_list(Call& call) {
  constexpr std::size_t kPerNode = 25;
  const bool all = may(call, "/", "Sys.Audit");
  std::map<std::string, std::size_t> shown;
  base::JsonArray rows;
  for (const auto& task : call.state.tasks) {
    // PVE compares the task's user with the token's full name, so a token does not see its own tasks here.
    if (!all && task.user != call.identity.full()) continue;
    if (++shown[task.node] > kPerNode) continue;
    base::JsonObject row{{"upid", task.upid},
                         {"node", task.node},
                         {"starttime", task.start},
                         {"type", task.type},
                         {"id", task.id}};
    row["user"] = task.user;
    if (!task.token.empty()) row["tokenid"] = task.token;
    if (!task.running) {
      row["saved"] = "1";
      row["endtime"] = task.end_ms / 1000;
      row["status"] = task.status;
    }
    rows.push_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

/// The task, or PVE's refusal of a UPID that is invalid or of another node.
std::expected<Task*, Answer> find(Call& call) {
  const auto upid = call.parameters.text("upid");
  if (!is_upid(upid)) return std::unexpected(Answer::bad("upid", "unable to parse worker upid"));
  auto* const task = find_task(call.state, upid);
  if (task == nullptr || task->node != call.node())
    return std::unexpected(Answer::bad("upid", "no such task"));
  return task;
}

std::optional<Answer> refuse_foreign(const Call& call, const Task& task, std::string_view privilege) {
  if (is_own(task, call.identity)) return std::nullopt;
  return refuse(call, "/nodes/" + call.node(), {privilege});
}

Answer index(Call& call) {
  if (auto task = find(call); !task) return task.error();
  base::JsonArray rows{base::JsonObject{{"name", "log"}}, base::JsonObject{{"name", "status"}}};
  return Answer::of(std::move(rows));
}

Answer task_status(Call& call) {
  const auto task = find(call);
  if (!task) return task.error();
  if (auto no = refuse_foreign(call, **task, "Sys.Audit")) return *no;
  auto row = common(**task);
  row["user"] = (*task)->user;
  if (!(*task)->token.empty()) row["tokenid"] = (*task)->token;
  row["status"] = (*task)->running ? "running" : "stopped";
  if (!(*task)->running) row["exitstatus"] = (*task)->status;
  return Answer::of(std::move(row));
}

Answer task_lines(Call& call) {
  const auto task = find(call);
  if (!task && task.error().errors.at("upid") != "no such task") return task.error();
  if (task) {
    if (auto no = refuse_foreign(call, **task, "Sys.Audit")) return *no;
  }
  const auto lines = task ? task_log(call.state, **task)
                          : std::vector<std::string>{"unable to open file - No such file or directory"};
  const auto start = static_cast<std::uint64_t>(call.parameters.number("start", 0));
  const auto limit = static_cast<std::uint64_t>(call.parameters.number("limit", 50));
  base::JsonArray rows;
  for (auto i = start; i < lines.size() && (limit == 0 || rows.size() < limit); ++i) {
    rows.push_back(base::JsonObject{{"n", i + 1}, {"t", lines[i]}});
  }
  return Answer::of_total(std::move(rows), lines.size());
}

Answer stop(Call& call) {
  const auto task = find(call);
  if (!task) return task.error();
  if (auto no = refuse_foreign(call, **task, "Sys.Modify")) return *no;
  stop_task(call.state, **task);
  return Answer::of();
}

constexpr Route kTasksRoutes[] = {
    {base::Method::Get, "/cluster/tasks", cluster_list},
    {base::Method::Get, "/nodes/{node}/tasks", list},
    {base::Method::Get, "/nodes/{node}/tasks/{upid}", index},
    {base::Method::Delete, "/nodes/{node}/tasks/{upid}", stop},
    {base::Method::Get, "/nodes/{node}/tasks/{upid}/status", task_status},
    {base::Method::Get, "/nodes/{node}/tasks/{upid}/log", task_lines},
};

}  // namespace

std::span<const Route> tasks_routes() { return kTasksRoutes; }

}  // namespace simulator
