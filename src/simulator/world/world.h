// The parts from which a world is built. A file describes it (world.json is the demo cluster); what PVE
// brings itself, such as its roles and services, is not in it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/state.h"
#include "simulator/world/world_part.h"

namespace simulator {

/// The text of world.json inside the binary.
std::string_view embedded_world();

/// The names of an object's members.
std::vector<std::string> names_in(const Part& part);

void add_nodes(State& state, const Part& world);
void add_roles(State& state);
void add_storages(State& state, const Part& world);
void add_access(State& state, const Part& world);
/// Guests with their disks, snapshots and backups, and the files of storages. Of the demo cluster the first
/// `options.guests` alone.
void add_guests(State& state, const Part& world);
/// `count` more guests from VMID 1000 on, for clusters of any size; on the nodes and storages of the demo
/// cluster.
void add_fleet(State& state, unsigned count);
/// Datacenter options, firewall, HA, backup jobs, replication.
void add_cluster_configuration(State& state, const Part& world);
void add_task_history(State& state, const Part& world);

/// The options, rules, aliases and IP sets of a firewall.
Firewall firewall_from(const Part& part);

}  // namespace simulator
