// The firewall of a vnet, which PVE has only while the vnet runs.
#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/store.h"
#include "simulator/network/firewall_rule.h"

namespace simulator {
namespace {

/// The firewall of the call's vnet, or PVE's refusal. A GET needs one of two privileges.
std::expected<Firewall*, Answer> firewall_of(Call& call) {
  const auto id = call.parameters.text("vnet");
  const auto& vnets = call.state.sdn.running.vnets;
  const auto vnet = vnets.find(id);
  if (vnet == vnets.end()) {
    return std::unexpected(
        Answer::fail("invalid vnet specified at /usr/share/perl5/PVE/API2/Firewall/Helpers.pm line 54."));
  }
  const auto path = fmt::format("/sdn/zones/{}/{}", get(vnet->second, "zone"), id);
  const bool reads = call.endpoint.method == base::Method::Get;
  if (!may(call, path, "SDN.Allocate") && !(reads && may(call, path, "SDN.Audit"))) {
    return std::unexpected(Answer::denied(path, reads ? "SDN.Audit|SDN.Allocate" : "SDN.Allocate"));
  }
  return &call.state.vnet_firewalls[id];
}

RuleScope scope_of(const Call& call) { return {"vnet", &call.state.firewall, nullptr}; }

Answer rules(Call& call) {
  const auto found = firewall_of(call);
  return found ? list_rules((*found)->rules, scope_of(call)) : found.error();
}

Answer rule(Call& call) {
  const auto found = firewall_of(call);
  return found ? read_rule((*found)->rules, scope_of(call), call.parameters) : found.error();
}

Answer add_rule(Call& call) {
  const auto found = firewall_of(call);
  if (!found) return found.error();
  call.parameters.erase("vnet");
  return create_rule((*found)->rules, scope_of(call), call.parameters);
}

Answer change_rule(Call& call) {
  const auto found = firewall_of(call);
  if (!found) return found.error();
  call.parameters.erase("vnet");
  return update_rule((*found)->rules, scope_of(call), call);
}

Answer remove_rule(Call& call) {
  const auto found = firewall_of(call);
  return found ? delete_rule((*found)->rules, scope_of(call), call) : found.error();
}

Answer options(Call& call) {
  const auto found = firewall_of(call);
  if (!found) return found.error();
  auto row = section_json((*found)->options, "enable");
  row["digest"] = list_digest({(*found)->options});
  return Answer::of(std::move(row));
}

Answer set_options(Call& call) {
  const auto found = firewall_of(call);
  if (!found) return found.error();
  auto& options = (*found)->options;
  if (auto no = check_digest(call, list_digest({options}))) return *no;
  for (const auto& key : call.parameters.list("delete")) options.erase(key);
  for (const auto& [key, values] : call.parameters.all()) {
    if (!holds_word("vnet delete digest", key)) options[key] = call.parameters.text(key);
  }
  return Answer::of();
}

using enum base::Method;
constexpr Route kVnetFirewallRoutes[] = {
    {Get, "/cluster/sdn/vnets/{vnet}/firewall/rules", rules},
    {Post, "/cluster/sdn/vnets/{vnet}/firewall/rules", add_rule},
    {Get, "/cluster/sdn/vnets/{vnet}/firewall/rules/{pos}", rule},
    {Put, "/cluster/sdn/vnets/{vnet}/firewall/rules/{pos}", change_rule},
    {Delete, "/cluster/sdn/vnets/{vnet}/firewall/rules/{pos}", remove_rule},
    {Get, "/cluster/sdn/vnets/{vnet}/firewall/options", options},
    {Put, "/cluster/sdn/vnets/{vnet}/firewall/options", set_options},
};

}  // namespace

std::span<const Route> vnet_firewall_routes() { return kVnetFirewallRoutes; }

}  // namespace simulator
