// Which function answers which endpoint: one table per category. A test proves that each is one of PVE's.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/method.h"
#include "simulator/call.h"

namespace simulator {

using Handler = Answer (*)(Call&);

struct Route {
  base::Method method;
  std::string_view path;  ///< the facts' template: "/nodes/{node}/qemu/{vmid}/config"
  Handler handler;
};

std::span<const Route> nodes_routes();
std::span<const Route> cluster_routes();
std::span<const Route> tasks_routes();
std::span<const Route> access_routes();
std::span<const Route> pools_routes();
std::span<const Route> qemu_routes();
std::span<const Route> lxc_routes();
std::span<const Route> storage_routes();
std::span<const Route> network_routes();
std::span<const Route> firewall_routes();
std::span<const Route> backup_routes();
std::span<const Route> ha_routes();
std::span<const Route> rrd_routes();
std::span<const Route> agent_routes();
std::span<const Route> disks_routes();
std::span<const Route> upkeep_routes();
std::span<const Route> replication_routes();

/// The handler of a routed endpoint; nullptr when the simulator has none (501).
Handler handler_of(base::Method method, std::string_view path);
/// Every table of the simulator, for rules over all rows.
std::vector<std::span<const Route>> all_routes();

}  // namespace simulator
