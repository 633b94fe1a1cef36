#include "engine/answer/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/answer/denial.h"
#include "engine/answer/property_words.h"
#include "engine/check/value.h"
#include "engine/cluster/request.h"
#include "engine/words/pve_words.h"
#include "engine/words/remedies.h"
#include "pve/causes.h"
#include "view/human.h"

namespace engine {
namespace {

/// Reads from PVE to explain an error. Returns nullopt if that fails too.
std::optional<base::Json> look(Cluster& cluster, std::string_view path_template,
                               const base::JsonObject& arguments, const std::stop_token& stop) {
  const auto wanted = request({base::Method::Get, path_template}, arguments);
  if (!wanted) return std::nullopt;
  auto answer = cluster.client.call(*wanted, stop);
  if (!answer) return std::nullopt;
  return std::move(answer->data);
}

// --- locks

struct LockTasks {
  std::string_view lock;   ///< PVE's name for the lock
  std::string_view types;  ///< the types of task that take it
};

constexpr std::array kLockTasks = {
    LockTasks{"backup", "vzdump"},
    LockTasks{"snapshot", "qmsnapshot vzsnapshot"},
    LockTasks{"snapshot-delete", "qmdelsnapshot vzdelsnapshot"},
    LockTasks{"rollback", "qmrollback vzrollback"},
    LockTasks{"migrate", "qmigrate vzmigrate hamigrate"},
    LockTasks{"clone", "qmclone vzclone"},
    LockTasks{"create", "qmcreate vzcreate qmrestore vzrestore qmclone vzclone"},
    LockTasks{"disk", "move_volume qmmove resize"},
    LockTasks{"suspending", "qmsuspend"},
    LockTasks{"suspended", "qmsuspend"},
    LockTasks{"mounted", "vzmount"},
    LockTasks{"destroyed", "qmdestroy vzdestroy"},
    LockTasks{"fstrim", "vzfstrim"},
};

bool takes(std::string_view type, std::string_view lock) {
  for (const auto& lock_tasks : kLockTasks) {
    if (lock_tasks.lock != lock) continue;
    const auto types = base::split(lock_tasks.types, ' ');
    return std::ranges::find(types, type) != types.end();
  }
  return false;
}

/// The running task that may hold the lock: a task of this guest, a task of several guests (without an id),
/// or a clone or creation, whose id can be another guest's.
const base::JsonObject* holder_of(const base::Json& tasks, std::string_view lock, std::string_view vmid) {
  const base::JsonObject* likely = nullptr;
  const auto* array = tasks.if_array();
  if (array == nullptr) return nullptr;
  for (const auto& item : *array) {
    const auto* task = item.if_object();
    if (task == nullptr || task->contains("endtime") || !takes(base::text(*task, "type"), lock)) continue;
    if (base::text(*task, "id") == vmid) return task;
    const bool others = base::text(*task, "id").empty() || lock == "clone" || lock == "create";
    if (likely == nullptr && others) likely = task;
  }
  return likely;
}

std::string holder(const base::JsonObject& task, std::string_view vmid, std::int64_t now,
                   const guard::MayUse& may) {
  const auto* start = task.if_contains("starttime");
  const auto begun = start != nullptr && start->is_int64() ? start->get_int64() : 0;
  const auto since = std::clamp<std::int64_t>(now - std::clamp<std::int64_t>(begun, 0, now), 0, now);
  const auto age =
      since == 0 ? std::string{} : fmt::format(" ({})", view::human_duration(static_cast<double>(since)));
  return fmt::format(
      "The task {} of {} {} the lock since {} UTC{}: upid {}. {}", base::text(task, "type"),
      base::text(task, "user"), base::text(task, "id") == vmid ? "has held" : "has most likely held",
      view::human_time(begun), age, base::text(task, "upid"), advise(Advice::AwaitTaskAndRepeat, may));
}

std::string without_holder(const Lock& lock, std::string_view vmid, std::string_view node,
                           const ErrorContext& context) {
  const bool known = std::ranges::find(kLockTasks, lock.kind, &LockTasks::lock) != kLockTasks.end();
  constexpr std::string_view kAudits[] = {"Sys.Audit"};
  const auto reach = context.cluster.permissions.reach(kAudits, "/nodes", context.stop);
  if (!known || reach != pve::Permissions::Reach::Everywhere) {
    return fmt::format(
        "The API token sees no task that holds the lock, but it does not see every task. Ask an "
        "administrator to look for one on {} first.",
        node);
  }
  return fmt::format(
      "No task on {} holds this lock, so an interrupted task probably left it behind. If that is certain, an "
      "administrator removes it there with: {} unlock {}.",
      node, lock.container ? "pct" : "qm", vmid);
}

/// Explains the lock of a guest's configuration file, which PVE holds only for moments.
std::string lock_file_busy(std::string_view message, const ErrorContext& context) {
  if (pve::cause_of(message) != pve::Cause::LockFileBusy || !context.is_from_pve("can't lock file") ||
      !context.may({base::Method::Get, "/nodes/{node}/tasks"}))
    return {};
  const auto vmid = base::text(context.arguments, "vmid");
  const auto node = base::text(context.arguments, "node");
  if (vmid.empty() || node.empty()) return {};
  const auto running = look(context.cluster, "/nodes/{node}/tasks",
                            {{"node", node}, {"source", "active"}, {"vmid", vmid}}, context.stop);
  if (!running) return {};
  for (const auto& task : base::Objects(base::list(*running))) {
    if (!task.contains("endtime") && base::text(task, "id") == vmid)
      return holder(task, vmid, context.cluster.now(), context.may);
  }
  return "No task that this API token may see holds this lock. After a guest has stopped, PVE's own clean-up "
         "holds it for up to 30 s. Repeat the call after that.";
}

std::string locked(std::string_view message, const ErrorContext& context) {
  const auto lock = lock_in(message);
  if (!lock || lock->kind == "suspended" || !context.is_from_pve("is locked (") ||
      !context.may({base::Method::Get, "/nodes/{node}/tasks"}))
    return {};
  const auto vmid = base::text(context.arguments, "vmid");
  const auto node = base::text(context.arguments, "node");
  if (vmid.empty() || node.empty()) return {};
  const auto running = look(context.cluster, "/nodes/{node}/tasks",
                            {{"node", node}, {"source", "active"}, {"limit", 500}}, context.stop);
  if (!running) return {};
  if (const auto* task = holder_of(*running, lock->kind, vmid))
    return holder(*task, vmid, context.cluster.now(), context.may);
  return without_holder(*lock, vmid, node, context);
}

// --- names

struct NamedRefusal {
  Sentence sentence;
  std::string_view path;  ///< callers who may use the tool that reads this may see the names
  std::string_view key;
  std::string_view noun;
  bool is_resource = false;  ///< callers who may list the cluster's resources may see them too
  bool of_node = false;      ///< the list belongs to the node that the call names
};

constexpr std::string_view kMissing = "' does not exist";

constexpr std::string_view kInterfaces = "/nodes/{node}/network";

constexpr std::array kNamedRefusals = {
    NamedRefusal{{"storage '", kMissing}, "/storage", "storage", "storage", true},
    NamedRefusal{
        {"could not activate storage '", "': storage '", true}, "/storage", "storage", "storage", true},
    NamedRefusal{{"hostname lookup '", "' failed - ", true}, "/nodes", "node", "node", true},
    NamedRefusal{{"no such cluster node '", "'"}, "/nodes", "node", "node", true},
    NamedRefusal{{"pool '", kMissing}, "/pools", "poolid", "pool"},
    NamedRefusal{{"no such user ('", "')"}, "/access/users", "userid", "user"},
    NamedRefusal{{"no such user '", "'"}, "/access/users", "userid", "user"},
    NamedRefusal{{"user '", kMissing}, "/access/users", "userid", "user"},
    NamedRefusal{{"no such group '", "'"}, "/access/groups", "groupid", "group"},
    NamedRefusal{{"group '", kMissing}, "/access/groups", "groupid", "group"},
    NamedRefusal{{"domain '", kMissing}, "/access/domains", "realm", "realm"},
    NamedRefusal{{"role '", kMissing}, "/access/roles", "roleid", "role"},
    NamedRefusal{{"bridge '", kMissing}, kInterfaces, "iface", "interface", false, true},
    NamedRefusal{{"no such job '", "'"}, "/cluster/backup", "id", "backup job"},
    NamedRefusal{{"No such job '", "'"}, "/cluster/backup", "id", "backup job"},
    NamedRefusal{{"no such resource '", "'"}, "/cluster/ha/resources", "sid", "HA resource"},
};

constexpr std::array<std::string_view, 2> kSnapshots = {"/nodes/{node}/qemu/{vmid}/snapshot",
                                                        "/nodes/{node}/lxc/{vmid}/snapshot"};

std::string without_digits(std::string_view text) {
  std::string rest(text);
  std::erase_if(rest, base::is_digit);
  return rest;
}

std::string among(const base::Json& data, std::string_view key, std::string_view wanted,
                  std::string_view noun) {
  constexpr std::size_t kMost = 12;
  const auto* array = data.if_array();
  if (array == nullptr) return {};
  std::vector<std::string> names;
  for (const auto& item : *array) {
    const auto* object = item.if_object();
    if (object == nullptr) continue;
    auto name = base::text(*object, key);
    if (!name.empty() && name != "current") names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  const std::vector<std::string_view> views(names.begin(), names.end());
  if (std::ranges::find(views, wanted) != views.end()) return {};
  // A name with another number is another object, not a typing error.
  if (const auto near = base::nearest(wanted, views);
      !near.empty() && without_digits(near) != without_digits(wanted))
    return fmt::format("Did you mean {}?", near);
  if (views.empty()) return fmt::format("There is no {} that this API token may see.", noun);
  return fmt::format("There {}: {}{}.", views.size() == 1 ? "is" : "are",
                     base::join(std::span(views).first(std::min(views.size(), kMost)), ", "),
                     views.size() > kMost ? ", …" : "");
}

std::string no_snapshot(std::string_view name, const ErrorContext& context) {
  base::JsonObject guest;
  for (const auto* key : {"node", "vmid"}) {
    if (const auto* value = context.arguments.if_contains(key)) guest[key] = *value;
  }
  for (const auto path : kSnapshots) {
    if (!context.may({base::Method::Get, path})) continue;
    if (const auto data = look(context.cluster, path, guest, context.stop))
      return among(*data, "name", name, "snapshot");
  }
  return {};
}

base::JsonObject node_of(const ErrorContext& context) {
  base::JsonObject place;
  if (const auto* node = context.arguments.if_contains("node")) place["node"] = *node;
  return place;
}

/// An error of PVE about a parameter that does not repeat its value.
struct NamelessRefusal {
  std::string_view words;
  std::string_view path;
  std::string_view key;
  std::string_view noun;
  bool of_node = false;
};

constexpr std::array kNamelessRefusals = {
    NamelessRefusal{"No such storage.", "/storage", "storage", "storage"},
    NamelessRefusal{"interface does not exist", kInterfaces, "iface", "interface", true},
};

std::string misnamed_by(std::string_view parameter, std::string_view reason, const ErrorContext& context) {
  for (const auto& refusal : kNamelessRefusals) {
    if (base::trim(reason) != refusal.words || !context.may({base::Method::Get, refusal.path})) continue;
    const auto data = look(context.cluster, refusal.path,
                           refusal.of_node ? node_of(context) : base::JsonObject{}, context.stop);
    if (data) return among(*data, refusal.key, base::raw_text(context.arguments, parameter), refusal.noun);
  }
  return {};
}

std::string misnamed(std::string_view message, const ErrorContext& context) {
  constexpr Sentence kSnapshot{"snapshot '", kMissing};
  if (const auto name = name_in(message, kSnapshot); name && context.is_from_pve(kSnapshot.before))
    return no_snapshot(*name, context);
  for (const auto& refusal : kNamedRefusals) {
    const auto name = name_in(message, refusal.sentence);
    if (!name || !context.is_from_pve(refusal.sentence.before)) continue;
    const bool allowed = context.may({base::Method::Get, refusal.path}) ||
                         (refusal.is_resource && context.may({base::Method::Get, "/cluster/resources"}));
    const auto data = allowed ? look(context.cluster, refusal.path,
                                     refusal.of_node ? node_of(context) : base::JsonObject{}, context.stop)
                              : std::nullopt;
    return data ? among(*data, refusal.key, *name, refusal.noun) : std::string{};
  }
  return {};
}

std::string of_words(std::string_view words, const ErrorContext& context) {
  auto found = locked(words, context);
  if (found.empty()) found = lock_file_busy(words, context);
  return found.empty() ? misnamed(words, context) : found;
}

}  // namespace

std::string diagnose(const pve::Error& error, const pve::Call& call, const base::JsonObject& arguments,
                     Cluster& cluster, const guard::MayUse& may, const std::stop_token& stop) {
  const ErrorContext context{arguments, cluster, may, stop};
  if (error.status == 403) return explain_denial(error, call, context);
  auto found = of_words(error.message, context);
  for (const auto& [name, reason] : error.errors) {
    if (found.empty()) found = explain_acl_denial(name, reason, context);
    if (found.empty()) found = misnamed_by(name, reason, context);
    if (found.empty()) found = property_words(name, reason, call, context);
    if (found.empty()) found = of_words(reason, context);
  }
  return found;
}

std::string diagnose_end(std::string_view exit_status, const base::JsonObject& arguments, Cluster& cluster,
                         const guard::MayUse& may, const std::stop_token& stop) {
  return of_words(exit_status, {arguments, cluster, may, stop});
}

}  // namespace engine
