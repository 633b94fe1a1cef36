// The IPAMs and DNS servers that SDN uses. Changes of them take effect at once.
#include <fmt/format.h>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store_handlers.h"
#include "simulator/network/sdn.h"

namespace simulator::sdn {
namespace {

using enum base::Method;

/// PVE calls the server before it accepts it. Of the servers, only those on the node itself do not answer.
std::optional<Answer> unreachable(const Config& service) {
  std::string_view host = get(service, "url");
  if (const auto scheme = host.find("://"); scheme != std::string_view::npos) host.remove_prefix(scheme + 3);
  host = host.substr(0, host.find('/'));
  if (!host.starts_with("127.") && !host.starts_with("localhost")) return std::nullopt;
  return Answer::fail(
      fmt::format("Can't connect to {} api: Invalid response from server: 500 Can't connect to {} "
                  "(Connection refused)",
                  get(service, "type"), host));
}

std::string_view ipam_options(std::string_view type) {
  if (type == "netbox") return "url+ token+ fingerprint";
  if (type == "phpipam") return "url+ token+ section+ fingerprint";
  return "";
}

std::optional<Answer> prepare_ipam(Call& call, Step step) {
  return checked(
      call, step, "ipam", ipam_options(call.parameters.text("type")),
      step == Step::Create ? "create sdn ipam object failed: " : "update sdn ipam object failed: ");
}

std::optional<Answer> apply_ipam(Call& call, const std::string&, Config& ipam, Step step) {
  if (step == Step::Create) ipam["type"] = call.parameters.text("type");
  const auto options = ipam_options(get(ipam, "type"));
  if (auto no = apply_options(call, "ipam", options, "lock-token", ipam, step)) return no;
  return unreachable(ipam);
}

std::optional<Answer> release_ipam(const Call& call, const std::string& id, const Config&) {
  if (auto no = locked(call)) return no;
  for (const auto& [zone, config] : call.state.sdn.staged.zones) {
    if (get(config, "ipam") == id) return Answer::fail(fmt::format("ipam {} is used by zone {}", id, zone));
  }
  return std::nullopt;
}

bool sees_ipam(const Call& call, const std::string& id, const Config& ipam) {
  const auto type = call.parameters.text("type");
  return (type.empty() || get(ipam, "type") == type) &&
         may_any(call, "/sdn/ipams/" + id, {"SDN.Audit", "SDN.Allocate"});
}

base::JsonObject service_row(const Call&, const std::string&, const Config& service) {
  return section_json(service, "section ttl reversev6mask reversemaskv6");
}

constexpr Store<Config> kIpams{
    .key = "ipam",
    .objects = +[](Call& call) -> std::expected<Named<Config>*, Answer> { return &call.state.sdn.ipams; },
    .missing = {"sdn '{ipam}' does not exist"},
    .missing_for_update = {"update sdn ipam object failed: sdn '{ipam}' does not exist"},
    .missing_for_delete = {"delete sdn ipam object failed: sdn '{ipam}' does not exist"},
    .exists = {"create sdn ipam object failed: sdn ipam object ID '{ipam}' already defined"},
    .create_failed = "create sdn ipam object failed: ",
    .update_failed = "update sdn ipam object failed: ",
    .delete_failed = "delete sdn ipam object failed: ",
    .digest = file_digest,
    .sees = sees_ipam,
    .row = service_row,
    .prepare = prepare_ipam,
    .apply = apply_ipam,
    .release = release_ipam,
};

Answer ipam_status(Call& call) {
  const auto id = call.parameters.text("ipam");
  if (!call.state.sdn.ipams.contains(id)) return Answer::fail(fmt::format("sdn '{}' does not exist", id));
  base::JsonArray rows;
  for (const auto& [ip, address] : call.state.sdn.addresses) {
    const auto zone = std::string(get(address, "zone"));
    if (id != "pve" || !sees_zone(call, zone + "/" + std::string(get(address, "vnet")))) continue;
    auto row = section_json(address, "gateway");
    // PVE names the range of the subnet here, not its id.
    const auto id_of_subnet = get(address, "subnet");
    auto cidr = std::string(id_of_subnet.substr(std::min(zone.size() + 1, id_of_subnet.size())));
    if (const auto dash = cidr.rfind('-'); dash != std::string::npos) cidr[dash] = '/';
    row["subnet"] = cidr;
    row["ip"] = ip;
    rows.emplace_back(std::move(row));
  }
  return Answer::of(std::move(rows));
}

constexpr std::string_view kDnsOptions = "url+ key+ ttl reversev6mask reversemaskv6 fingerprint";

std::optional<Answer> prepare_dns(Call& call, Step step) {
  return checked(call, step, "dns", kDnsOptions,
                 step == Step::Create ? "create sdn dns object failed: " : "update sdn dns object failed: ");
}

std::optional<Answer> apply_dns(Call& call, const std::string&, Config& dns, Step step) {
  if (step == Step::Create) dns["type"] = call.parameters.text("type");
  if (auto no = apply_options(call, "dns", kDnsOptions, "lock-token", dns, step)) return no;
  return unreachable(dns);
}

std::optional<Answer> release_dns(const Call& call, const std::string& id, const Config&) {
  if (auto no = locked(call)) return no;
  for (const auto& [zone, config] : call.state.sdn.staged.zones) {
    if (get(config, "dns") == id) return Answer::fail(fmt::format("dns {} is used by zone {}", id, zone));
  }
  return std::nullopt;
}

bool sees_dns(const Call& call, const std::string& id, const Config&) {
  return may_any(call, "/sdn/dns/" + id, {"SDN.Audit", "SDN.Allocate"});
}

constexpr Store<Config> kDns{
    .key = "dns",
    .objects = +[](Call& call) -> std::expected<Named<Config>*, Answer> { return &call.state.sdn.dns; },
    .missing = {"sdn '{dns}' does not exist"},
    .missing_for_update = {"update sdn dns object failed: sdn '{dns}' does not exist"},
    .missing_for_delete = {"delete sdn dns object failed: sdn '{dns}' does not exist"},
    .exists = {"create sdn dns object failed: sdn dns object ID '{dns}' already defined"},
    .create_failed = "create sdn dns object failed: ",
    .update_failed = "update sdn dns object failed: ",
    .delete_failed = "delete sdn dns object failed: ",
    .digest = file_digest,
    .sees = sees_dns,
    .row = service_row,
    .prepare = prepare_dns,
    .apply = apply_dns,
    .release = release_dns,
};

constexpr Route kSdnServiceRoutes[] = {
    {Get, "/cluster/sdn/ipams", list_objects<kIpams>},
    {Post, "/cluster/sdn/ipams", create_object<kIpams>},
    {Get, "/cluster/sdn/ipams/{ipam}", read_object<kIpams>},
    {Put, "/cluster/sdn/ipams/{ipam}", update_object<kIpams>},
    {Delete, "/cluster/sdn/ipams/{ipam}", delete_object<kIpams>},
    {Get, "/cluster/sdn/ipams/{ipam}/status", ipam_status},
    {Get, "/cluster/sdn/dns", list_objects<kDns>},
    {Post, "/cluster/sdn/dns", create_object<kDns>},
    {Get, "/cluster/sdn/dns/{dns}", read_object<kDns>},
    {Put, "/cluster/sdn/dns/{dns}", update_object<kDns>},
    {Delete, "/cluster/sdn/dns/{dns}", delete_object<kDns>},
};

}  // namespace
}  // namespace simulator::sdn

namespace simulator {

std::span<const Route> sdn_service_routes() { return sdn::kSdnServiceRoutes; }

}  // namespace simulator
