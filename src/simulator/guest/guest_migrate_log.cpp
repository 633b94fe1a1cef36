#include "simulator/guest/guest_migrate_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/time_text.h"
#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

void copy_lines(State& state, const Guest& guest, const LocalDisk& local, const Trip& trip,
                MigrationLog& log) {
  const auto* const volume = state.volume(local.disk.volid, guest.node);
  const auto size = volume == nullptr ? 0 : volume->size;
  const auto copied = [size](std::string_view extra) {
    return fmt::format("{} bytes ({:.1f} GB, {}) copied, {}", size, static_cast<double>(size) / 1e9,
                       readable(size), extra);
  };
  log.add(fmt::format("{}+0 records in", size / 4096));
  log.add(fmt::format("{}+0 records out", size / 4096));
  log.add(copied("6.60682 s, 163 MB/s"));
  const auto storage = mapped_storage(trip.storages, local.disk.storage());
  const auto arrived = storage + local.disk.volid.substr(local.disk.volid.find(':'));
  log.add(fmt::format("successfully imported '{}'", arrived));
  log.add(fmt::format("volume '{}' is '{}' on the target", local.disk.volid, arrived));
}

void mirror_lines(State& state, const Guest& guest, const LocalDisk& local, MigrationLog& log) {
  const auto* const volume = state.volume(local.disk.volid, guest.node);
  const auto size = volume == nullptr ? 0 : volume->size;
  log.add(
      fmt::format("{0}: start migration to nbd:unix:/run/qemu-server/{1}_nbd.migrate:exportname=drive-{0}",
                  local.key, guest.vmid));
  log.add(fmt::format("|drive mirror is starting for drive-{}", local.key));
  for (const unsigned percent : {0U, 20U, 40U, 60U, 80U, 100U}) {
    log.add(fmt::format("|drive-{}: transferred {} of {} ({}.00%) in {}s{}", local.key,
                        readable(size / 100 * percent), readable(size), percent, percent / 25,
                        percent == 100 ? ", ready" : ""));
  }
  log.add("|all 'mirror' jobs are ready");
}

}  // namespace

std::vector<LocalDisk> local_disks(State& state, const Guest& guest) {
  std::vector<LocalDisk> found;
  const auto add = [&](const std::string& key, std::string_view line, const std::string& snapshot) {
    auto disk = parse_disk(guest.type, line);
    const auto* const storage = disk.storage().empty() ? nullptr : state.storage(disk.storage());
    if (storage == nullptr || storage->shared()) return;
    auto same = std::ranges::find(found, disk.volid, [](const LocalDisk& each) { return each.disk.volid; });
    if (same == found.end()) {
      found.push_back({key, std::move(disk), in_family(key, "unused"), {}});
      same = std::prev(found.end());
    }
    if (!snapshot.empty()) same->snapshots.insert(snapshot);
  };
  const auto scan = [&](const Config& config, const std::string& snapshot) {
    for (const auto& [key, value] : config) {
      if (is_disk_key(guest.type, key) || in_family(key, "unused")) add(key, value, snapshot);
    }
  };
  scan(guest.config, {});
  for (const auto& snapshot : guest.snapshots) scan(snapshot.config, snapshot.name);
  return found;
}

std::string mapped_storage(std::string_view storages, std::string_view id) {
  std::string fallback(id);
  for (const auto& entry : split_list(storages)) {
    const auto colon = entry.find(':');
    if (colon == std::string::npos) {
      if (entry != "1") fallback = entry;
    } else if (std::string_view(entry).substr(0, colon) == id) {
      return entry.substr(colon + 1);
    }
  }
  return fallback;
}

std::vector<std::string> MigrationLog::stamped(std::int64_t start, double seconds) const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const auto passed = seconds * static_cast<double>(i) / static_cast<double>(lines_.size());
    const auto& line = lines_[i];
    out.push_back(line.starts_with('|') ? line.substr(1)
                                        : log_time(start + static_cast<std::int64_t>(passed)) + " " + line);
  }
  return out;
}

std::string ssh_line(const Trip& trip, std::string_view command) {
  return fmt::format(
      "# /usr/bin/ssh -e none -o 'BatchMode=yes' -o 'HostKeyAlias={0}' -o "
      "'UserKnownHostsFile=/etc/pve/nodes/{0}/ssh_known_hosts' -o 'GlobalKnownHostsFile=none' root@{1} {2}",
      trip.target, trip.ip, command);
}

void add_live_lines(State& state, const Guest& guest, const Trip& trip, MigrationLog& log) {
  const auto locals = local_disks(state, guest);
  log.add(fmt::format("starting VM {} on remote node '{}'", guest.vmid, trip.target));
  log.add("start remote tunnel");
  log.add("ssh tunnel ver 1");
  if (!locals.empty()) log.add("starting storage migration");
  for (const auto& local : locals) mirror_lines(state, guest, local, log);
  log.add(fmt::format("starting online/live migration on unix:/run/qemu-server/{}.migrate", guest.vmid));
  log.add("set migration capabilities");
  log.add("migration downtime limit: 100 ms");
  log.add("migration cachesize: 8.0 MiB");
  log.add("set migration parameters");
  log.add(fmt::format("start migrate command to unix:/run/qemu-server/{}.migrate", guest.vmid));
  const auto memory = memory_size(guest);
  for (const unsigned percent : {8U, 17U}) {
    log.add(fmt::format("migration active, transferred {} of {} VM-state, 80.8 MiB/s",
                        readable(memory / 100 * percent), readable(memory)));
  }
  log.add("average migration speed: 80.8 MiB/s - downtime 3 ms");
  log.add(fmt::format("migration completed, transferred {} VM-state", readable(memory / 4)));
  log.add("migration status: completed");
  for (const auto& local : locals) {
    log.add(fmt::format("|drive-{}: Completing block job...", local.key));
    log.add(fmt::format("|drive-{}: Completed successfully.", local.key));
    log.add(fmt::format("|drive-{}: mirror-job finished", local.key));
  }
  if (!locals.empty()) log.add("stopping NBD storage migration server on target.");
}

void add_offline_lines(State& state, const Guest& guest, const Trip& trip, MigrationLog& log) {
  const auto locals = local_disks(state, guest);
  const bool vm = guest.type == GuestType::Qemu;
  if (!vm) {
    if (guest.running) log.add(fmt::format("shutdown CT {}", guest.vmid));
    log.add(fmt::format("starting migration of CT {} to node '{}' ({})", guest.vmid, trip.target, trip.ip));
    for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
      const auto* const storage = disk.storage().empty() ? nullptr : state.storage(disk.storage());
      if (storage != nullptr && storage->shared()) {
        log.add(fmt::format("volume '{}' is on shared storage '{}'", disk.volid, storage->id));
      }
    }
    for (const auto& local : locals)
      log.add(fmt::format("found local volume '{}' (in current VM config)", local.disk.volid));
  } else if (!locals.empty()) {
    log.add("copying local disk images");
  }
  for (const auto& local : locals) copy_lines(state, guest, local, trip, log);
  if (vm) return;
  log.add(ssh_line(trip, fmt::format("pvesr set-state {} \\''{{}}'\\'", guest.vmid)));
  log.add("start final cleanup");
  if (!guest.running) return;
  log.add("start container on target node");
  log.add(ssh_line(trip, fmt::format("pct start {}", guest.vmid)));
}

}  // namespace simulator
