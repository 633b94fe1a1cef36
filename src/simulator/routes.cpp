#include "simulator/routes.h"

#include <algorithm>

namespace simulator {

std::vector<std::span<const Route>> all_routes() {
  return {nodes_routes(),  cluster_routes(),    tasks_routes(),   access_routes(),  pools_routes(),
          qemu_routes(),   lxc_routes(),        storage_routes(), network_routes(), firewall_routes(),
          backup_routes(), ha_routes(),         rrd_routes(),     agent_routes(),   disks_routes(),
          upkeep_routes(), replication_routes()};
}

Handler handler_of(base::Method method, std::string_view path) {
  for (const auto table : all_routes()) {
    for (const auto& route : table) {
      if (route.method == method && route.path == path) return route.handler;
    }
  }
  return nullptr;
}

}  // namespace simulator
