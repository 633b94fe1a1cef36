// The progress of a task, read from the lines that PVE's programs write into its log.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pve {

struct TaskProgress {
  /// 0 to 100; nothing where the line has amounts only.
  std::optional<double> percent;
  /// A few words of at most 100 bytes, made here of parsed numbers: "11.4 GiB of 32.0 GiB"; may be "".
  std::string amount;
};

/// What one line of a log says; nothing for most. Knows vzdump and the backup client ("INFO:  35% (11.4 GiB
/// of 32.0 GiB) in 12s, …", "INFO: processed 6.3 GiB in 1m, …"), copies and mirrors of disks ("drive-scsi0:
/// transferred 1.2 GiB of 8.0 GiB (15.00%) in 10s", the older "progression: 12.34 %"), live migration
/// ("migration active, transferred 512.0 MiB of 2.0 GiB VM-state, …"), restore ("progress 12% (read 1234
/// bytes, …") , dd ("452055040 bytes (452 MB, 431 MiB) copied, …") and wget ("   512K ..........  12% 3.4M
/// 10s"). The line may be anything.
std::optional<TaskProgress> task_progress(std::string_view line);

/// The progress in the last line that has one.
std::optional<TaskProgress> task_progress(std::span<const std::string> lines);

}  // namespace pve
