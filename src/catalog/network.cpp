#include <array>
#include <string>
#include <string_view>

#include "base/json_read.h"
#include "base/text.h"
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

/// One address family of an interface in PVE's words.
struct Family {
  std::string_view address;
  std::string_view netmask;
  std::string_view cidr;
  std::string_view gateway;
  std::string_view method;
};

constexpr std::array kFamilies = {Family{"address", "netmask", "cidr", "gateway", "method"},
                                  Family{"address6", "netmask6", "cidr6", "gateway6", "method6"}};

/// What else of an interface the update takes; the rest of what PVE shows is derived.
constexpr std::array<std::string_view, 18> kPlain = {"autostart",         "bond-primary",
                                                     "bond_mode",         "bond_xmit_hash_policy",
                                                     "bridge_ports",      "bridge_vids",
                                                     "bridge_vlan_aware", "comments",
                                                     "comments6",         "mtu",
                                                     "ovs_bonds",         "ovs_bridge",
                                                     "ovs_options",       "ovs_ports",
                                                     "ovs_tag",           "slaves",
                                                     "vlan-id",           "vlan-raw-device"};

/// The original promised that `address` may be in CIDR notation; PVE has `cidr` for that.
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

  /// Only what the caller neither sets nor deletes.
  void plain(std::string_view name) {
    const auto* value = present_.if_contains(name);
    if (value == nullptr || value->is_null() || settled(name)) return;
    arguments_[name] = *value;
  }

  /// An address is one thing in up to three parameters.
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

std::expected<void, std::string> create(tool::Context& /*context*/, base::JsonObject& arguments) {
  for (const auto& family : kFamilies) move_cidr(arguments, family);
  return {};
}

/// PVE computes method and families of the interface from the request alone: an update that does not repeat
/// an address drops it, and the inet6 stanza with it.
std::expected<void, std::string> update(tool::Context& context, base::JsonObject& arguments) {
  for (const auto& family : kFamilies) move_cidr(arguments, family);
  const auto read = context.get("/nodes/{node}/network/{iface}");
  if (!read) return std::unexpected(read.error().sentence);
  const auto* present = read->if_object();
  if (present == nullptr)
    return std::unexpected("PVE gave no configuration of this interface to start from.");
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

/// PVE reads the staged file where there is one.
std::string staged(tool::Context& context, base::Json& data) {
  constexpr std::size_t kMost = 2000;
  if (!data.is_object()) return {};
  const auto diff = context.staged("/nodes/{node}/network");
  if (!diff) return "Whether this is in force already is not known: " + diff.error().sentence;
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

constexpr tool::SightFor kSeesOfType[] = {
    {"type", "eth"}, {"type", "bond"}, {"type", "alias"}, {"type", "vlan"}};

constexpr std::string_view kTypes[] = {"bridge",    "bond",    "eth",     "alias",     "vlan",
                                       "OVSBridge", "OVSBond", "OVSPort", "OVSIntPort"};

constexpr tool::Param kIface{.name = "iface"};
constexpr tool::Param kType{.name = "type", .values = kTypes};
constexpr tool::Param kCidr{.name = "cidr", .description = "IPv4/bits"};
constexpr tool::Param kCidr6{.name = "cidr6"};
constexpr tool::Param kGateway{.name = "gateway"};
constexpr tool::Param kGateway6{.name = "gateway6"};
constexpr tool::Param kAddress{.name = "address"};
constexpr tool::Param kNetmask{.name = "netmask"};
constexpr tool::Param kBridgePorts{.name = "bridge_ports"};
constexpr tool::Param kBridgeVlanAware{.name = "bridge_vlan_aware"};
constexpr tool::Param kSlaves{.name = "slaves"};
constexpr tool::Param kBondMode{.name = "bond_mode"};
constexpr tool::Param kBondPrimary{.name = "bond-primary"};
constexpr tool::Param kVlanId{.name = "vlan-id"};
constexpr tool::Param kVlanRawDevice{.name = "vlan-raw-device"};
constexpr tool::Param kOvsPorts{.name = "ovs_ports"};
constexpr tool::Param kOvsBonds{.name = "ovs_bonds"};
constexpr tool::Param kOvsBridge{.name = "ovs_bridge"};
constexpr tool::Param kOvsTag{.name = "ovs_tag"};
constexpr tool::Param kMtu{.name = "mtu"};
constexpr tool::Param kAutostart{.name = "autostart"};
constexpr tool::Param kComments{.name = "comments"};

}  // namespace

constexpr tool::Tool kNetwork[] = {
    {.name = "pve_list_networks",
     .title = "List network interfaces",
     .description = "List a node's network interfaces, with pending changes.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/network"},
     .params = {kNode, {.name = "type", .terse = true}},
     .view = {tool::View::Kind::Table, "interfaces",
              "iface type active autostart cidr cidr6 gateway gateway6 address bridge_ports slaves "
              "bridge_vlan_aware vlan-id vlan-raw-device method comments",
              false, &kSeesBridges, kSeesOfType}},
    {.name = "pve_get_network",
     .title = "Network interface",
     .description = "Read a network interface, with pending changes.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/network/{iface}"},
     .params = {kNode, kIface},
     .revise = staged},
    {.name = "pve_create_network",
     .title = "Create network interface",
     .description = "Stage a new network interface. A network reload applies it.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/nodes/{node}/network"},
     .params = {kNode,      kIface,       kType,    kCidr,          kGateway,         kCidr6,
                kGateway6,  kAddress,     kNetmask, kBridgePorts,   kBridgeVlanAware, kSlaves,
                kBondMode,  kBondPrimary, kVlanId,  kVlanRawDevice, kOvsPorts,        kOvsBonds,
                kOvsBridge, kOvsTag,      kMtu,     kAutostart,     kComments},
     .doing = "Staging the creation of network interface {iface} on {node}",
     .done = "Creation of network interface {iface} on {node} {was} staged; it takes effect when the node's "
             "network is reloaded",
     .prepare = create},
    {.name = "pve_update_network",
     .title = "Update network interface",
     .description =
         "Stage a change of a network interface, keeping what is not named. A network reload applies it.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/nodes/{node}/network/{iface}"},
     .params = {kNode, kIface, kType, kCidr, kGateway, kCidr6, kGateway6, kAddress, kNetmask, kBridgePorts,
                kBridgeVlanAware, kSlaves, kVlanId, kVlanRawDevice, kMtu, kAutostart, kComments, kDelete},
     .doing = "Staging a change of network interface {iface} on {node}",
     .done = "Change of network interface {iface} on {node} {was} staged; it takes effect when the node's "
             "network is reloaded",
     .prepare = update},
    {.name = "pve_delete_network",
     .title = "Delete network interface",
     .description = "Stage the removal of a network interface. A network reload applies it.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/nodes/{node}/network/{iface}"},
     .params = {kNode, kIface},
     .doing = "Staging the deletion of network interface {iface} on {node}",
     .done = "Deletion of network interface {iface} on {node} {was} staged; it takes effect when the node's "
             "network is reloaded"},
};

static_assert(tool::valid(kNetwork));

std::span<const tool::Tool> network() { return kNetwork; }

}  // namespace catalog
