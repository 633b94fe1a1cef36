// The settings of a node in its `config`, its hosts file, waking it, and the tools that it lacks.
#include <fmt/format.h>

#include "simulator/core/routes.h"
#include "simulator/core/store.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

/// PVE shows all values as text; a description ends with a line break.
Answer get_config(Call& call) {
  const auto& options = call.state.node(call.node())->options;
  const auto wanted = call.parameters.text("property");
  JsonObject data;
  for (const auto& [key, value] : options) {
    if (wanted.empty() || wanted == key) data[key] = key == "description" ? value + "\n" : value;
  }
  if (!data.empty()) data["digest"] = digest_of(options);
  return Answer::of(std::move(data));
}

Answer set_config(Call& call) {
  auto& options = call.state.node(call.node())->options;
  if (auto no = check_digest(call, digest_of(options))) return *no;
  for (const auto& key : call.parameters.list("delete")) options.erase(key);
  for (const auto& [key, values] : call.parameters.all()) {
    if (!holds_word("delete digest node", key)) options[key] = call.parameters.text(key);
  }
  return Answer::of();
}

std::string hosts_of(const State& state, const Node& node) {
  if (!node.hosts.empty()) return node.hosts;
  std::string text = "127.0.0.1 localhost.localdomain localhost\n";
  const auto search = get(node.dns, "search");
  for (const auto& [name, other] : state.nodes) {
    text += fmt::format("{} {}.{} {}\n", other.ip, name, search, name);
  }
  return text + "::1 ip6-localhost ip6-loopback\n";
}

Answer get_hosts(Call& call) {
  const auto text = hosts_of(call.state, *call.state.node(call.node()));
  return Answer::of(JsonObject{{"data", text}, {"digest", digest_of(text)}});
}

Answer set_hosts(Call& call) {
  auto& node = *call.state.node(call.node());
  if (auto no = check_digest(call, digest_of(hosts_of(call.state, node)))) return *no;
  node.hosts = call.parameters.text("data");
  return Answer::of();
}

/// Answers with the address to which the packet went.
Answer wake(Call& call) {
  const auto name = call.node();
  if (name == call.state.local_node) {
    return Answer::fail(fmt::format("'{}' is local node, cannot wake my self!", name));
  }
  auto* const node = call.state.node(name);
  if (node == nullptr) return Answer::fail(fmt::format("no such cluster node '{}'", name));
  const auto mac = get(parse_properties(get(node->options, "wakeonlan"), "mac"), "mac");
  if (mac.empty()) return Answer::fail("No wake on LAN MAC address defined for '" + name + "'!");
  node->off = false;
  return Answer::of(base::Json(mac));
}

Answer no_ceph(Call&) { return Answer::fail("binary not installed: /usr/bin/ceph-mon"); }

/// The traffic of the running guests' interfaces, in bytes, as text.
Answer netstat(Call& call) {
  JsonArray rows;
  for (const auto& [vmid, guest] : call.state.guests) {
    if (guest.node != call.node() || !guest.running) continue;
    const auto seconds = static_cast<std::uint64_t>(call.state.now() - guest.started);
    for (const auto& [key, value] : guest.config) {
      if (!key.starts_with("net")) continue;
      rows.push_back(JsonObject{{"vmid", std::to_string(vmid)},
                                {"dev", key},
                                {"in", std::to_string(seconds * 512)},
                                {"out", std::to_string(seconds * 128)}});
    }
  }
  return Answer::of(std::move(rows));
}

using enum base::Method;
constexpr Route kNodeConfigRoutes[] = {
    {Get, "/nodes/{node}/config", get_config},   {Put, "/nodes/{node}/config", set_config},
    {Get, "/nodes/{node}/hosts", get_hosts},     {Post, "/nodes/{node}/hosts", set_hosts},
    {Post, "/nodes/{node}/wakeonlan", wake},     {Get, "/nodes/{node}/netstat", netstat},
    {Get, "/nodes/{node}/ceph/status", no_ceph}, {Get, "/cluster/ceph/status", no_ceph},
};

}  // namespace

std::span<const Route> node_config_routes() { return kNodeConfigRoutes; }

}  // namespace simulator
