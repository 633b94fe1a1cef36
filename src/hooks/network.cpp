#include "hooks/hooks.h"

#include <array>
#include <string_view>

#include "base/json_read.h"
#include "base/text.h"
#include "hooks/guest_config.h"

namespace hooks {
namespace {

/// The parameters of one address family.
struct Family {
  std::string_view address;
  std::string_view netmask;
  std::string_view cidr;
  std::string_view gateway;
  std::string_view method;
};

constexpr std::array kFamilies = {Family{"address", "netmask", "cidr", "gateway", "method"},
                                  Family{"address6", "netmask6", "cidr6", "gateway6", "method6"}};

/// The other parameters of an update; PVE derives the rest of what it shows.
constexpr std::array<std::string_view, 18> kPlain = {"autostart",         "bond-primary",
                                                     "bond_mode",         "bond_xmit_hash_policy",
                                                     "bridge_ports",      "bridge_vids",
                                                     "bridge_vlan_aware", "comments",
                                                     "comments6",         "mtu",
                                                     "ovs_bonds",         "ovs_bridge",
                                                     "ovs_options",       "ovs_ports",
                                                     "ovs_tag",           "slaves",
                                                     "vlan-id",           "vlan-raw-device"};

/// The original server allows CIDR notation in `address`; PVE has `cidr` for that.
void move_cidr(base::JsonObject& arguments, const Family& family) {
  const auto address = base::raw_text(arguments, family.address);
  if (address.find('/') == std::string_view::npos || arguments.contains(family.cidr)) return;
  const base::Json cidr(address);
  for (const auto name : {family.address, family.netmask}) {
    if (const auto it = arguments.find(name); it != arguments.end()) arguments.stable_erase(it);
  }
  arguments[family.cidr] = cidr;
}

class Repeat {
 public:
  Repeat(base::JsonObject& arguments, const base::JsonObject& present)
      : arguments_(arguments), present_(present) {}

  /// Adds a parameter that the caller neither sets nor deletes.
  void plain(std::string_view name) {
    const auto* value = present_.if_contains(name);
    if (value == nullptr || value->is_null() || settled(name)) return;
    arguments_[name] = *value;
  }

  /// Adds an address, which PVE keeps in up to three parameters.
  void address(const Family& family) {
    if (deleted(family.address) || deleted(family.cidr) || deleted(family.netmask)) return;
    const bool given_in_parts = arguments_.contains(family.address) || arguments_.contains(family.netmask);
    if (present_.contains(family.cidr) && !given_in_parts) {
      plain(family.cidr);
    } else {
      plain(family.address);
      plain(family.netmask);
    }
    plain(family.gateway);
  }

  bool names_address(const Family& family) const {
    for (const auto name : {family.address, family.cidr}) {
      if (settled(name)) return true;
    }
    return false;
  }

 private:
  bool deleted(std::string_view name) const { return lists(arguments_.if_contains("delete"), name); }
  bool settled(std::string_view name) const { return arguments_.contains(name) || deleted(name); }

  base::JsonObject& arguments_;
  const base::JsonObject& present_;
};

}  // namespace

std::expected<void, std::string> prepare_new_interface(tool::Context& /*context*/,
                                                       base::JsonObject& arguments) {
  for (const auto& family : kFamilies) move_cidr(arguments, family);
  return {};
}

std::expected<void, std::string> prepare_interface_update(tool::Context& context,
                                                          base::JsonObject& arguments) {
  for (const auto& family : kFamilies) move_cidr(arguments, family);
  const auto read = context.get("/nodes/{node}/network/{iface}");
  if (!read) return std::unexpected(read.error().sentence);
  const auto* present = read->if_object();
  if (present == nullptr)
    return std::unexpected("PVE returned no configuration of this interface. Nothing was sent.");
  Repeat repeat(arguments, *present);
  for (const auto& family : kFamilies) {
    const auto method = base::text(present, family.method);
    const bool dynamic = !method.empty() && method != "static" && method != "manual" && method != "loopback";
    if (dynamic && !repeat.names_address(family)) {
      return std::unexpected("This interface gets its address by " + method +
                             ", which PVE's API cannot keep: any update would make it manual. Give " +
                             std::string(family.cidr) +
                             " for a static address, delete=" + std::string(family.cidr) +
                             " to accept that, or edit /etc/network/interfaces on the node.");
    }
    repeat.address(family);
  }
  for (const auto name : kPlain) repeat.plain(name);
  return {};
}

std::string tell_staged_interface(tool::Context& context, base::Json& data) {
  constexpr std::size_t kMost = 2000;
  if (!data.is_object()) return {};
  const auto diff = context.staged("/nodes/{node}/network");
  if (!diff) return "Staged changes could not be read: " + diff.error().sentence;
  std::string lines;
  for (const auto line : base::split(*diff, '\n')) {
    const bool changed = line.starts_with('+') || line.starts_with('-');
    if (changed && !line.starts_with("+++") && !line.starts_with("---"))
      lines += "\n  " + base::printable(line);
  }
  if (lines.empty()) return {};
  if (lines.size() > kMost) lines = lines.substr(0, lines.rfind('\n', kMost)) + "\n  …";
  return "This node has staged changes, not active until its network is reloaded; the values above show them "
         "already:" +
         lines;
}

}  // namespace hooks
