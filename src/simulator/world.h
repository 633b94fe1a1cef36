// The parts from which make_world builds the demo cluster.
#pragma once

#include "simulator/state.h"

namespace simulator {

void add_nodes(State& state);
void add_roles(State& state);
void add_storages(State& state);
void add_access(State& state);
void add_guests(State& state);
/// `count` more guests from VMID 1000 on, for clusters of any size.
void add_fleet(State& state, unsigned count);
void add_pools(State& state);
void add_cluster_configuration(State& state);
void add_task_history(State& state);

}  // namespace simulator
