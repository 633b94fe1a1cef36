#include "engine/diagnosis.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.h"
#include "engine/human.h"
#include "engine/request.h"
#include "engine/value.h"

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

std::string text_of(const base::JsonObject& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr || value->is_structured() || value->is_null()
             ? std::string{}
             : base::printable(wire_text(*value), 200);
}

/// The first of a list of objects.
const base::JsonObject* first_of(const std::optional<base::Json>& data) {
  const auto* array = data ? data->if_array() : nullptr;
  return array == nullptr || array->empty() ? nullptr : array->front().if_object();
}

/// What stands between the first two quotes after `words`.
std::string_view quoted(std::string_view message, std::string_view words) {
  const auto at = message.find(words);
  if (at == std::string_view::npos) return {};
  const auto open = message.find('\'', at);
  const auto close = open == std::string_view::npos ? open : message.find('\'', open + 1);
  return close == std::string_view::npos ? std::string_view{} : message.substr(open + 1, close - open - 1);
}

// --- locks

std::string holder(const base::JsonObject& task, std::int64_t now) {
  const auto* start = task.if_contains("starttime");
  const auto begun = start != nullptr && start->is_int64() ? start->get_int64() : 0;
  return fmt::format(
      "The task {} holds it: since {} ({}), by {}. Wait for it with pve_get_task_status (upid {}, wait) and "
      "try "
      "again.",
      text_of(task, "type"), human_time(begun),
      human_duration(static_cast<double>(std::max<std::int64_t>(0, now - begun))), text_of(task, "user"),
      text_of(task, "upid"));
}

std::string left_over(const base::JsonObject* last, const std::string& vmid, const std::string& node,
                      bool container) {
  std::string text = "No task of this guest runs: an interrupted one left the lock";
  if (last != nullptr) {
    const auto* end = last->if_contains("endtime");
    text += fmt::format(" (the last was {}, {}, {})", text_of(*last, "type"), text_of(*last, "status"),
                        end != nullptr && end->is_int64() ? human_time(end->get_int64()) : "still running");
  }
  return text + fmt::format(". When that is certain, an administrator removes it on {} with: {} unlock {}.",
                            node, container ? "pct" : "qm", vmid);
}

/// The last task that was not itself turned away by the lock.
const base::JsonObject* not_refused(const std::optional<base::Json>& tasks) {
  const auto* array = tasks ? tasks->if_array() : nullptr;
  if (array == nullptr) return nullptr;
  for (const auto& item : *array) {
    const auto* task = item.if_object();
    if (task != nullptr && text_of(*task, "status").find("is locked (") == std::string::npos) return task;
  }
  return nullptr;
}

std::string locked(std::string_view message, const base::JsonObject& arguments, Cluster& cluster,
                   const std::stop_token& stop) {
  const auto vmid = text_of(arguments, "vmid");
  const auto node = text_of(arguments, "node");
  if (vmid.empty() || node.empty()) return {};
  const base::JsonObject guest{{"node", node}, {"vmid", vmid}, {"limit", 1}};
  auto active = guest;
  active["source"] = "active";
  const auto running = look(cluster, "/nodes/{node}/tasks", active, stop);
  if (!running) return {};
  const auto now = std::chrono::floor<std::chrono::seconds>(cluster.clock.wall()).time_since_epoch().count();
  // Our own refused task may still be among them, but it has an end.
  if (const auto* task = first_of(running); task != nullptr && !task->contains("endtime"))
    return holder(*task, now);
  auto past = guest;
  past["limit"] = 20;
  const auto earlier = look(cluster, "/nodes/{node}/tasks", past, stop);
  return left_over(not_refused(earlier), vmid, node, message.find("CT is locked") != std::string_view::npos);
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

struct Needed {
  std::string path;
  std::string privilege;
  bool one_of_several = false;
};

/// "Permission check failed (/vms/100, VM.PowerMgmt|VM.Audit)"; of several that would do the first.
std::optional<Needed> needed(std::string_view message) {
  const auto open = message.find("Permission check failed (/");
  if (open == std::string_view::npos) return std::nullopt;
  const auto at = message.find('/', open);
  const auto comma = message.find(", ", at);
  const auto close = message.find(')', at);
  if (comma == std::string_view::npos || close == std::string_view::npos || close < comma)
    return std::nullopt;
  auto privilege = message.substr(comma + 2, close - comma - 2);
  const bool several = privilege.find('|') != std::string_view::npos;
  privilege = privilege.substr(0, privilege.find_first_of("|, "));
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-@").find(c) != std::string_view::npos;
  };
  const auto path = message.substr(at, comma - at);
  // What goes into a command line is nothing but a path and a privilege.
  if (!std::ranges::all_of(path, plain) || !std::ranges::all_of(privilege, plain)) return std::nullopt;
  return Needed{std::string(path), std::string(privilege), several};
}

