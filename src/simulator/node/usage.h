// Load and counters of nodes and guests. They are smooth, plausible, and always the same for one seed and
// time.
#pragma once

#include <cstdint>

#include "simulator/core/state.h"

namespace simulator {

struct GuestUsage {
  double cpu = 0;           ///< fraction of the guest's cores
  std::uint64_t mem = 0;    ///< bytes
  std::uint64_t disk = 0;   ///< bytes in use; 0 for VMs, as PVE reports
  std::uint64_t netin = 0;  ///< bytes since the start
  std::uint64_t netout = 0;
  std::uint64_t diskread = 0;
  std::uint64_t diskwrite = 0;
  std::int64_t uptime = 0;  ///< seconds
};

/// All zero for a guest that does not run. `at` in seconds since 1970.
GuestUsage guest_usage(const State& state, const Guest& guest, std::int64_t at);

struct NodeUsage {
  double cpu = 0;
  double iowait = 0;
  double load = 0;  ///< one minute average
  std::uint64_t mem = 0;
  std::uint64_t disk = 0;  ///< of the root file system
  std::uint64_t swap = 0;
  double netin = 0;  ///< bytes per second
  double netout = 0;
  std::int64_t uptime = 0;
};

NodeUsage node_usage(const State& state, const Node& node, std::int64_t at);

struct StorageUsage {
  std::uint64_t total = 0;
  std::uint64_t used = 0;
  std::uint64_t avail = 0;
};

/// The base and the volumes of the storage on `node`.
StorageUsage storage_usage(const State& state, const Storage& storage, std::string_view node);

/// A number in [0, 1) that moves smoothly with `at`, different for each `key`.
double wave(std::uint64_t seed, std::uint64_t key, std::int64_t at);

}  // namespace simulator
