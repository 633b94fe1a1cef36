#include "simulator/core/routes.h"

#include <array>
#include <string>
#include <unordered_map>

namespace simulator {

std::vector<RouteTable> all_routes() {
  return {{nodes_routes()},       {cluster_routes()},       {tasks_routes()},
          {access_routes()},      {access_roles_routes()},  {pools_routes()},
          {storage_routes()},     {network_routes()},       {backup_routes()},
          {ha_routes()},          {rrd_routes()},           {agent_routes()},
          {disks_routes()},       {upkeep_routes()},        {replication_routes()},
          {metrics_routes()},     {directory_routes()},     firewall_routes(),
          guest_routes(),         notification_routes(),    {notification_target_routes()},
          mapping_routes(),       {sdn_routes()},           {sdn_subnet_routes()},
          {sdn_service_routes()}, {sdn_apply_routes()},     {vnet_firewall_routes()},
          {acme_routes()},        {certificate_routes()},   {realm_routes()},
          {factor_routes()},      {node_config_routes()},   {apt_routes()},
          {disk_change_routes()}, {hardware_routes()},      {bulk_routes()},
          {scan_routes()},        {agent_command_routes()}, {cloudinit_routes()},
          firewall_view_routes(), {download_routes()},      {capability_routes()}};
}

namespace {

/// The handlers by path template, then method.
using Index = std::unordered_map<std::string, std::array<Handler, 4>>;

Index index_of(const std::vector<RouteTable>& tables) {
  Index index;
  for (const auto& table : tables) {
    for (const auto prefix : table.prefixes) {
      for (const auto& route : table.rows) {
        index[std::string(prefix) + std::string(route.path)][static_cast<std::size_t>(route.method)] =
            route.handler;
      }
    }
  }
  return index;
}

}  // namespace

Handler handler_of(const facts::Endpoint& endpoint) {
  static const Index kIndex = index_of(all_routes());
  const auto found = kIndex.find(std::string(endpoint.path));
  return found == kIndex.end() ? nullptr : found->second[static_cast<std::size_t>(endpoint.method)];
}

}  // namespace simulator
