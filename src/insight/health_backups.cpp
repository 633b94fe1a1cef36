// Checks backup jobs, the disks that they leave out, and the existing backups, for the health report.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_read.h"
#include "base/text.h"
#include "insight/exam.h"

namespace insight {
namespace {

/// A disk or mount point of a guest.
struct Disk {
  bool backed_up = false;  ///< at least one job backs it up
  bool is_mount = false;   ///< it is a bind or device mount
};
using Disks = std::map<std::int64_t, std::map<std::string, Disk>>;

/// Skips templates: they seldom change, so a backup job is not expected.
void missing(Exam& exam, const base::Json& data) {
  for (const auto& row : base::objects(data)) {
    const auto* guest = exam.inventory.guest(base::number(row, "vmid", 0));
    if (guest != nullptr && !guest->is_template)
      exam.findings.add("BACKUP_MISSING", fmt::format("{}", guest->vmid));
  }
}

/// Reads GET /cluster/backup/{id}/included_volumes: a tree of guests and their disks, each disk with the
/// reason for including it or not.
void add_disks(const base::Json& data, Disks& disks) {
  for (const auto& guest : base::objects(data, "children")) {
    auto& of_guest = disks[base::number(guest, "id", 0)];
    for (const auto& row : base::objects(guest, "children")) {
      const auto id = base::text(row, "id");
      auto& disk = of_guest[id.substr(std::min(id.find(':') + 1, id.size()))];
      disk.backed_up = disk.backed_up || base::flag(row, "included");
      disk.is_mount = base::raw_text(row, "reason") == "not a volume";
    }
  }
}

void left_out(Exam& exam, const Disks& disks) {
  for (const auto& [vmid, of_guest] : disks) {
    std::vector<std::string> without;
    std::vector<std::string> mounts;
    for (const auto& [key, disk] : of_guest) {
      if (!disk.backed_up) (disk.is_mount ? mounts : without).push_back(key);
    }
    if (!without.empty())
      exam.findings.add("BACKUP_PARTIAL", fmt::format("{} without {}", vmid, listed(without)));
    if (!mounts.empty()) exam.findings.add("BIND_MOUNT", fmt::format("{} {}", vmid, listed(mounts)));
  }
}

void jobs(Exam& exam) {
  const auto got = exam.sources.get({{"/cluster/backup-info/not-backed-up"}, {"/cluster/backup"}});
  if (got.size() != 2) return;
  for (const auto& one : got) {
    if (!one) exam.gap("backup jobs", "backup jobs", one.error());
  }
  if (got[0]) missing(exam, *got[0]);
  if (!got[1]) return;
  std::vector<tool::Read> reads;
  std::vector<std::string> ids;
  for (const auto& job : base::objects(*got[1])) {
    if (job.contains("enabled") && !base::flag(job, "enabled")) continue;
    ids.push_back(base::text(job, "id"));
    reads.push_back(
        {"/cluster/backup/{id}/included_volumes", {{"id", std::string(base::raw_text(job, "id"))}}});
  }
  const auto volumes = exam.sources.get(reads);
  Disks disks;
  for (std::size_t i = 0; i < std::min(volumes.size(), ids.size()); ++i) {
    if (volumes[i])
      add_disks(*volumes[i], disks);
    else
      exam.gap("backup jobs", "disks of backup job " + ids[i], volumes[i].error());
  }
  left_out(exam, disks);
}

/// Storages that may hold backups and were not read: shared ones by id, others by node.
struct Unread {
  std::set<std::string> shared, local;
  void add(const NodeStorage& storage) {
    (storage.shared ? shared : local).insert(storage.shared ? storage.id : storage.node);
  }
};

bool answers(const Exam& exam, std::string_view node) {
  return std::ranges::find(exam.answering, node) != exam.answering.end();
}

/// Returns the storages that were not read because no node, or not their own node, can reach them.
Unread not_asked(const Exam& exam, const std::vector<const NodeStorage*>& asked) {
  Unread unread;
  for (const auto& storage : exam.inventory.storages) {
    const bool read = std::ranges::any_of(asked, [&](const NodeStorage* other) {
      return other->id == storage.id && (storage.shared || other->node == storage.node);
    });
    if (storage.holds("backup") && !read) unread.add(storage);
  }
  return unread;
}

using Newest = std::map<std::int64_t, std::int64_t>;

Newest newest_backups(Exam& exam, Unread& unread) {
  auto storages = exam.inventory.to_read({"backup"});
  std::erase_if(storages, [&](const NodeStorage* storage) { return !answers(exam, storage->node); });
  unread = not_asked(exam, storages);
  std::vector<tool::Read> reads;
  for (const auto* storage : storages)
    reads.push_back({"/nodes/{node}/storage/{storage}/content",
                     {{"node", storage->node}, {"storage", storage->id}, {"content", "backup"}}});
  const auto got = exam.sources.get(reads);
  Newest newest;
  for (std::size_t i = 0; i < std::min(got.size(), storages.size()); ++i) {
    if (!got[i]) {
      exam.gap("backups", fmt::format("backups on {} ({})", storages[i]->id, storages[i]->node),
               got[i].error());
      unread.add(*storages[i]);
      continue;
    }
    for (const auto& row : base::objects(*got[i])) {
      auto& last = newest[base::number(row, "vmid", 0)];
      last = std::max(last, base::number(row, "ctime", 0));
    }
  }
  return newest;
}

}  // namespace

/// Reports a missing backup only if every storage that may hold it was read.
void examine_backups(Exam& exam) {
  constexpr std::int64_t kOld = 7 * kDay;
  jobs(exam);
  const bool incomplete = exam.note_if_incomplete({"backups"}, "backups", tool::kSeesBackups);
  Unread unread;
  const auto newest = newest_backups(exam, unread);
  std::size_t unchecked = 0;
  for (const auto& guest : exam.inventory.guests) {
    if (guest.is_template) continue;
    const auto found = newest.find(guest.vmid);
    const auto age = found == newest.end() ? -1 : exam.sources.now() - found->second;
    if (found != newest.end() && age <= kOld) continue;
    if (incomplete || !unread.shared.empty() || unread.local.contains(guest.node) ||
        !answers(exam, guest.node)) {
      ++unchecked;
    } else {
      exam.findings.add("BACKUP_STALE", found == newest.end()
                                            ? fmt::format("{} (none)", guest.vmid)
                                            : fmt::format("{} ({} d)", guest.vmid, age / kDay));
    }
  }
  if (unchecked == 0) return;
  exam.unread.insert("backups");
  exam.not_checked = fmt::format("backups of {}: {}", counted(unchecked, "guest"),
                                 incomplete ? "this API token may not see every backup"
                                            : "a storage that may hold them could not be read");
}

}  // namespace insight
