// The handlers of the endpoints: one table for each category. A test checks that PVE has each endpoint.
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

/// Each row counts below each of the prefixes. PVE has some paths only below some prefixes; no call reaches
/// the other combinations.
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
std::span<const Route> acme_routes();
std::span<const Route> certificate_routes();
std::span<const Route> realm_routes();
std::span<const Route> factor_routes();
std::span<const Route> node_config_routes();
std::span<const Route> apt_routes();
std::span<const Route> disk_change_routes();
std::span<const Route> hardware_routes();
std::span<const Route> bulk_routes();
std::span<const Route> scan_routes();
std::span<const Route> agent_command_routes();
std::span<const Route> cloudinit_routes();
RouteTable firewall_view_routes();
std::span<const Route> download_routes();
std::span<const Route> capability_routes();
RouteTable notification_routes();
std::span<const Route> notification_target_routes();
RouteTable mapping_routes();
std::span<const Route> sdn_routes();
std::span<const Route> sdn_subnet_routes();
std::span<const Route> sdn_service_routes();
std::span<const Route> sdn_apply_routes();
std::span<const Route> vnet_firewall_routes();

/// Answers with the names below the call's path, which must be in the table of directories.
Answer list_directory(Call& call);

/// The handler of an endpoint; nullptr if the simulator has none, which is a 501.
Handler handler_of(const facts::Endpoint& endpoint);
/// Every table of the simulator.
std::vector<RouteTable> all_routes();

}  // namespace simulator
