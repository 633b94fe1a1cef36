// The parts from which make_world builds the demo cluster.
#pragma once

#include "simulator/state.h"

namespace simulator {

/// SHA-256 as certificates have it, made up from `name`.
std::string fingerprint_of(std::string_view name);
/// Bytes on the storage nas that nobody misses: what `add_forgotten` puts there.
constexpr std::uint64_t kForgotten = (32ULL + 16 + 3) << 30U;

void add_nodes(State& state);
/// Certificates, updates, subscriptions and disks of the nodes.
void add_node_upkeep(State& state);
void add_roles(State& state);
void add_storages(State& state);
void add_access(State& state);
void add_guests(State& state);
/// What a look at the health of the cluster should find: an image without a guest, a disk that its VM no
/// longer uses, and a container whose only backup is old.
void add_forgotten(State& state);
/// `count` more guests from VMID 1000 on, for clusters of any size.
void add_fleet(State& state, unsigned count);
void add_pools(State& state);
void add_cluster_configuration(State& state);
void add_task_history(State& state);

}  // namespace simulator
