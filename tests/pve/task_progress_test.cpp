#include "pve/task_progress.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace {

struct Known {
  std::string_view line;
  std::optional<double> percent;
  std::string_view amount;
};

TEST(TaskProgress, ReadsWhatPvesProgramsWrite) {
  for (const auto& [line, percent, amount] : {
           Known{"INFO:  35% (11.4 GiB of 32.0 GiB) in 12s, read: 1.0 GiB/s, write: 980.0 MiB/s", 35,
                 "11.4 GiB of 32.0 GiB"},
           Known{"INFO: 100% (1.2 GiB of 1.2 GiB) in 0s, read: 1.2 GiB/s, write: 128.0 MiB/s", 100,
                 "1.2 GiB of 1.2 GiB"},
           Known{"INFO: processed 6.3 GiB in 1m, uploaded 5.1 GiB", {}, "6.3 GiB processed"},
           Known{"transferred 0.0 B of 1.2 GiB (0.00%)", 0, "0.0 B of 1.2 GiB"},
           Known{"transferred 2.0 GiB of 32.0 GiB (6.25%)", 6.25, "2.0 GiB of 32.0 GiB"},
           Known{"drive-scsi0: transferred 209.0 MiB of 1.0 GiB (20.41%) in 1s", 20.41,
                 "scsi0, 209.0 MiB of 1.0 GiB"},
           Known{"mirror-scsi0: transferred 1.2 GiB of 8.0 GiB (15.00%) in 10s", 15,
                 "scsi0, 1.2 GiB of 8.0 GiB"},
           Known{"drive-scsi0: transferred 1.0 GiB of 1.0 GiB (100.00%) in 5s, ready", 100,
                 "scsi0, 1.0 GiB of 1.0 GiB"},
           Known{"drive-virtio1: transferred: 1073741824 bytes remaining: 7516192768 bytes total: 8589934592 "
                 "bytes "
                 "progression: 12.50 % busy: 1 ready: 0",
                 12.5, "virtio1, 1.0 GiB of 8.0 GiB"},
           Known{
               "drive mirror: transferred: 0 bytes remaining: 512 bytes total: 512 bytes progression: 0.00 %",
               0, "0 B of 512 B"},
           Known{
               "2026-11-22 10:45:01 migration active, transferred 512.0 MiB of 2.0 GiB VM-state, 112.0 MiB/s",
               25, "512.0 MiB of 2.0 GiB VM-state"},
           Known{"migration active, transferred 3.0 GiB of 2.0 GiB VM-state, 112.0 MiB/s", 100,
                 "3.0 GiB of 2.0 GiB VM-state"},
           Known{"progress 12% (read 1234 bytes, duration 3 sec)", 12, "1.2 KiB read"},
           Known{"progress 35% (read 12884901888 bytes, zeroes = 12% (1610612736 bytes), duration 3 sec)", 35,
                 "12.0 GiB read"},
           Known{"2026-11-22 10:44:40 452055040 bytes (452 MB, 431 MiB) copied, 3 s, 151 MB/s",
                 {},
                 "431.1 MiB copied"},
           Known{"  512K .......... .......... .......... .......... .......... 12% 3.4M 10s", 12,
                 "512.0 KiB"},
           Known{" 32768K ........ ........ ........ ........  3%  55.9M 18s", 3, "32.0 MiB"},
       }) {
    const auto found = pve::task_progress(line);
    ASSERT_TRUE(found) << line;
    EXPECT_EQ(found->percent, percent) << line;
    EXPECT_EQ(found->amount, amount) << line;
  }
}

TEST(TaskProgress, IgnoresOtherLines) {
  for (const std::string_view line :
       {"", " ", "INFO: ", "INFO: backup is sparse: 1.12 GiB (90%) total zero data", "TASK OK", "no content",
        "INFO: transferred 1.25 GiB in <1 seconds", "migration completed, transferred 2.5 MiB VM-state",
        "/mnt/x/disk.raw: 62/65536 files (0.0% non-contiguous), 13654/262144 blocks",
        "Number of regular files transferred: 13", "Get:1 http://x bookworm InRelease [151 kB]",
        "INFO: Total bytes written: 2836480 (2.8MiB, 553MiB/s)", "1074135040 bytes", "512K 12%",
        "Length: 1234 (1.2K) [application/octet-stream]"}) {
    EXPECT_FALSE(pve::task_progress(line)) << line;
  }
}

TEST(TaskProgress, IgnoresHostileLines) {
  const std::string long_name(100'000, 'a');
  for (const auto& line :
       {std::string("INFO: nan% (1 GiB of 2 GiB) in 1s"), std::string("INFO: -5% (1 GiB of 2 GiB) in 1s"),
        std::string("INFO: 101% (1 GiB of 2 GiB) in 1s"), std::string("INFO: 1e9% (1 GiB of 2 GiB)"),
        std::string("INFO: 1.2.3% (1 GiB of 2 GiB)"), std::string("INFO: .% (1 GiB of 2 GiB)"),
        "INFO: " + std::string(90, '9') + "% (1 GiB of 2 GiB)", "transferred " + long_name,
        "drive-" + long_name + ": transferred 1 GiB of 2 GiB (50.00%)",
        std::string("drive-\x1b[2J: transferred 1 GiB of 2 GiB (50.00%)"),
        std::string("migration active, transferred 1.0 GiB of 0.0 GiB VM-state"),
        std::string("migration active, transferred 1.0 XiB of 2.0 XiB VM-state"),
        std::string("INFO: 5% (\0 GiB of 2 GiB)", 25), std::string(100'000, '.'),
        std::string(100'000, '9')}) {
    EXPECT_FALSE(pve::task_progress(line)) << line.substr(0, 100);
  }
}

TEST(TaskProgress, EveryBeginningOfALineIsSafe) {
  const std::string line =
      "drive-virtio1: transferred: 10 bytes remaining: 75 bytes total: 85 bytes progression: 12.50 % busy: 1";
  for (std::size_t length = 0; length <= line.size(); ++length) {
    const auto found = pve::task_progress(std::string_view(line).substr(0, length));
    EXPECT_EQ(found.has_value(), length >= line.find(" % ") + 2) << length;
  }
}

TEST(TaskProgress, UsesTheLastLineWithProgress) {
  const std::vector<std::string> lines = {"starting", "transferred 1.0 GiB of 2.0 GiB (50.00%)",
                                          "transferred 1.5 GiB of 2.0 GiB (75.00%)",
                                          "removing source volume"};
  EXPECT_EQ(pve::task_progress(lines)->percent, 75);
  EXPECT_FALSE(pve::task_progress(std::vector<std::string>{"starting", "done"}));
  EXPECT_FALSE(pve::task_progress(std::vector<std::string>{}));
}

}  // namespace
