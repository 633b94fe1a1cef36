// The log of a vzdump task.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

struct BackupOf {
  unsigned vmid = 0;
  std::int64_t start = 0;  ///< seconds since 1970
  std::int64_t end = 0;
  std::string mode;           ///< snapshot, suspend, stop
  std::string archive;        ///< path, or the snapshot's name on a backup server
  std::uint64_t size = 0;     ///< of the archive, bytes
  bool to_server = false;     ///< a Proxmox Backup Server
  std::uint64_t bwlimit = 0;  ///< KiB/s; 0: none
  bool notes = false;
};

/// "vzdump 100 --mode stop --node pve1 --storage local".
std::string command_line(const Parameters& parameters);
/// The lines from "Starting Backup of VM 100" until before "Finished Backup".
std::vector<std::string> backup_lines(State& state, const Guest& guest, const BackupOf& backup);
std::vector<std::string> finished_lines(const BackupOf& backup);
std::vector<std::string> failed_lines(const State& state, unsigned vmid, std::int64_t at,
                                      std::string_view error, bool started);

}  // namespace simulator
