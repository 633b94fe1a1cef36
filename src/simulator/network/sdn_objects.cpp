// Zones, vnets and controllers of SDN.
#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/network/sdn.h"

namespace simulator::sdn {
namespace {

using enum base::Method;

std::string_view zone_options(std::string_view type) {
  if (type == "vlan") return "bridge+ bridge-disable-mac-learning nodes mtu dns reversedns dnszone ipam";
  if (type == "qinq") {
    return "tag+ bridge+ vlan-protocol nodes mtu dns reversedns dnszone ipam";
  }
  if (type == "vxlan") return "peers fabric vxlan-port nodes mtu dns reversedns dnszone ipam";
  if (type == "evpn") {
    return "vrf-vxlan+ controller+ exitnodes exitnodes-local-routing exitnodes-primary advertise-subnets "
           "disable-arp-nd-suppression rt-import mac nodes mtu dns reversedns dnszone ipam";
  }
  if (type == "faucet") return "dp-id+ nodes mtu dns reversedns dnszone ipam";
  return "nodes dhcp mtu dns reversedns dnszone ipam";
}

std::optional<Answer> prepare_zone(Call& call, Step step) {
  const auto options = zone_options(call.parameters.text("type"));
  return checked(
      call, step, "zone", options,
      step == Step::Create ? "create sdn zone object failed: " : "update sdn zone object failed: ");
}

std::optional<Answer> apply_zone(Call& call, const std::string&, Config& zone, Step step) {
  const auto& sdn = call.state.sdn;
  if (step == Step::Create) zone["type"] = call.parameters.text("type");
  const auto type = std::string(get(zone, "type"));
  if (auto no = apply_options(call, "zone", zone_options(type), "lock-token", zone, step)) return no;
  if (type == "vxlan" && has(zone, "peers") == has(zone, "fabric")) {
    auto both = wrong("peers", "must have exactly one of peers / fabric defined");
    both.message += "\nfabric: must have exactly one of peers / fabric defined";
    return both;
  }
  if (has(zone, "ipam") && !sdn.ipams.contains(get(zone, "ipam"))) {
    return wrong("ipam", fmt::format("{} not existing", get(zone, "ipam")));
  }
  if (has(zone, "dns") && !sdn.dns.contains(get(zone, "dns"))) {
    return wrong("dns", fmt::format("{} not existing", get(zone, "dns")));
  }
  if (has(zone, "controller") && !sdn.staged.controllers.contains(get(zone, "controller"))) {
    return Answer::fail(fmt::format("controller {} doesn't exist", get(zone, "controller")));
  }
  return std::nullopt;
}

std::optional<Answer> release_zone(const Call& call, const std::string& id, const Config&) {
  if (auto no = locked(call)) return no;
  for (const auto& [vnet, config] : call.state.sdn.staged.vnets) {
    if (get(config, "zone") != id) continue;
    return Answer::fail(fmt::format(
        "zone {} is used by vnet {} at /usr/share/perl5/PVE/Network/SDN/Zones/Plugin.pm line 149.", id,
        vnet));
  }
  return std::nullopt;
}

bool sees_this_zone(const Call& call, const std::string& id, const Config&) { return sees_zone(call, id); }

constexpr Kind kZone{
    .key = "zone",
    .objects = &SdnConfig::zones,
    .numbers =
        "mtu tag vrf-vxlan vxlan-port dp-id bridge-disable-mac-learning exitnodes-local-routing "
        "advertise-subnets disable-arp-nd-suppression",
    .lists = "",
    .fixed = "type",
    .sees = sees_this_zone,
    .derive = nullptr,
};

std::expected<Named<Config>*, Answer> zones(Call& call) { return &call.state.sdn.staged.zones; }

constexpr Store<Config> kZones{
    .key = "zone",
    .objects = zones,
    .missing_for_update = {"update sdn zone object failed: sdn '{zone}' does not exist"},
    .missing_for_delete = {"delete sdn zone object failed: sdn '{zone}' does not exist"},
    .exists = {"create sdn zone object failed: sdn zone object ID '{zone}' already defined"},
    .create_failed = "create sdn zone object failed: ",
    .update_failed = "update sdn zone object failed: ",
    .delete_failed = "delete sdn zone object failed: ",
    .digest = file_digest,
    .prepare = prepare_zone,
    .apply = apply_zone,
    .release = release_zone,
};

constexpr std::string_view kVnetOptions = "zone+ alias tag vlanaware isolate-ports";

std::optional<Answer> prepare_vnet(Call& call, Step step) {
  if (step == Step::Update) {
    if (auto no = refuse_vnet(call, "SDN.Allocate")) return no;
  }
  return checked(
      call, step, "vnet", kVnetOptions,
      step == Step::Create ? "create sdn vnet object failed: " : "update sdn vnet object failed: ");
}

std::optional<Answer> check_tag(const Config& vnet, std::string_view type) {
  const auto tag = get_number(vnet, "tag");
  if (type == "simple") {
    if (has(vnet, "tag")) return wrong("tag", "vlan tag is not allowed on simple zone");
    if (get(vnet, "vlanaware") == "1") return wrong("vlanaware", "vlanaware is not allowed on simple zone");
    return std::nullopt;
  }
  const bool vxlan = type == "vxlan" || type == "evpn";
  if (!has(vnet, "tag")) return wrong("tag", vxlan ? "missing vxlan tag" : "missing vlan tag");
  if (!vxlan && tag > 4096) return wrong("tag", "vlan tag max value is 4096");
  return std::nullopt;
}

std::optional<Answer> apply_vnet(Call& call, const std::string& id, Config& vnet, Step step) {
  vnet["type"] = "vnet";
  if (auto no = apply_options(call, "vnet", kVnetOptions, "lock-token", vnet, step)) return no;
  const auto& staged = call.state.sdn.staged;
  const auto zone = staged.zones.find(get(vnet, "zone"));
  if (zone == staged.zones.end()) {
    return Answer::fail(
        "cannot lookup undefined type! at /usr/share/perl5/PVE/API2/Network/SDN/Vnets.pm line 326.");
  }
  if (auto no = check_tag(vnet, get(zone->second, "type"))) return no;
  for (const auto& [other, config] : staged.vnets) {
    const bool same = other != id && has(vnet, "tag") && get(config, "tag") == get(vnet, "tag") &&
                      get(config, "zone") == get(vnet, "zone");
    if (same)
      return wrong("tag", fmt::format("tag {} already exist in zone {}", get(vnet, "tag"), zone->first));
  }
  return std::nullopt;
}

std::optional<Answer> release_vnet(const Call& call, const std::string& id, const Config&) {
  if (auto no = locked(call)) return no;
  for (const auto& [subnet, config] : call.state.sdn.staged.subnets) {
    if (get(config, "vnet") == id) return wrong("vnet", "Can't delete vnet if subnets exists");
  }
  return std::nullopt;
}

bool sees_vnet(const Call& call, const std::string& id, const Config& vnet) {
  return sees_zone(call, fmt::format("{}/{}", get(vnet, "zone"), id));
}

constexpr Kind kVnet{
    .key = "vnet",
    .objects = &SdnConfig::vnets,
    .numbers = "tag vlanaware isolate-ports",
    .lists = "",
    .fixed = "type",
    .sees = sees_vnet,
    .derive = nullptr,
};

std::expected<Named<Config>*, Answer> vnets(Call& call) { return &call.state.sdn.staged.vnets; }

constexpr Store<Config> kVnets{
    .key = "vnet",
    .objects = vnets,
    .missing = {"sdn vnet '{vnet}' does not exist"},
    .exists = {"create sdn vnet object failed: sdn vnet object ID '{vnet}' already defined"},
    .create_failed = "create sdn vnet object failed: ",
    .update_failed = "update sdn vnet object failed: ",
    .delete_failed = "delete sdn vnet object failed: ",
    .digest = file_digest,
    .prepare = prepare_vnet,
    .apply = apply_vnet,
    .release = release_vnet,
};

std::string_view controller_options(std::string_view type) {
  if (type == "bgp") {
    return "node+ peers+ asn+ bgp-multipath-as-path-relax ebgp ebgp-multihop loopback";
  }
  if (type == "isis") return "node+ isis-domain+ isis-ifaces+ isis-net+ loopback";
  if (type == "evpn") return "asn+ peers fabric";
  return "";
}

std::optional<Answer> prepare_controller(Call& call, Step step) {
  return checked(call, step, "controller", controller_options(call.parameters.text("type")),
                 step == Step::Create ? "create sdn controller object failed: "
                                      : "update sdn controller object failed: ");
}

std::optional<Answer> apply_controller(Call& call, const std::string& id, Config& controller, Step step) {
  if (step == Step::Create) controller["type"] = call.parameters.text("type");
  const auto type = std::string(get(controller, "type"));
  const auto options = controller_options(type);
  if (auto no = apply_options(call, "controller", options, "lock-token", controller, step)) return no;
  for (const auto& [other, config] : call.state.sdn.staged.controllers) {
    if (other == id || get(config, "type") != type || type == "evpn") continue;
    if (get(config, "node") != get(controller, "node")) continue;
    return Answer::fail(fmt::format("{} controller already exists on node {}", type, get(config, "node")));
  }
  return std::nullopt;
}

std::optional<Answer> release_controller(const Call& call, const std::string& id, const Config&) {
  if (auto no = locked(call)) return no;
  for (const auto& [zone, config] : call.state.sdn.staged.zones) {
    if (get(config, "controller") == id) {
      return Answer::fail(fmt::format("controller {} is used by zone {}", id, zone));
    }
  }
  return std::nullopt;
}

bool sees_controller(const Call& call, const std::string& id, const Config&) {
  return may_any(call, "/sdn/controllers/" + id, {"SDN.Audit", "SDN.Allocate"});
}

constexpr Kind kController{
    .key = "controller",
    .objects = &SdnConfig::controllers,
    .numbers = "asn bgp-multipath-as-path-relax ebgp ebgp-multihop",
    .lists = "",
    .fixed = "type",
    .sees = sees_controller,
    .derive = nullptr,
};

std::expected<Named<Config>*, Answer> controllers(Call& call) { return &call.state.sdn.staged.controllers; }

constexpr Store<Config> kControllers{
    .key = "controller",
    .objects = controllers,
    .missing_for_update = {"update sdn controller object failed: sdn '{controller}' does not exist"},
    .missing_for_delete = {"delete sdn controller object failed: sdn '{controller}' does not exist"},
    .exists =
        {"create sdn controller object failed: sdn controller object ID '{controller}' already defined"},
    .create_failed = "create sdn controller object failed: ",
    .update_failed = "update sdn controller object failed: ",
    .delete_failed = "delete sdn controller object failed: ",
    .digest = file_digest,
    .prepare = prepare_controller,
    .apply = apply_controller,
    .release = release_controller,
};

template <const Kind& kKind>
Answer list_of(Call& call) {
  return list(kKind, call);
}

template <const Kind& kKind>
Answer read_one(Call& call) {
  const auto id = call.parameters.text(kKind.key);
  auto row = find(kKind, call, id);
  if (!row) return Answer::fail(fmt::format("sdn '{}' does not exist", id));
  return Answer::of(std::move(*row));
}

Answer read_vnet(Call& call) {
  const auto id = call.parameters.text("vnet");
  auto row = find(kVnet, call, id);
  if (!row) return Answer::fail(fmt::format("sdn vnet '{}' does not exist", id));
  if (call.state.sdn.staged.vnets.contains(id)) {
    if (auto no = refuse_vnet(call, "SDN.Audit|SDN.Allocate")) return *no;
  }
  return Answer::of(std::move(*row));
}

Answer remove_vnet(Call& call) {
  if (auto no = refuse_vnet(call, "SDN.Allocate")) return *no;
  return delete_object<kVnets>(call);
}

constexpr Route kSdnRoutes[] = {
    {Get, "/cluster/sdn/zones", list_of<kZone>},
    {Post, "/cluster/sdn/zones", create_object<kZones>},
    {Get, "/cluster/sdn/zones/{zone}", read_one<kZone>},
    {Put, "/cluster/sdn/zones/{zone}", update_object<kZones>},
    {Delete, "/cluster/sdn/zones/{zone}", delete_object<kZones>},
    {Get, "/cluster/sdn/vnets", list_of<kVnet>},
    {Post, "/cluster/sdn/vnets", create_object<kVnets>},
    {Get, "/cluster/sdn/vnets/{vnet}", read_vnet},
    {Put, "/cluster/sdn/vnets/{vnet}", update_object<kVnets>},
    {Delete, "/cluster/sdn/vnets/{vnet}", remove_vnet},
    {Get, "/cluster/sdn/controllers", list_of<kController>},
    {Post, "/cluster/sdn/controllers", create_object<kControllers>},
    {Get, "/cluster/sdn/controllers/{controller}", read_one<kController>},
    {Put, "/cluster/sdn/controllers/{controller}", update_object<kControllers>},
    {Delete, "/cluster/sdn/controllers/{controller}", delete_object<kControllers>},
};

}  // namespace

}  // namespace simulator::sdn

namespace simulator {

std::span<const Route> sdn_routes() { return sdn::kSdnRoutes; }

}  // namespace simulator
