// The parts of a world. A file describes it (world.json describes the demo cluster), except for the parts of
// every PVE such as roles and services.
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
/// Adds the guests with their disks, snapshots and backups, and the files of storages. Of the demo cluster it
/// adds only the first `options.guests` guests.
void add_guests(State& state, const Part& world);
/// Adds `count` guests from VMID 1000 on, for clusters of any size. They need the nodes and storages of the
/// demo cluster.
void add_fleet(State& state, unsigned count);
/// Adds the datacenter options, firewall, HA, backup jobs and replication.
void add_cluster_configuration(State& state, const Part& world);
void add_task_history(State& state, const Part& world);

/// The options, rules, aliases and IP sets of a firewall.
Firewall firewall_from(const Part& part);

}  // namespace simulator
