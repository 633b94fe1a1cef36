#include "sessions/permission_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <regex>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "sessions/examples.h"

namespace sessions {
namespace {

using base::Method;

const base::Json& world() {
  static const auto world =
      base::parse_json(read_file(PROJECT_SOURCE_DIR "/src/simulator/world/world.json")).value();
  return world;
}

const std::map<std::int64_t, WorldGuest>& guests() {
  static const auto all = [] {
    std::map<std::int64_t, WorldGuest> read;
    for (const auto& row : base::objects(world(), "guests")) {
      WorldGuest guest{std::string(base::raw_text(row, "node")),
                       std::string(base::raw_text(row, "pool")),
                       std::string(base::raw_text(row, "storage")),
                       {}};
      for (const auto tag : base::split(base::raw_text(row, "tags"), ';')) guest.tags.emplace(tag);
      read.emplace(base::number(row, "vmid").value(), std::move(guest));
    }
    return read;
  }();
  return all;
}

std::string value(const Arrived& request, const std::string& name) {
  const auto found = request.parameters.find(name);
  return found == request.parameters.end() ? std::string() : found->second;
}

bool is_set(const Arrived& request, const std::string& name) {
  const auto given = value(request, name);
  return given == "1" || given == "true";
}

bool is_backup(const Arrived& request) {
  return request.path.ends_with("/vzdump") || request.path.starts_with("/cluster/backup");
}

/// True if the backup can remove older ones: PVE does so unless it is told not to.
bool prunes(const Arrived& request) {
  if (!is_backup(request) || request.method == Method::Delete) return false;
  const auto remove = value(request, "remove");
  return remove != "0" && remove != "false" && value(request, "prune-backups") != "keep-all=1";
}

std::map<std::string, std::string> parameters_of(std::string_view form) {
  std::map<std::string, std::string> all;
  for (const auto pair : base::split(form, '&')) {
    const auto equals = std::min(pair.find('='), pair.size());
    const auto decode = [](std::string_view text) { return base::percent_decode(text, true); };
    if (!pair.empty()) {
      auto& value = all[decode(pair.substr(0, equals))];
      value += (value.empty() ? "" : ",") + decode(pair.substr(std::min(equals + 1, pair.size())));
    }
  }
  return all;
}

void add_numbers(const std::string& text, const std::regex& pattern, std::set<std::int64_t>& numbers) {
  for (auto at = std::sregex_iterator(text.begin(), text.end(), pattern); at != std::sregex_iterator(); ++at)
    numbers.insert(std::stoll((*at)[(*at).size() - 1].str()));
}

/// Adds the guests that PVE chooses.
void add_chosen(const std::string& pool, bool all, Arrived& request) {
  if (!is_backup(request) || (pool.empty() && !all)) return;
  std::set<std::int64_t> excluded;
  add_numbers(value(request, "exclude"), std::regex("([0-9]+)"), excluded);
  for (const auto& [vmid, guest] : guests()) {
    if ((all || guest.pool == pool) && !excluded.contains(vmid)) request.numbers.insert(vmid);
  }
}

/// Adds the guests of the job or rule that the request changes.
void add_members(Arrived& request) {
  static const std::regex of_list("^/cluster/(backup|ha/rules)/([^/]+)$");
  std::smatch match;
  if (!std::regex_match(request.path, match, of_list)) return;
  const auto* lists = base::object(world(), match[1] == "backup" ? "backup_jobs" : "ha_rules");
  const auto* list = lists == nullptr ? nullptr : base::object(*lists, match[2].str());
  if (list == nullptr) return;
  for (const auto* const name : {"vmid", "resources"})
    add_numbers(std::string(base::raw_text(*list, name)), std::regex("([0-9]+)"), request.numbers);
  add_chosen(std::string(base::raw_text(*list, "pool")), base::flag(*list, "all"), request);
}

/// The kind of the object of a change that names no guest; "": it must name one.
std::string kind_of(const std::string& path) {
  static const std::vector<std::pair<std::regex, std::string>> kinds = {
      {std::regex("^/nodes/[^/]+/(qemu|lxc)|^/nodes/[^/]+/(startall|stopall|suspendall|migrateall|vzdump)"
                  "|^/cluster/(bulk-action|replication)|prunebackups$|^/nodes/[^/]+/tasks"),
       ""},
      {std::regex("^/storage|^/nodes/[^/]+/storage"), "storage"},
      {std::regex("^/nodes/[^/]+/network|^/cluster/sdn"), "network"},
      {std::regex("^/(cluster|nodes/[^/]+)/firewall"), "firewall"},
      {std::regex("^/access"), "access"},
      {std::regex("^/pools"), "pool"},
      {std::regex("^/cluster/backup"), "backup"},
      {std::regex("^/cluster/ha"), "ha"},
      {std::regex("^/cluster"), "cluster"},
      {std::regex("^/nodes"), "node"},
  };
  for (const auto& [pattern, kind] : kinds) {
    if (std::regex_search(path, pattern)) return kind;
  }
  return "unknown";
}

bool is_of_guest(const std::string& path) {
  static const std::regex of_guest("^/nodes/[^/]+/(qemu|lxc)/[0-9]+");
  return std::regex_search(path, of_guest);
}

/// The guest that a creation or a clone makes, with what the request says of it.
std::optional<std::pair<std::int64_t, WorldGuest>> made(const Arrived& request) {
  static const std::regex creates("^/nodes/([^/]+)/(qemu|lxc)(/([0-9]+)/clone)?$");
  std::smatch match;
  if (request.method != Method::Post || !std::regex_match(request.path, match, creates)) return std::nullopt;
  const bool clones = match[4].matched;
  WorldGuest guest{clones && !value(request, "target").empty() ? value(request, "target") : match[1].str(),
                   value(request, "pool"),
                   {},
                   {}};
  const auto tags = value(request, "tags");
  for (const auto tag : base::list_items(tags)) guest.tags.emplace(tag);
  if (clones) guest.tags = guests().at(std::stoll(match[4].str())).tags;
  return std::pair(std::stoll(value(request, clones ? "newid" : "vmid")), guest);
}

/// True if the request leaves the guests as they are: a clone, a backup while they run that keeps all others.
bool only_reads(const Arrived& request) {
  const auto mode = value(request, "mode");
  return request.path.ends_with("/clone") || (is_backup(request) && request.method == Method::Post &&
                                              !prunes(request) && (mode.empty() || mode == "snapshot"));
}

/// True if the request ends a task that works on guests of which its id says nothing.
bool ends_task_of_many(const Arrived& request) {
  static const std::regex task(
      "/UPID:([^:]*:){4}(vzdump|startall|stopall|suspendall|migrateall|bulk[^:]*)::");
  return std::regex_search(request.path, task);
}

/// True if the request destroys volumes of its guest.
bool destroys_volumes(const Arrived& request) {
  static const std::regex of_guest("^/nodes/[^/]+/(qemu|lxc)/[0-9]+");
  std::smatch match;
  if (!std::regex_search(request.path, match, of_guest)) return false;
  const std::string rest = match.suffix();
  if (rest.empty()) return request.method == Method::Delete;
  if (rest == "/move_disk" || rest == "/move_volume")
    return is_set(request, "delete") && value(request, "target-vmid").empty();
  if (rest == "/migrate")
    return !value(request, "targetstorage").empty() || !value(request, "target-storage").empty();
  const auto keys = value(request, rest == "/unlink" ? "idlist" : "delete");
  return (rest == "/config" || rest == "/unlink") &&
         (keys.find("unused") != std::string::npos || (!keys.empty() && is_set(request, "force")));
}

/// The storages whose definition or volumes the request changes.
std::set<std::string> storages(const Arrived& request) {
  static const std::regex in_path("/storage/([^/]+)(/|$)");
  std::set<std::string> all;
  std::smatch match;
  if (std::regex_search(request.path, match, in_path)) all.insert(match[1].str());
  if (prunes(request)) all.insert(value(request, "storage").empty() ? "local" : value(request, "storage"));
  if (!destroys_volumes(request)) return all;
  for (const auto vmid : request.numbers) {
    if (const auto known = guests().find(vmid); known != guests().end()) all.insert(known->second.storage);
  }
  return all;
}

/// True if the request changes the account of the user, or its rights or those of its tokens and groups.
bool changes_user(const Arrived& request, const std::string& user) {
  if (request.path.starts_with("/access/users/" + user)) return true;
  std::set<std::string> groups;
  const auto* users = base::object(world(), "users");
  const auto* account = users == nullptr ? nullptr : base::object(*users, user);
  if (account != nullptr) {
    for (const auto& group : base::list(*account, "groups")) groups.emplace(base::raw_text(group));
  }
  const auto names = [&](const char* list, auto fits) {
    const auto all = value(request, list);
    return std::ranges::any_of(base::list_items(all), fits);
  };
  if (request.path == "/access/acl")
    return names("users", [&](auto name) { return name == user; }) ||
           names("tokens", [&](auto name) { return name.starts_with(user + "!"); }) ||
           names("groups", [&](auto name) { return groups.contains(std::string(name)); });
  return request.method == Method::Delete && std::ranges::any_of(groups, [&](const auto& group) {
           return request.path == "/access/groups/" + group;
         });
}

/// A guest that the example's steps have made: the request says where it is.
WorldGuest unlisted(const Arrived& request) {
  static const std::regex on_node("^/nodes/([^/]+)/");
  std::smatch match;
  return {std::regex_search(request.path, match, on_node) ? match[1].str() : "", "", "", {}};
}

}  // namespace

const std::vector<ScopeOfTest>& scopes() {
  static const std::set<std::string> every = {"node", "storage", "network", "firewall", "access",
                                              "pool", "cluster", "backup",  "ha"};
  static const std::vector<ScopeOfTest> all = {
      {"", nullptr},
      {"vmid:100-109", [](std::int64_t vmid, const WorldGuest&) { return vmid >= 100 && vmid <= 109; }},
      {"tag:lab," + fmt::format("allow:{}", fmt::join(every, ",allow:")),
       [](std::int64_t, const WorldGuest& guest) { return guest.tags.contains("lab"); }, every},
      {"pool:production,node:pve3,!vmid:103,allow:storage,allow:firewall",
       [](std::int64_t vmid, const WorldGuest& guest) {
         return vmid != 103 && (guest.pool == "production" || guest.node == "pve3");
       },
       {"storage", "firewall"}},
  };
  return all;
}

const std::vector<ProtectionOfTest>& protections() {
  static const std::vector<ProtectionOfTest> all = {
      {"", nullptr},
      {"vmid:100-105,storage:nas",
       [](std::int64_t vmid, const WorldGuest&) { return vmid >= 100 && vmid <= 105; }, "nas", ""},
      {"tag:lab,storage:local-lvm,user:auditor@pve",
       [](std::int64_t, const WorldGuest& guest) { return guest.tags.contains("lab"); }, "local-lvm",
       "auditor@pve"},
  };
  return all;
}

Arrived arrived(const net::Request& request) {
  static const std::regex in_path(R"(^/nodes/[^/]+/(qemu|lxc)/([0-9]+))");
  static const std::regex in_volume(
      R"((vm|base|subvol|basevol|vzdump-qemu|vzdump-lxc|vzdump-openvz)-([0-9]+)-)");
  static const std::regex in_id(R"(\b(vm|ct):([0-9]+))");
  static const std::regex in_task(R"(/UPID:([^:]*:){5}([0-9]+):)");
  static const std::regex in_acl(R"(^/?vms/([0-9]+))");
  static const std::regex in_list(R"((^|[ ,;])([0-9]+))");
  static const std::set<std::string> lists = {"vmid", "newid", "vms", "target-vmid"};
  const auto question = std::min(request.target.find('?'), request.target.size());
  Arrived seen{request.method,
               base::percent_decode(request.target.substr(0, question)),
               parameters_of(request.target.substr(std::min(question + 1, request.target.size()))),
               {}};
  seen.path = seen.path.substr(seen.path.find("/json") + 5);
  for (auto& [name, value] : parameters_of(request.body)) seen.parameters[name] = value;
  add_numbers(seen.path, in_path, seen.numbers);
  add_numbers(seen.path, in_volume, seen.numbers);
  add_numbers(seen.path, in_id, seen.numbers);
  add_numbers(seen.path, in_task, seen.numbers);
  for (const auto& [name, value] : seen.parameters) {
    if (name == "description" || name == "comment" || name == "notes-template") continue;
    add_numbers(value, in_volume, seen.numbers);
    add_numbers(value, in_id, seen.numbers);
    if (lists.contains(name)) add_numbers(value, in_list, seen.numbers);
    if (name == "path") add_numbers(value, in_acl, seen.numbers);
  }
  if (seen.method == Method::Get) return seen;
  add_chosen(value(seen, "pool"), is_set(seen, "all"), seen);
  add_members(seen);
  return seen;
}

std::string breach(const Arrived& request, const ScopeOfTest& scope, const ProtectionOfTest& protection) {
  const auto created = made(request);
  for (const auto vmid : request.numbers) {
    const bool is_new = created && created->first == vmid;
    const auto known = guests().find(vmid);
    const auto guest = is_new ? created->second : known == guests().end() ? unlisted(request) : known->second;
    if (scope.holds != nullptr && !scope.holds(vmid, guest)) return fmt::format("{} is out of scope", vmid);
    if (protection.holds != nullptr && !is_new && !only_reads(request) && protection.holds(vmid, guest))
      return fmt::format("{} is protected", vmid);
  }
  if (protection.holds != nullptr && ends_task_of_many(request))
    return "the guests of the task may be protected";
  if (!protection.storage.empty() && storages(request).contains(protection.storage))
    return "the storage is protected";
  if (!protection.user.empty() && changes_user(request, protection.user)) return "the user is protected";
  if (scope.holds == nullptr || is_of_guest(request.path)) return "";
  const auto kind = kind_of(request.path);
  const bool of_guests = kind.empty() || (kind == "storage" && !request.numbers.empty());
  if (of_guests) return request.numbers.empty() ? "it names no guest" : "";
  return scope.kinds.contains(kind) ? "" : "the scope does not allow " + kind;
}

}  // namespace sessions
