#include "simulator/backup/backup_log.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "simulator/core/time_text.h"
#include "simulator/guest/guest.h"

namespace simulator {
namespace {

constexpr double kGiB = 1024.0 * 1024 * 1024;

std::string in_quotes(std::string_view value) {
  const bool plain = std::ranges::all_of(value, [](char c) {
    return base::is_alnum(c) || std::string_view("_.-/:,@%+").find(c) != std::string_view::npos;
  });
  if (plain && !value.empty()) return std::string(value);
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? std::string("'\"'\"'") : std::string(1, c);
  return out + "'";
}

std::string duration(std::int64_t seconds) {
  return fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/// Key and volume of each disk that vzdump puts into the archive.
std::vector<std::pair<std::string, std::string>> disks(const Guest& guest) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [key, value] : guest.config) {
    const bool disk = key.starts_with("scsi") || key.starts_with("virtio") || key.starts_with("sata") ||
                      key.starts_with("ide") || key.starts_with("efidisk") || key.starts_with("tpmstate");
    if (!disk || key == "scsihw" || value.find("media=cdrom") != std::string::npos) continue;
    if (value.find(':') == std::string::npos || value.find("backup=0") != std::string::npos) continue;
    out.emplace_back(key, value);
  }
  return out;
}

std::string size_of(std::string_view disk) {
  const auto at = disk.find("size=");
  if (at == std::string_view::npos) return "";
  const auto rest = disk.substr(at + 5);
  return " " + std::string(rest.substr(0, rest.find(',')));
}

using Lines = std::vector<std::string>;

void info(Lines& lines, std::string text) { lines.push_back("INFO: " + std::move(text)); }

std::string creating(const BackupOf& backup) {
  if (backup.to_server) {
    return fmt::format("creating Proxmox Backup Server archive '{}'", backup.archive);
  }
  return fmt::format("creating vzdump archive '{}'", backup.archive);
}

void qemu_head(Lines& lines, const Guest& guest, const BackupOf& backup) {
  if (!guest.running) {
    info(lines, "backup mode: stop");
    info(lines, "ionice priority: 7");
  }
  info(lines, fmt::format("VM Name: {}", guest.name()));
  for (const auto& [key, value] : disks(guest)) {
    info(lines,
         fmt::format("include disk '{}' '{}'{}", key, value.substr(0, value.find(',')), size_of(value)));
  }
  if (!guest.snapshots.empty()) info(lines, "snapshots found (not included into backup)");
  if (!guest.running) return;
  info(lines, fmt::format("backup mode: {}", backup.mode));
  if (backup.bwlimit != 0) info(lines, fmt::format("bandwidth limit: {} KiB/s", backup.bwlimit));
  info(lines, "ionice priority: 7");
}

void qemu_lines(Lines& lines, State& state, const Guest& guest, const BackupOf& backup) {
  const bool running = guest.running;
  const bool agent = running && get(guest.config, "agent").find('1') != std::string_view::npos;
  qemu_head(lines, guest, backup);
  if (running && backup.mode == "stop") info(lines, "stopping virtual guest");
  info(lines, creating(backup));
  if (!running) info(lines, "starting kvm to execute backup task");
  if (agent) info(lines, "issuing guest-agent 'fs-freeze' command");
  info(lines, "starting backup via QMP command");
  if (agent) info(lines, "issuing guest-agent 'fs-thaw' command");
  info(lines, fmt::format("started backup task '{}'", random_uuid(state)));
  if (running) info(lines, "resuming VM again");
  const auto total = static_cast<double>(disk_size(guest)) / kGiB;
  const auto seconds = std::max<std::int64_t>(1, backup.end - backup.start);
  for (const int percent : {3, 14, 26, 37, 49, 60, 72, 83, 95, 100}) {
    const auto done = total * percent / 100;
    info(lines,
         fmt::format("{:3}% ({:.1f} GiB of {:.1f} GiB) in {}s, read: {:.1f} GiB/s, write: {:.1f} MiB/s",
                     percent, done, total, seconds * percent / 100, done / static_cast<double>(seconds),
                     static_cast<double>(backup.size) / 1048576.0 / static_cast<double>(seconds)));
  }
  info(lines, fmt::format("transferred {:.2f} GiB in {} seconds", total, seconds));
  if (!running) info(lines, "stopping kvm after backup task");
}

bool takes_snapshots(State& state, const Guest& guest) {
  const auto rootfs = get(guest.config, "rootfs");
  const auto* storage = state.storage(rootfs.substr(0, rootfs.find(':')));
  const auto type = storage == nullptr ? std::string_view{} : storage->type();
  return type == "lvmthin" || type == "zfspool" || type == "rbd" || type == "btrfs";
}

void lxc_lines(Lines& lines, State& state, const Guest& guest, const BackupOf& backup) {
  const bool snapshots = takes_snapshots(state, guest);
  const auto name = [&] {
    info(lines, fmt::format("CT Name: {}", guest.name()));
    info(lines, "including mount point rootfs ('/') in backup");
  };
  auto mode = guest.running ? backup.mode : "stop";
  if (mode == "snapshot" && !snapshots) {
    name();
    info(lines, "mode failure - some volumes do not support snapshots");
    info(lines, "trying 'suspend' mode instead");
    mode = "suspend";
  }
  if (mode == "snapshot") name();
  info(lines, fmt::format("backup mode: {}", mode));
  if (backup.bwlimit != 0) info(lines, fmt::format("bandwidth limit: {} KiB/s", backup.bwlimit));
  info(lines, "ionice priority: 7");
  if (mode != "snapshot") name();
  if (mode == "snapshot") info(lines, "create storage snapshot 'vzdump'");
  if (mode == "suspend") {
    info(lines, "suspending guest");
    info(lines, "resuming guest");
    info(lines, "guest is online again after <1 seconds");
  }
  if (mode == "stop" && guest.running) info(lines, "stopping virtual guest");
  info(lines, creating(backup));
  const auto mebibytes = static_cast<double>(backup.size) * 2.5 / 1048576.0;
  info(lines, fmt::format("Total bytes written: {} ({:.1f}MiB, 345MiB/s)", backup.size / 2 * 5, mebibytes));
  if (mode == "snapshot") info(lines, "cleanup temporary 'vzdump' snapshot");
  if (mode == "stop" && guest.running) info(lines, "restarting vm");
}

}  // namespace

