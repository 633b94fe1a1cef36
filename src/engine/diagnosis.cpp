#include "engine/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/pve_words.h"
#include "engine/remedies.h"
#include "engine/request.h"
#include "engine/value.h"
#include "view/human.h"

namespace engine {
namespace {

/// One look at the cluster for the sake of an error; nothing when it fails too.
std::optional<base::Json> look(Cluster& cluster, std::string_view path_template,
                               const base::JsonObject& arguments, const std::stop_token& stop) {
  const auto wanted = request({base::Method::Get, path_template}, arguments);
  if (!wanted) return std::nullopt;
  auto answer = cluster.client.call(*wanted, stop);
  if (!answer) return std::nullopt;
  return std::move(answer->data);
}

/// Everything an explanation is made of.
struct Case {
  const base::JsonObject& arguments;
  Cluster& cluster;
  const MayUse& may;
  const std::stop_token& stop;

  /// PVE's own words, which no value of the call brought in.
  bool is_own(std::string_view words) const { return !repeats(arguments, words); }
};

// --- locks

struct Locker {
  std::string_view lock;   ///< PVE's word for it
  std::string_view types;  ///< of the tasks that take it
};

constexpr std::array kLockers = {
    Locker{"backup", "vzdump"},
    Locker{"snapshot", "qmsnapshot vzsnapshot"},
    Locker{"snapshot-delete", "qmdelsnapshot vzdelsnapshot"},
    Locker{"rollback", "qmrollback vzrollback"},
    Locker{"migrate", "qmigrate vzmigrate hamigrate"},
    Locker{"clone", "qmclone vzclone"},
    Locker{"create", "qmcreate vzcreate qmrestore vzrestore qmclone vzclone"},
    Locker{"disk", "move_volume qmmove resize"},
    Locker{"suspending", "qmsuspend"},
    Locker{"suspended", "qmsuspend"},
    Locker{"mounted", "vzmount"},
    Locker{"destroyed", "qmdestroy vzdestroy"},
    Locker{"fstrim", "vzfstrim"},
};

bool takes(std::string_view type, std::string_view lock) {
  for (const auto& locker : kLockers) {
    if (locker.lock != lock) continue;
    const auto types = base::split(locker.types, ' ');
    return std::ranges::find(types, type) != types.end();
  }
  return false;
}

/// The running task that may hold the lock: of the guest, of several guests (no id), or one whose id is
/// another guest's, as of a clone.
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

std::string holder(const base::JsonObject& task, std::string_view vmid, std::int64_t now, const MayUse& may) {
  const auto* start = task.if_contains("starttime");
  const auto begun = start != nullptr && start->is_int64() ? start->get_int64() : 0;
  const auto since = std::clamp<std::int64_t>(now - std::clamp<std::int64_t>(begun, 0, now), 0, now);
  return fmt::format("The task {} of {} {} it since {} (for {}): upid {}. {}", base::text(task, "type"),
                     base::text(task, "user"), base::text(task, "id") == vmid ? "holds" : "most likely holds",
                     view::human_time(begun), view::human_duration(static_cast<double>(since)),
                     base::text(task, "upid"), advise(Advice::AwaitTaskAndRepeat, may));
}

std::string without_holder(const Lock& lock, std::string_view vmid, std::string_view node, const Case& of) {
  const bool known = std::ranges::find(kLockers, lock.kind, &Locker::lock) != kLockers.end();
  constexpr std::string_view kAudits[] = {"Sys.Audit"};
  const auto reach = of.cluster.permissions.reach(kAudits, "/nodes", of.stop);
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

std::string locked(std::string_view message, const Case& of) {
  const auto lock = lock_in(message);
  if (!lock || !of.is_own("is locked (") || !of.may({base::Method::Get, "/nodes/{node}/tasks"})) return {};
  const auto vmid = base::text(of.arguments, "vmid");
  const auto node = base::text(of.arguments, "node");
  if (vmid.empty() || node.empty()) return {};
  const auto running = look(of.cluster, "/nodes/{node}/tasks",
                            {{"node", node}, {"source", "active"}, {"limit", 500}}, of.stop);
  if (!running) return {};
  const auto now =
      std::chrono::floor<std::chrono::seconds>(of.cluster.clock.wall()).time_since_epoch().count();
  if (const auto* task = holder_of(*running, lock->kind, vmid)) return holder(*task, vmid, now, of.may);
  return without_holder(*lock, vmid, node, of);
}

// --- privileges

struct Grant {
  std::string_view privilege;  ///< or the begin of several
  std::string_view role;
};

// PVE's built-in roles; the first match counts.
constexpr std::array kRoles = {
    Grant{"VM.Audit", "PVEAuditor"},
    Grant{"VM.PowerMgmt", "PVEVMUser"},
    Grant{"VM.Console", "PVEVMUser"},
    Grant{"VM.Backup", "PVEVMUser"},
    Grant{"VM.Config.CDROM", "PVEVMUser"},
    Grant{"VM.Config.Cloudinit", "PVEVMUser"},
    Grant{"VM.", "PVEVMAdmin"},
    Grant{"Datastore.Audit", "PVEAuditor"},
    Grant{"Datastore.AllocateSpace", "PVEDatastoreUser"},
    Grant{"Datastore.", "PVEDatastoreAdmin"},
    Grant{"Pool.Audit", "PVEAuditor"},
    Grant{"Pool.", "PVEPoolAdmin"},
    Grant{"Sys.Audit", "PVEAuditor"},
    Grant{"Sys.Console", "PVESysAdmin"},
    Grant{"Sys.Syslog", "PVESysAdmin"},
    Grant{"SDN.Audit", "PVEAuditor"},
    Grant{"SDN.Use", "PVESDNUser"},
    Grant{"SDN.", "PVESDNAdmin"},
    Grant{"Mapping.Use", "PVEMappingUser"},
    Grant{"Mapping.", "PVEMappingAdmin"},
    Grant{"User.Modify", "PVEUserAdmin"},
    Grant{"Group.Allocate", "PVEUserAdmin"},
    Grant{"Realm.AllocateUser", "PVEUserAdmin"},
};

/// Whether the user or token has the privilege on the path; nothing when PVE does not say.
std::optional<bool> has(Cluster& cluster, const Denial& needed, std::string_view userid,
                        const std::stop_token& stop) {
  base::JsonObject arguments{{"path", std::string(needed.path)}};
  if (!userid.empty()) arguments["userid"] = userid;
  const auto data = look(cluster, "/access/permissions", arguments, stop);
  const auto* paths = data ? data->if_object() : nullptr;
  if (paths == nullptr) return std::nullopt;
  const auto* rights = paths->if_contains(needed.path);
  return rights != nullptr && rights->is_object() && rights->get_object().contains(needed.privilege);
}

std::string command(const Denial& needed, std::string_view option, std::string_view who) {
  const auto role = least_role(needed.privilege);
  if (!role.empty())
    return fmt::format("pveum acl modify {} {} '{}' --roles {}", needed.path, option, who, role);
  return fmt::format("pveum role add Mcp --privs {} && pveum acl modify {} {} '{}' --roles Mcp",
                     needed.privilege, needed.path, option, who);
}

std::string denied(std::string_view message, const Case& of) {
  const auto wanted = denial_in(message);
  if (!wanted || !of.is_own("Permission check failed (")) return {};
  auto& cluster = of.cluster;
  const auto& token = cluster.client.token_id();
  const auto user = token.substr(0, token.find('!'));
  const auto of_user = of.may({base::Method::Get, "/access/acl"}) ? has(cluster, *wanted, user, of.stop)
                                                                  : std::optional<bool>{};
  auto text =
      fmt::format("The token {} lacks {}{} on {}, or what the path names does not exist. ", token,
                  wanted->privilege, wanted->one_of_several ? " or another of those" : "", wanted->path);
  if (of_user.value_or(false)) {
    return text + fmt::format(
                      "Its user {} has the privilege: the token's privilege separation is the cause. "
                      "Grant it to the token too, on a node as root: {}",
                      user, command(*wanted, "--tokens", token));
  }
  text += "Grant it on a node as root: " + command(*wanted, "--tokens", token);
  if (of_user)
    return text + fmt::format(" and, as its user lacks it too, {}", command(*wanted, "--users", user));
  return text + fmt::format(
                    " (if its user {} has it already, the token's privilege separation is the cause; else "
                    "grant it there too: --users '{}')",
                    user, user);
}

// --- names

struct Named {
  Sentence sentence;
  std::string_view path;  ///< who may use the tool that reads it may know the names
  std::string_view key;
  std::string_view noun;
  bool is_resource = false;  ///< and who may list the cluster's resources
};

constexpr std::string_view kMissing = "' does not exist";

constexpr std::array kNamed = {
    Named{{"storage '", kMissing}, "/storage", "storage", "storage", true},
    Named{{"could not activate storage '", "': storage '", true}, "/storage", "storage", "storage", true},
    Named{{"hostname lookup '", "' failed - ", true}, "/nodes", "node", "node", true},
    Named{{"no such cluster node '", "'"}, "/nodes", "node", "node", true},
    Named{{"pool '", kMissing}, "/pools", "poolid", "pool"},
    Named{{"no such user ('", "')"}, "/access/users", "userid", "user"},
    Named{{"no such user '", "'"}, "/access/users", "userid", "user"},
    Named{{"user '", kMissing}, "/access/users", "userid", "user"},
    Named{{"no such group '", "'"}, "/access/groups", "groupid", "group"},
    Named{{"role '", kMissing}, "/access/roles", "roleid", "role"},
    Named{{"no such job '", "'"}, "/cluster/backup", "id", "backup job"},
    Named{{"No such job '", "'"}, "/cluster/backup", "id", "backup job"},
    Named{{"no such resource '", "'"}, "/cluster/ha/resources", "sid", "HA resource"},
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
  // Another number is another thing, not a slip.
  if (const auto near = base::nearest(wanted, views);
      !near.empty() && without_digits(near) != without_digits(wanted))
    return fmt::format("Did you mean {}?", near);
  if (views.empty()) return fmt::format("There is no {} that this token may see.", noun);
  return fmt::format("There {}: {}{}.", views.size() == 1 ? "is" : "are",
                     base::join(std::span(views).first(std::min(views.size(), kMost)), ", "),
                     views.size() > kMost ? ", …" : "");
}

std::string no_snapshot(std::string_view name, const Case& of) {
  base::JsonObject guest;
  for (const auto* key : {"node", "vmid"}) {
    if (const auto* value = of.arguments.if_contains(key)) guest[key] = *value;
  }
  for (const auto path : kSnapshots) {
    if (!of.may({base::Method::Get, path})) continue;
    if (const auto data = look(of.cluster, path, guest, of.stop))
      return among(*data, "name", name, "snapshot");
  }
  return {};
}

std::string misnamed(std::string_view message, const Case& of) {
  constexpr Sentence kSnapshot{"snapshot '", kMissing};
  if (const auto name = name_in(message, kSnapshot); name && of.is_own(kSnapshot.before))
    return no_snapshot(*name, of);
  for (const auto& named : kNamed) {
    const auto name = name_in(message, named.sentence);
    if (!name || !of.is_own(named.sentence.before)) continue;
    const bool allowed = of.may({base::Method::Get, named.path}) ||
                         (named.is_resource && of.may({base::Method::Get, "/cluster/resources"}));
    const auto data = allowed ? look(of.cluster, named.path, {}, of.stop) : std::nullopt;
    return data ? among(*data, named.key, *name, named.noun) : std::string{};
  }
  return {};
}

std::string of_words(std::string_view words, const Case& of) {
  auto found = locked(words, of);
  return found.empty() ? misnamed(words, of) : found;
}

}  // namespace

std::string_view least_role(std::string_view privilege) {
  for (const auto& grant : kRoles) {
    if (grant.privilege.ends_with('.') ? privilege.starts_with(grant.privilege)
                                       : privilege == grant.privilege)
      return grant.role;
  }
  return {};
}

std::string diagnose(const pve::Error& error, const base::JsonObject& arguments, Cluster& cluster,
                     const MayUse& may, const std::stop_token& stop) {
  const Case of{arguments, cluster, may, stop};
  if (error.status == 403) return denied(error.message, of);
  auto found = of_words(error.message, of);
  for (const auto& [name, reason] : error.errors) {
    if (found.empty()) found = of_words(reason, of);
  }
  return found;
}

std::string diagnose_end(std::string_view exit_status, const base::JsonObject& arguments, Cluster& cluster,
                         const MayUse& may, const std::stop_token& stop) {
  return of_words(exit_status, {arguments, cluster, may, stop});
}

}  // namespace engine
