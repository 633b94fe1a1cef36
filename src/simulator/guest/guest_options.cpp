#include "simulator/guest/guest_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/guest/guest_disk.h"

namespace simulator {
namespace {

/// The options that need one privilege. Only the login root@pam may set an option that is in no row.
struct PrivilegeRow {
  std::string_view privilege;
  std::string_view options;  ///< blank-separated; "numa[n]" is a family
};

constexpr PrivilegeRow kVmPrivileges[] = {
    {"VM.Config.CPU", "cores cpu runningcpu cpulimit cpuunits numa smp sockets vcpus numa[n]"},
    {"VM.Config.Memory", "memory balloon shares allow-ksm"},
    {"VM.Config.HWType",
     "acpi hotplug kvm machine runningmachine scsihw smbios1 tablet vga watchdog audio0 rng0 serial[n] "
     "usb[n] "
     "hostpci[n]"},
    {"VM.Config.Options",
     "agent autostart bios description keyboard localtime migrate_downtime migrate_speed name onboot ostype "
     "protection reboot startdate startup tags tdf template"},
    {"VM.PowerMgmt", "freeze"},
    {"VM.Config.Disk", "boot bootdisk vmstatestorage unused[n] virtiofs[n]"},
    {"VM.Config.Network", "net[n]"},
    {"VM.Config.Cloudinit",
     "cicustom cipassword citype ciuser ciupgrade nameserver searchdomain sshkeys ipconfig[n]"},
};

constexpr PrivilegeRow kContainerPrivileges[] = {
    {"VM.Config.CPU", "cores cpuunits cpulimit"},
    {"VM.Config.Disk", "rootfs mp[n]"},
    {"VM.Config.Memory", "memory swap"},
    {"VM.Config.Network", "net[n] nameserver searchdomain hostname"},
};

constexpr std::string_view kVmHot =
    "description hookscript lock migrate_downtime migrate_speed name onboot protection shares startup tags "
    "vmstatestorage cicustom cipassword citype ciuser ciupgrade nameserver searchdomain sshkeys ipconfig[n] "
    "net[n] "
    "scsi[n] virtio[n] usb[n] agent balloon cpuunits cpulimit tablet hotplug unused[n]";

constexpr std::string_view kContainerHot =
    "description onboot startup protection hostname hookscript cores tags lock cpulimit cpuunits net[n] "
    "memory swap "
    "mp[n] unused[n]";

bool names(std::string_view options, std::string_view key) {
  return std::ranges::any_of(base::split(options, ' '), [key](std::string_view option) {
    return option.ends_with("[n]") ? in_family(key, option.substr(0, option.size() - 3)) : option == key;
  });
}

std::string_view privilege_for(GuestType type, std::string_view key) {
  const auto search = [key](const auto& rows) -> std::string_view {
    for (const auto& row : rows) {
      if (names(row.options, key)) return row.privilege;
    }
    return {};
  };
  if (type == GuestType::Qemu) return search(kVmPrivileges);
  const auto found = search(kContainerPrivileges);
  return found.empty() ? "VM.Config.Options" : found;
}

std::optional<Answer> need(const Call& call, std::string_view pool, std::string_view privilege) {
  const auto path = fmt::format("/vms/{}", call.vmid());
  if (!pool.empty() && may(call, fmt::format("/pool/{}", pool), privilege)) return std::nullopt;
  return refuse(call, path, {privilege});
}

std::optional<Answer> refuse_disk(const Call& call, GuestType type, std::string_view value,
                                  std::string_view pool) {
  const auto disk = parse_disk(type, value);
  const bool cloudinit = disk.volid.ends_with(":cloudinit");
  // The path of a container's mount point has a check of its own.
  if (type == GuestType::Qemu && disk.volid.starts_with('/') && !is_root_login(call)) {
    return Answer::fail(
        "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm "
        "line 651.");
  }
  if (type == GuestType::Qemu && (disk.is_cdrom() || cloudinit)) {
    if (auto refused = need(call, pool, "VM.Config.CDROM")) return refused;
    return cloudinit ? need(call, pool, "VM.Config.Cloudinit") : std::nullopt;
  }
  if (auto refused = need(call, pool, "VM.Config.Disk")) return refused;
  if (type == GuestType::Lxc && disk.volid.starts_with('/')) {
    return Answer::fail("Permission check failed (mount point type bind is only allowed for root@pam)", 403);
  }
  if (!disk.wanted() || disk.storage().empty()) return std::nullopt;
  return refuse(call, fmt::format("/storage/{}", disk.storage()), {"Datastore.AllocateSpace"});
}

std::optional<Answer> refuse_bridge(const Call& call, std::string_view value) {
  const auto bridge = get(parse_properties(value, "model"), "bridge");
  if (bridge.empty()) return std::nullopt;
  return refuse(call, fmt::format("/sdn/zones/localnetwork/{}", bridge), {"SDN.Use"});
}

// A token does not count as the login root@pam, whatever its rights are.
std::optional<Answer> refuse_special(const Call& call, GuestType type, std::string_view key,
                                     std::string_view value, const Config& present) {
  if (is_root_login(call)) return std::nullopt;
  const auto denied = [](std::string_view why) {
    return Answer::fail(fmt::format("Permission check failed ({})", why), 403);
  };
  if (type == GuestType::Lxc) {
    if (in_family(key, "dev")) return denied("configuring device passthrough is only allowed for root@pam");
    if (key == "hookscript") return denied("changing the hookscript is only allowed for root@pam");
    if (key != "features") return std::nullopt;
    if (get(present, "unprivileged", "1") != "1") {
      return denied("changing feature flags for privileged container is only allowed for root@pam");
    }
    const auto wanted = parse_properties(value);
    const auto before = parse_properties(get(present, "features"));
    for (const auto& each : {wanted, before}) {
      for (const auto& [flag, set] : each) {
        if (flag != "nesting" && get(wanted, flag) != get(before, flag)) {
          return denied("changing feature flags (except nesting) is only allowed for root@pam");
        }
      }
    }
    return std::nullopt;
  }
  if (privilege_for(type, key).empty() && !is_disk_key(type, key)) {
    return Answer::fail(fmt::format("only root can set '{}' config", key));
  }
  const auto real_device = [key] {
    return Answer::fail(fmt::format("only root can set '{}' config for real devices", key));
  };
  if (in_family(key, "serial") && !value.empty() && value != "socket") return real_device();
  const auto parts = parse_properties(value, "host");
  if (in_family(key, "usb") && !value.empty() && get(parts, "host") != "spice" && !has(parts, "mapping")) {
    return real_device();
  }
  if (in_family(key, "hostpci") && has(parts, "host") && !has(parts, "mapping")) {
    return Answer::fail(fmt::format("only root can set '{}' config for non-mapped devices", key));
  }
  return std::nullopt;
}

constexpr auto kModels = std::to_array<std::string_view>(
    {"e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b", "i82559er",
     "ne2k_isa", "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3"});

/// Reads "virtio=MAC,…", "model=virtio,macaddr=MAC" and "virtio", which mean the same.
Config parse_net(GuestType type, std::string_view value) {
  auto net = parse_properties(value, "model");
  if (type == GuestType::Lxc) return net;
  for (const auto model : kModels) {
    const auto found = net.find(model);
    if (found == net.end()) continue;
    const auto mac = found->second;
    net.erase(found);
    net["model"] = model;
    net["macaddr"] = mac;
    break;
  }
  return net;
}

std::string print_net(GuestType type, Config net) {
  std::string line;
  const std::string_view first = type == GuestType::Qemu ? "model" : "name";
  if (type == GuestType::Qemu) {
    line = net["model"] + "=" + net["macaddr"];
    net.erase("macaddr");
  } else {
    line = "name=" + net["name"];
  }
  net.erase(std::string(first));
  // PVE writes the bridge before the other members, which it sorts.
  if (has(net, "bridge")) line += ",bridge=" + net["bridge"];
  net.erase("bridge");
  for (const auto& [key, value] : net) line += "," + key + "=" + value;
  return line;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (auto& letter : out) {
    if (base::is_lower(letter)) letter = static_cast<char>(letter - 'a' + 'A');
  }
  return out;
}

std::string tags_of(const State& state, std::string_view value) {
  const auto style = parse_properties(get(state.datacenter, "tag-style"));
  const bool sensitive = get(style, "case-sensitive") == "1";
  auto tags = split_list(value);
  if (!sensitive) {
    for (auto& tag : tags) tag = base::lower_ascii(tag);
  }
  if (get(style, "ordering") != "config") std::ranges::sort(tags);
  std::vector<std::string> unique;
  for (auto& tag : tags) {
    if (std::ranges::find(unique, tag) == unique.end()) unique.push_back(std::move(tag));
  }
  return fmt::format("{}", fmt::join(unique, ";"));
}

}  // namespace

bool in_family(std::string_view key, std::string_view family) {
  if (!key.starts_with(family) || key.size() == family.size()) return false;
  return key.find_first_not_of("0123456789", family.size()) == std::string_view::npos;
}

bool is_option(const Call& call, std::string_view key) {
  static constexpr auto kOther = std::to_array<std::string_view>({"node",
                                                                  "vmid",
                                                                  "digest",
                                                                  "delete",
                                                                  "revert",
                                                                  "force",
                                                                  "skiplock",
                                                                  "background_delay",
                                                                  "import-working-storage",
                                                                  "archive",
                                                                  "bwlimit",
                                                                  "pool",
                                                                  "start",
                                                                  "ha-managed",
                                                                  "storage",
                                                                  "unique",
                                                                  "live-restore",
                                                                  "ostemplate",
                                                                  "restore",
                                                                  "password",
                                                                  "ssh-public-keys",
                                                                  "ignore-unpack-errors"});
  return std::ranges::find(kOther, key) == kOther.end() && call.endpoint.parameter(key) != nullptr;
}

std::optional<Answer> refuse_option(const Call& call, GuestType type, std::string_view key,
                                    std::string_view value, std::string_view pool, const Config& present) {
  if (auto refused = refuse_special(call, type, key, value, present)) return refused;
  if (is_disk_key(type, key)) return refuse_disk(call, type, value.empty() ? get(present, key) : value, pool);
  const auto privilege = privilege_for(type, key);
  if (privilege == "VM.Config.Cloudinit") {
    const auto path = fmt::format("/vms/{}", call.vmid());
    if (may_any(call, path, {"VM.Config.Cloudinit", "VM.Config.Network"})) return std::nullopt;
    return Answer::denied(path, "VM.Config.Cloudinit|VM.Config.Network");
  }
  if (!privilege.empty()) {
    if (auto refused = need(call, pool, privilege)) return refused;
  }
  return in_family(key, "net") ? refuse_bridge(call, value) : std::nullopt;
}

std::optional<Answer> bad_value(GuestType type, std::string_view key, std::string_view value) {
  if (type != GuestType::Qemu || !is_disk_key(type, key)) return std::nullopt;
  const auto disk = parse_disk(type, value);
  const bool iso = disk.volid.find(":iso/") != std::string::npos;
  if (iso && !disk.is_cdrom()) return Answer::bad(key, "explicit 'media=cdrom' is required for iso images");
  // The size comes from the imported image, so the call must give 0.
  if (has(disk.options, "import-from") && disk.wanted() != 0U) {
    return Answer::bad(key,
                       "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>");
  }
  return std::nullopt;
}

std::string normal_value(State& state, GuestType type, std::string_view key, std::string_view value) {
  if (key == "tags") return tags_of(state, value);
  if (key == "vmgenid" && value == "1") return random_uuid(state);
  if (!in_family(key, "net")) return std::string(value);
  auto net = parse_net(type, value);
  const std::string_view member = type == GuestType::Qemu ? "macaddr" : "hwaddr";
  auto& mac = net[std::string(member)];
  mac = mac.empty() ? random_mac(state) : upper(mac);
  if (type == GuestType::Lxc) net.try_emplace("type", "veth");
  return print_net(type, std::move(net));
}

std::string with_new_mac(State& state, GuestType type, std::string_view value) {
  auto net = parse_net(type, value);
  net[type == GuestType::Qemu ? "macaddr" : "hwaddr"] = random_mac(state);
  return print_net(type, std::move(net));
}

void renew_macs(State& state, GuestType type, Config& config) {
  for (auto& [key, value] : config) {
    if (in_family(key, "net")) value = with_new_mac(state, type, value);
  }
}

bool is_hot(GuestType type, std::string_view key) {
  return names(type == GuestType::Qemu ? kVmHot : kContainerHot, key);
}

}  // namespace simulator
