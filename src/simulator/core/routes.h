// Which function answers which endpoint: one table per category. A test proves that each is one of PVE's.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/method.h"
#include "facts/facts.h"
#include "simulator/core/call.h"

namespace simulator {

using Handler = Answer (*)(Call&);

struct Route {
  base::Method method;
  std::string_view path;  ///< the facts' template: "/nodes/{node}/qemu/{vmid}/config"
  Handler handler;
};

/// Rows whose paths continue each of `prefixes`; what PVE has below some of them only, no call asks for.
struct RouteTable {
  std::span<const Route> rows;
  std::span<const std::string_view> prefixes = kNoPrefix;

  static constexpr std::string_view kNoPrefix[] = {""};
};

std::span<const Route> nodes_routes();
std::span<const Route> cluster_routes();
std::span<const Route> tasks_routes();
std::span<const Route> access_routes();
std::span<const Route> access_roles_routes();
std::span<const Route> metrics_routes();
std::span<const Route> directory_routes();
std::span<const Route> pools_routes();
std::span<const Route> storage_routes();
std::span<const Route> network_routes();
RouteTable firewall_routes();
RouteTable guest_routes();
std::span<const Route> backup_routes();
std::span<const Route> ha_routes();
std::span<const Route> rrd_routes();
std::span<const Route> agent_routes();
std::span<const Route> disks_routes();
std::span<const Route> upkeep_routes();
std::span<const Route> replication_routes();

/// The names below the call's path, which is one of the directories that this folder knows.
Answer list_directory(Call& call);

/// The handler of an endpoint that the facts have routed; nullptr when the simulator has none (501).
Handler handler_of(const facts::Endpoint& endpoint);
/// Every table of the simulator, for rules over all rows.
std::vector<RouteTable> all_routes();

}  // namespace simulator
