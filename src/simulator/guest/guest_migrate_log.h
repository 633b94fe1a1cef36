// The log of a migration, and the local disks in it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/guest/guest_disk.h"

namespace simulator {

struct LocalDisk {
  std::string key;
  Disk disk;
  bool is_unused = false;
  std::set<std::string> snapshots;
};

/// The guest's volumes that are not on a shared storage, including those of its snapshots, each once.
std::vector<LocalDisk> local_disks(State& state, const Guest& guest);

/// The storage on the target for a storage on the source, by PVE's map "old:new,other".
std::string mapped_storage(std::string_view storages, std::string_view id);

/// Collects the lines of a migration's log. PVE writes the time before each line except those of the mirror
/// job: add() takes these with a leading '|'.
class MigrationLog {
 public:
  void add(std::string line) { lines_.push_back(std::move(line)); }
  /// The lines with their times, spread over `seconds` from `start` (seconds since 1970).
  std::vector<std::string> stamped(std::int64_t start, double seconds) const;

 private:
  std::vector<std::string> lines_;
};

struct Trip {
  std::string target;
  std::string ip;        ///< of the target
  std::string storages;  ///< as in the call: "old:new,other"
  bool online = false;
  bool restart = false;
  bool with_local_disks = false;
};

/// The command line that PVE runs on the target.
std::string ssh_line(const Trip& trip, std::string_view command);
/// The lines of a VM's live migration, after "starting migration".
void add_live_lines(State& state, const Guest& guest, const Trip& trip, MigrationLog& log);
/// The lines of a migration that copies the disks of a stopped guest, or stops a container for it.
void add_offline_lines(State& state, const Guest& guest, const Trip& trip, MigrationLog& log);

}  // namespace simulator