/// Whether the user or token has the privilege on the path; nothing when PVE does not say.
std::optional<bool> has(Cluster& cluster, const Needed& needed, std::string_view userid,
                        const std::stop_token& stop) {
  base::JsonObject arguments{{"path", needed.path}};
  if (!userid.empty()) arguments["userid"] = userid;
  const auto data = look(cluster, "/access/permissions", arguments, stop);
  const auto* paths = data ? data->if_object() : nullptr;
  if (paths == nullptr) return std::nullopt;
  const auto* rights = paths->if_contains(needed.path);
  return rights != nullptr && rights->is_object() && rights->get_object().contains(needed.privilege);
}

std::string command(const Needed& needed, std::string_view option, std::string_view who) {
  const auto role = least_role(needed.privilege);
  if (!role.empty())
    return fmt::format("pveum acl modify {} {} '{}' --roles {}", needed.path, option, who, role);
  return fmt::format("pveum role add Mcp --privs {} && pveum acl modify {} {} '{}' --roles Mcp",
                     needed.privilege, needed.path, option, who);
}

std::string denied(std::string_view message, const base::JsonObject& /*arguments*/, Cluster& cluster,
                   const std::stop_token& stop) {
  const auto wanted = needed(message);
  if (!wanted) return {};
  const auto& token = cluster.client.token_id();
  const auto user = token.substr(0, token.find('!'));
  const auto of_user = has(cluster, *wanted, user, stop);
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
  std::string_view words;  ///< before the quoted name in PVE's message
  std::string_view path;
  std::string_view key;
  std::string_view noun;
};

constexpr std::array kNamed = {
    Named{"storage '", "/storage", "storage", "storage"},
    Named{"hostname lookup '", "/nodes", "node", "node"},
    Named{"no such cluster node '", "/nodes", "node", "node"},
    Named{"pool '", "/pools", "poolid", "pool"},
    Named{"no such user ('", "/access/users", "userid", "user"},
    Named{"user '", "/access/users", "userid", "user"},
    Named{"no such group '", "/access/groups", "groupid", "group"},
    Named{"role '", "/access/roles", "roleid", "role"},
    Named{"no such job '", "/cluster/backup", "id", "backup job"},
    Named{"No such job '", "/cluster/backup", "id", "backup job"},
    Named{"no such resource '", "/cluster/ha/resources", "sid", "HA resource"},
};

std::string without_digits(std::string_view text) {
  std::string rest(text);
  std::erase_if(rest, [](char c) { return c >= '0' && c <= '9'; });
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
    auto name = text_of(*object, key);
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

std::string misnamed(std::string_view message, const base::JsonObject& arguments, Cluster& cluster,
                     const std::stop_token& stop) {
  const bool missing = message.find("does not exist") != std::string_view::npos ||
                       message.find("no such") != std::string_view::npos ||
                       message.find("No such") != std::string_view::npos ||
                       message.starts_with("hostname lookup");
  if (!missing) return {};
  if (const auto name = quoted(message, "snapshot '"); !name.empty()) {
    for (const auto* path : {"/nodes/{node}/qemu/{vmid}/snapshot", "/nodes/{node}/lxc/{vmid}/snapshot"}) {
      base::JsonObject guest;
      for (const auto* key : {"node", "vmid"}) {
        if (const auto* value = arguments.if_contains(key)) guest[key] = *value;
      }
      if (const auto data = look(cluster, path, guest, stop)) return among(*data, "name", name, "snapshot");
    }
    return {};
  }
  for (const auto& named : kNamed) {
    const auto name = quoted(message, named.words);
    if (name.empty()) continue;
    const auto data = look(cluster, named.path, {}, stop);
    return data ? among(*data, named.key, name, named.noun) : std::string{};
  }
  return {};
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

std::string diagnose(std::string_view message, const base::JsonObject& arguments, Cluster& cluster,
                     const std::stop_token& stop) {
  if (message.find("is locked (") != std::string_view::npos) return locked(message, arguments, cluster, stop);
  if (message.find("Permission check failed (") != std::string_view::npos)
    return denied(message, arguments, cluster, stop);
  return misnamed(message, arguments, cluster, stop);
}

}  // namespace engine
