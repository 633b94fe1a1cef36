#include <string_view>

#include "catalog/categories.h"
#include "catalog/params.h"
#include "hooks/hooks.h"
#include "tool/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;

namespace {

constexpr tool::ListRightsFor kSeesOfType[] = {
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
              false, &tool::kSeesBridges, kSeesOfType}},
    {.name = "pve_get_network",
     .title = "Network interface",
     .description = "Read a network interface, with pending changes.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/network/{iface}"},
     .params = {kNode, kIface},
     .revise = hooks::tell_staged_interface},
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
     .doing = "Staging the creation of network interface \"{iface}\" on {node}",
     .done =
         "Creation of network interface \"{iface}\" on {node} {was} staged; it takes effect when the node's "
         "network is reloaded",
     .prepare = hooks::prepare_new_interface},
    {.name = "pve_update_network",
     .title = "Update network interface",
     .description =
         "Stage a change of a network interface; omitted values stay. A network reload applies it.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/nodes/{node}/network/{iface}"},
     .params = {kNode, kIface, kType, kCidr, kGateway, kCidr6, kGateway6, kAddress, kNetmask, kBridgePorts,
                kBridgeVlanAware, kSlaves, kVlanId, kVlanRawDevice, kMtu, kAutostart, kComments, kDelete},
     .doing = "Staging a change of network interface \"{iface}\" on {node}",
     .done =
         "Change of network interface \"{iface}\" on {node} {was} staged; it takes effect when the node's "
         "network is reloaded",
     .prepare = hooks::prepare_interface_update},
    {.name = "pve_delete_network",
     .title = "Delete network interface",
     .description = "Stage the removal of a network interface. A network reload applies it.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/nodes/{node}/network/{iface}"},
     .params = {kNode, kIface},
     .doing = "Staging the deletion of network interface \"{iface}\" on {node}",
     .done =
         "Deletion of network interface \"{iface}\" on {node} {was} staged; it takes effect when the node's "
         "network is reloaded"},
};

static_assert(tool::valid(kNetwork));

std::span<const tool::Tool> network() { return kNetwork; }

}  // namespace catalog
