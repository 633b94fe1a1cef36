#include "facts/rights.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"

namespace facts {
namespace {

struct Checked {
  base::Method method;
  std::string_view path;
  std::string_view check;
};

using base::Method;

// The schema says {"user":"all"} of these. From PVE's API modules (API2/Qemu.pm and LXC.pm create_vm,
// VZDump.pm, Tasks.pm).
constexpr std::string_view kCreatesGuest =
    R"({"check":["or",["perm","/vms/{vmid}",["VM.Allocate"]],["perm","/pool/{pool}",["VM.Allocate"],"require_param","pool"]]})";
constexpr Checked kInCode[] = {
    {Method::Post, "/nodes/{node}/qemu", kCreatesGuest},
    {Method::Post, "/nodes/{node}/lxc", kCreatesGuest},
    {Method::Post, "/nodes/{node}/vzdump",
     R"({"check":["and",["perm","/vms/{vmid}",["VM.Backup"]],["perm","/storage/{storage}",["Datastore.AllocateSpace"]]]})"},
    // Of other users' tasks.
    {Method::Get, "/nodes/{node}/tasks/{upid}/status", R"({"check":["perm","/nodes/{node}",["Sys.Audit"]]})"},
    {Method::Get, "/nodes/{node}/tasks/{upid}/log", R"({"check":["perm","/nodes/{node}",["Sys.Audit"]]})"},
    {Method::Delete, "/nodes/{node}/tasks/{upid}", R"({"check":["perm","/nodes/{node}",["Sys.Modify"]]})"},
};

struct ByParameter {
  Method method;
  std::string_view path;
  std::string_view privilege;
};

// Disks and network interfaces, as QemuServer.pm and LXC.pm check them.
constexpr ByParameter kByParameter[] = {
    {Method::Post, "/nodes/{node}/qemu", "Datastore.AllocateSpace"},
    {Method::Post, "/nodes/{node}/qemu", "SDN.Use"},
    {Method::Post, "/nodes/{node}/lxc", "Datastore.AllocateSpace"},
    {Method::Post, "/nodes/{node}/lxc", "SDN.Use"},
    {Method::Post, "/nodes/{node}/qemu/{vmid}/clone", "Datastore.AllocateSpace"},
    {Method::Post, "/nodes/{node}/qemu/{vmid}/clone", "SDN.Use"},
    {Method::Post, "/nodes/{node}/lxc/{vmid}/clone", "Datastore.AllocateSpace"},
    {Method::Post, "/nodes/{node}/lxc/{vmid}/clone", "SDN.Use"},
    {Method::Put, "/nodes/{node}/qemu/{vmid}/config", "SDN.Use"},
    {Method::Put, "/nodes/{node}/lxc/{vmid}/config", "SDN.Use"},
};

struct Settings {
  std::string_view privilege;
  std::string_view names;  ///< of families without their number
};

// As QemuServer and LXC check them one by one (check_vm_modify_config_perm, check_ct_modify_config_perm).
constexpr Settings kSettings[] = {
    {"VM.Config.CPU", "affinity cores cpu cpulimit cpuunits numa smp sockets vcpus"},
    {"VM.Config.Memory", "allow-ksm balloon memory shares swap"},
    {"VM.Config.HWType",
     "acpi audio hotplug kvm machine scsihw smbios tablet vga watchdog serial usb hostpci parallel"},
    {"VM.Config.Options",
     "agent autostart bios description keyboard localtime name onboot ostype protection reboot startdate "
     "startup tags tdf template features timezone tty cmode console arch"},
    {"VM.Config.Disk",
     "boot bootdisk vmstatestorage unused virtiofs rootfs mp scsi virtio ide sata efidisk tpmstate"},
    {"VM.Config.Network", "net ipconfig hostname nameserver searchdomain"},
    {"VM.Config.Cloudinit", "cicustom cipassword citype ciupgrade ciuser sshkeys"},
};

std::string_view check_of(const Endpoint& endpoint) {
  const auto* found = std::ranges::find_if(kInCode, [&](const Checked& row) {
    return row.method == endpoint.method && row.path == endpoint.path;
  });
  return found == std::end(kInCode) ? endpoint.permissions : found->check;
}

using Ways = std::vector<Way>;

std::vector<std::string> texts(const base::Json& value) {
  std::vector<std::string> all;
  for (const auto& item : base::list(value)) all.emplace_back(base::raw_text(item));
  return all;
}

/// "/vms/{vmid}" for each guest of a list.
std::vector<std::string> filled(std::string_view path, const ValueOf& value_of) {
  const auto open = path.find('{');
  const auto close = path.find('}', open == std::string_view::npos ? 0 : open);
  if (open == std::string_view::npos || close == std::string_view::npos) return {std::string(path)};
  auto value = value_of(path.substr(open + 1, close - open - 1));
  if (value.empty()) value = path.substr(open, close - open + 1);
  std::vector<std::string> all;
  const auto rests = filled(path.substr(close + 1), value_of);
  for (const auto item : base::list_items(value)) {
    for (const auto& rest : rests) all.push_back(std::string(path.substr(0, open)).append(item).append(rest));
  }
  return all;
}

/// The text behind a name among a check's options.
std::string_view option(std::span<const base::Json> check, std::string_view name) {
  for (std::size_t i = 0; i + 1 < check.size(); ++i) {
    if (base::raw_text(check[i]) == name) return base::raw_text(check[i + 1]);
  }
  return {};
}

bool has_option(std::span<const base::Json> check, std::string_view name) {
  return std::ranges::any_of(check, [&](const auto& item) { return base::raw_text(item) == name; });
}

Ways perm(std::span<const base::Json> check, const ValueOf& value_of) {
  if (check.size() < 3) return {};
  const auto needed = option(check, "require_param");
  if (!needed.empty() && value_of(needed).empty()) return {};
  Way way;
  for (auto& path : filled(base::raw_text(check[1]), value_of))
    way.push_back({std::move(path), texts(check[2]), has_option(check, "any")});
  return {std::move(way)};
}

/// The privileges that allow changing the rights of an object.
Ways perm_modify(std::span<const base::Json> check, const ValueOf& value_of) {
  Ways ways;
  if (check.size() < 2) return ways;
  for (auto& path : filled(base::raw_text(check[1]), value_of)) {
    Right right{std::move(path), {"Permissions.Modify"}, true};
    if (right.path.starts_with("/storage/")) right.privileges.emplace_back("Datastore.Allocate");
    if (right.path.starts_with("/vms/")) right.privileges.emplace_back("VM.Allocate");
    if (right.path.starts_with("/pool/")) right.privileges.emplace_back("Pool.Allocate");
    ways.push_back({std::move(right)});
  }
  return ways;
}

Ways userid_param(std::span<const base::Json> check, const ValueOf& value_of) {
  const auto test = check.size() < 2 ? std::string_view{} : base::raw_text(check[1]);
  // "self" is not a privilege.
  if (!test.starts_with("Realm.")) return {};
  const auto userid = value_of("userid");
  const auto at = userid.rfind('@');
  const auto realm = at == std::string::npos ? std::string("{realm}") : userid.substr(at + 1);
  return {{{"/access/realm/" + realm, {std::string(test)}, false}}};
}

Ways ways_of(std::span<const base::Json> check, const ValueOf& value_of);

Ways together(std::span<const base::Json> checks, const ValueOf& value_of) {
  Ways all{{}};
  for (const auto& item : checks) {
    Ways next;
    for (const auto& more : ways_of(base::list(item), value_of)) {
      for (const auto& way : all) {
        next.push_back(way);
        next.back().insert(next.back().end(), more.begin(), more.end());
      }
    }
    all = std::move(next);
  }
  return all;
}

Ways ways_of(std::span<const base::Json> check, const ValueOf& value_of) {
  const auto test = check.empty() ? std::string_view{} : base::raw_text(check[0]);
  if (test == "perm") return perm(check, value_of);
  if (test == "perm-modify") return perm_modify(check, value_of);
  if (test == "userid-param") return userid_param(check, value_of);
  if (test == "userid-group" && check.size() > 1) return {{{"/access/groups", texts(check[1]), true}}};
  if (test == "and") return together(check.subspan(1), value_of);
  Ways all;
  if (test != "or") return all;
  for (const auto& item : check.subspan(1)) {
    for (auto& way : ways_of(base::list(item), value_of)) all.push_back(std::move(way));
  }
  return all;
}

}  // namespace

std::vector<Way> ways_to_call(const Endpoint& endpoint, const ValueOf& value_of) {
  const auto parsed = base::parse_json(check_of(endpoint));
  if (!parsed) return {};
  if (!base::raw_text(*parsed, "user").empty()) return {{}};
  return ways_of(base::list(*parsed, "check"), value_of);
}

std::vector<std::string_view> privileges_of_parameters(const Endpoint& endpoint) {
  std::vector<std::string_view> all;
  for (const auto& row : kByParameter) {
    if (row.method == endpoint.method && row.path == endpoint.path) all.push_back(row.privilege);
  }
  return all;
}

std::string_view privilege_of_setting(std::string_view name) {
  const auto family = name.substr(0, name.find_last_not_of("0123456789") + 1);
  for (const auto& [privilege, names] : kSettings) {
    const auto all = base::split(names, ' ');
    if (std::ranges::find(all, family) != all.end()) return privilege;
  }
  return {};
}

std::string known_part(std::string_view path) {
  const auto known = path.substr(0, path.find("/{"));
  return known.empty() ? "/" : std::string(known);
}

}  // namespace facts
