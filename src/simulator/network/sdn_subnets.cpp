// Subnets of SDN, and the addresses in them that PVE's own IPAM gives.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number.h"
#include "base/text.h"
#include "simulator/core/routes.h"
#include "simulator/core/section_lists.h"
#include "simulator/core/store_handlers.h"
#include "simulator/network/sdn.h"

namespace simulator::sdn {
namespace {

using enum base::Method;

constexpr std::string_view kFindsNoSubnet =
    "can't find any subnet for ip {} at /usr/share/perl5/PVE/Network/SDN/Subnets.pm line 115.";

/// The parts of an id: "lab-10.0.0.0-24".
struct Parts {
  std::string_view zone;
  std::string_view network;
  std::string_view length;
};

Parts parts_of(std::string_view id) {
  const auto first = id.find('-');
  const auto last = id.rfind('-');
  if (first == std::string_view::npos || first == last) return {};
  return {id.substr(0, first), id.substr(first + 1, last - first - 1), id.substr(last + 1)};
}

std::string cidr_of(std::string_view id) {
  const auto parts = parts_of(id);
  return fmt::format("{}/{}", parts.network, parts.length);
}

using Bytes = std::array<unsigned char, 16>;

/// Whether both are addresses of one version whose first `length` bits are equal.
bool same_network(const std::string& one, const std::string& other, unsigned length) {
  Bytes a{};
  Bytes b{};
  const auto family = one.find(':') == std::string::npos ? AF_INET : AF_INET6;
  if (inet_pton(family, one.c_str(), a.data()) != 1 || inet_pton(family, other.c_str(), b.data()) != 1) {
    return false;
  }
  for (unsigned bit = 0; bit < length && bit < 128; ++bit) {
    const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
    if ((a[bit / 8] & mask) != (b[bit / 8] & mask)) return false;
  }
  return true;
}

bool holds(std::string_view id, const std::string& address) {
  const auto parts = parts_of(id);
  return same_network(std::string(parts.network), address,
                      base::parse_number<unsigned>(parts.length).value_or(0));
}

void derive(const std::string& id, const Config& subnet, base::JsonObject& row) {
  const auto parts = parts_of(id);
  row["id"] = id;
  row["zone"] = parts.zone;
  row["network"] = parts.network;
  row["mask"] = parts.length;
  row["cidr"] = cidr_of(id);
  row["vnet"] = get(subnet, "vnet");
  base::JsonArray ranges;
  for (const auto range : base::split(get(subnet, "dhcp-range"), '\n')) {
    if (!range.empty()) ranges.emplace_back(to_json(parse_properties(range)));
  }
  row["dhcp-range"] = std::move(ranges);
}

bool sees(const Call& call, const std::string& id, const Config& subnet) {
  const auto vnet = std::string(get(subnet, "vnet"));
  return vnet == call.parameters.text("vnet") &&
         sees_zone(call, fmt::format("{}/{}", parts_of(id).zone, vnet));
}

constexpr Kind kSubnet{
    .key = "subnet",
    .objects = &SdnConfig::subnets,
    .numbers = "snat",
    .lists = "dhcp-range",
    .fixed = "type vnet",
    .sees = sees,
    .derive = derive,
};

constexpr std::string_view kOptions = "gateway snat dnszoneprefix dhcp-dns-server dhcp-range";

/// A new subnet has an address range as its name, and gets an id with its zone.
std::expected<std::string, Answer> identify(Call& call) {
  auto name = call.parameters.text("subnet");
  if (call.endpoint.method != Post) return name;
  std::ranges::replace(name, '/', '-');
  const auto vnet = call.state.sdn.staged.vnets.find(call.parameters.text("vnet"));
  return fmt::format("{}-{}", get(vnet->second, "zone"), name);
}

std::expected<Named<Config>*, Answer> subnets(Call& call) {
  if (auto no = refuse_vnet(call, call.endpoint.method == Get ? "SDN.Audit|SDN.Allocate" : "SDN.Allocate")) {
    return std::unexpected(std::move(*no));
  }
  return &call.state.sdn.staged.subnets;
}

std::optional<Answer> prepare(Call& call, Step step) {
  return checked(
      call, step, "subnet", kOptions,
      step == Step::Create ? "create sdn subnet object failed: " : "update sdn subnet object failed: ");
}

std::optional<Answer> apply(Call& call, const std::string& id, Config& subnet, Step step) {
  subnet["type"] = "subnet";
  subnet["vnet"] = call.parameters.text("vnet");
  if (auto no = apply_options(call, "subnet", kOptions, "lock-token vnet", subnet, step)) return no;
  if (call.parameters.has("dhcp-range")) subnet["dhcp-range"] = lines_of(call, "dhcp-range");
  const auto gateway = std::string(get(subnet, "gateway"));
  if (!gateway.empty() && !holds(id, gateway)) {
    return wrong("gateway", fmt::format("{} is not in subnet {}", gateway, cidr_of(id)));
  }
  for (const auto range : base::split(get(subnet, "dhcp-range"), '\n')) {
    const auto ends = parse_properties(range);
    for (const std::string_view end : {"start-address", "end-address"}) {
      const auto address = std::string(get(ends, end));
      if (range.empty() || holds(id, address)) continue;
      return wrong("dhcp-range", fmt::format("{} is not in subnet {}", address, cidr_of(id)));
    }
  }
  return std::nullopt;
}

/// PVE's IPAM keeps the address of the gateway too.
void settle(Call& call, const std::string& id) {
  auto& sdn = call.state.sdn;
  const auto& subnet = sdn.staged.subnets.find(id)->second;
  const auto zone = sdn.staged.zones.find(parts_of(id).zone);
  std::erase_if(sdn.addresses, [&](const auto& entry) {
    return get(entry.second, "subnet") == id && has(entry.second, "gateway");
  });
  if (zone == sdn.staged.zones.end() || !has(zone->second, "ipam") || !has(subnet, "gateway")) return;
  sdn.addresses[std::string(get(subnet, "gateway"))] = {
      {"zone", zone->first}, {"vnet", std::string(get(subnet, "vnet"))}, {"subnet", id}, {"gateway", "1"}};
}

std::optional<Answer> release(const Call& call, const std::string& id, const Config&) {
  if (auto no = locked(call)) return no;
  for (const auto& [ip, address] : call.state.sdn.addresses) {
    if (get(address, "subnet") == id && !has(address, "gateway")) {
      return Answer::fail(fmt::format("cannot delete subnet '{}', not empty", cidr_of(id)));
    }
  }
  return std::nullopt;
}

void clear(Call& call, const std::string& id, Config&) {
  std::erase_if(call.state.sdn.addresses,
                [&](const auto& entry) { return get(entry.second, "subnet") == id; });
}

constexpr Store<Config> kSubnets{
    .key = "subnet",
    .objects = subnets,
    .missing_for_update = {"update sdn subnet object failed: sdn subnet '{subnet}' does not exist"},
    .missing_for_delete = {"delete sdn subnet object failed: sdn subnet '{subnet}' does not exist"},
    .exists = {"create sdn subnet object failed: sdn subnet object ID '{subnet}' already defined"},
    .create_failed = "create sdn subnet object failed: ",
    .update_failed = "update sdn subnet object failed: ",
    .delete_failed = "delete sdn subnet object failed: ",
    .digest = file_digest,
    .identify = identify,
    .prepare = prepare,
    .apply = apply,
    .release = release,
    .settle = settle,
    .clear = clear,
};

/// A vnet that only runs still has its subnets there.
Answer list_subnets(Call& call) {
  const bool other = call.parameters.flag("running") || call.parameters.flag("pending");
  if (!other || call.state.sdn.staged.vnets.contains(call.parameters.text("vnet"))) {
    if (auto no = refuse_vnet(call, "SDN.Audit|SDN.Allocate")) return *no;
  }
  return list(kSubnet, call);
}

Answer read_subnet(Call& call) {
  if (auto no = refuse_vnet(call, "SDN.Audit|SDN.Allocate")) return *no;
  const auto id = call.parameters.text("subnet");
  auto row = find(kSubnet, call, id);
  if (!row) return Answer::fail(fmt::format("sdn subnet '{}' does not exist", id));
  return Answer::of(std::move(*row));
}

/// The running subnet of the call's vnet that holds the address; empty if none does.
std::string subnet_with(const Call& call, const std::string& address) {
  for (const auto& [id, subnet] : call.state.sdn.running.subnets) {
    if (get(subnet, "vnet") == call.parameters.text("vnet") && holds(id, address)) return id;
  }
  return {};
}

Answer add_address(Call& call) {
  const auto ip = call.parameters.text("ip");
  const auto subnet = subnet_with(call, ip);
  if (subnet.empty()) return Answer::fail(fmt::format(fmt::runtime(kFindsNoSubnet), ip));
  auto& addresses = call.state.sdn.addresses;
  if (addresses.contains(ip)) return Answer::fail(fmt::format("IP '{}' already exist", ip));
  addresses[ip] = {
      {"zone", call.parameters.text("zone")}, {"vnet", call.parameters.text("vnet")}, {"subnet", subnet}};
  if (call.parameters.has("mac")) addresses[ip]["mac"] = call.parameters.text("mac");
  return Answer::of();
}

/// PVE looks the old address up by the MAC in a list that POST does not fill, and so never finds its subnet.
Answer change_address(Call&) { return Answer::fail(fmt::format(fmt::runtime(kFindsNoSubnet), "")); }

Answer remove_address(Call& call) {
  const auto ip = call.parameters.text("ip");
  if (subnet_with(call, ip).empty()) return Answer::fail(fmt::format(fmt::runtime(kFindsNoSubnet), ip));
  if (call.state.sdn.addresses.erase(ip) == 0) {
    return Answer::fail(fmt::format("IP '{}' does not exist in IPAM DB\n\n", ip));
  }
  return Answer::of();
}

constexpr Route kSdnSubnetRoutes[] = {
    {Get, "/cluster/sdn/vnets/{vnet}/subnets", list_subnets},
    {Post, "/cluster/sdn/vnets/{vnet}/subnets", create_object<kSubnets>},
    {Get, "/cluster/sdn/vnets/{vnet}/subnets/{subnet}", read_subnet},
    {Put, "/cluster/sdn/vnets/{vnet}/subnets/{subnet}", update_object<kSubnets>},
    {Delete, "/cluster/sdn/vnets/{vnet}/subnets/{subnet}", delete_object<kSubnets>},
    {Post, "/cluster/sdn/vnets/{vnet}/ips", add_address},
    {Put, "/cluster/sdn/vnets/{vnet}/ips", change_address},
    {Delete, "/cluster/sdn/vnets/{vnet}/ips", remove_address},
};

}  // namespace
}  // namespace simulator::sdn

namespace simulator {

std::span<const Route> sdn_subnet_routes() { return sdn::kSdnSubnetRoutes; }

}  // namespace simulator