std::string command_line(const Parameters& parameters) {
  std::string out = "vzdump";
  for (const auto& vmid : parameters.list("vmid")) out += " " + vmid;
  for (const auto& [key, values] : parameters.all()) {
    if (key == "vmid") continue;
    for (const auto& value : values) out += fmt::format(" --{} {}", key, in_quotes(value));
  }
  return out;
}

std::vector<std::string> backup_lines(State& state, const Guest& guest, const BackupOf& backup) {
  Lines lines;
  info(lines, fmt::format("Starting Backup of VM {} ({})", guest.vmid, guest.type_name()));
  info(lines, fmt::format("Backup started at {}", log_time(backup.start)));
  info(lines, fmt::format("status = {}", guest.running ? "running" : "stopped"));
  if (guest.type == GuestType::Qemu) {
    qemu_lines(lines, state, guest, backup);
  } else {
    lxc_lines(lines, state, guest, backup);
  }
  if (!backup.to_server) {
    const auto mebibytes = backup.size >> 20U;
    info(lines,
         fmt::format("archive file size: {}",
                     mebibytes < 1024 ? fmt::format("{}MB", mebibytes)
                                      : fmt::format("{:.2f}GB", static_cast<double>(backup.size) / kGiB)));
  }
  if (backup.notes) info(lines, "adding notes to backup");
  return lines;
}

std::vector<std::string> finished_lines(const BackupOf& backup) {
  return {
      fmt::format("INFO: Finished Backup of VM {} ({})", backup.vmid, duration(backup.end - backup.start)),
      fmt::format("INFO: Backup finished at {}", log_time(backup.end))};
}

std::vector<std::string> failed_lines(const State& state, unsigned vmid, std::int64_t at,
                                      std::string_view error, bool started) {
  Lines lines;
  const auto found = state.guests.find(vmid);
  if (started && found != state.guests.end()) {
    const auto& guest = found->second;
    info(lines, fmt::format("Starting Backup of VM {} ({})", vmid, guest.type_name()));
    info(lines, fmt::format("Backup started at {}", log_time(at)));
    info(lines, fmt::format("status = {}", guest.running ? "running" : "stopped"));
  }
  lines.push_back(fmt::format("ERROR: Backup of VM {} failed - {}", vmid, error));
  info(lines, fmt::format("Failed at {}", log_time(at)));
  return lines;
}

}  // namespace simulator
