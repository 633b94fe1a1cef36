// Guests, their disks and snapshots as the simulated cluster keeps them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace simulator {

/// The lines `key: value` of one PVE configuration file; values are text, as in the file.
using Config = std::map<std::string, std::string, std::less<>>;

template <typename T>
using Named = std::map<std::string, T, std::less<>>;

/// The value of `key`, or `otherwise` if the file has no such line.
std::string_view get(const Config& config, std::string_view key, std::string_view otherwise = {});
/// A copy of the value, because a temporary map ends with the expression.
inline std::string get(Config&& config, std::string_view key, std::string_view otherwise = {}) {
  return std::string(get(config, key, otherwise));
}
/// The value as a number; `otherwise` if it is missing or not a number.
std::int64_t get_number(const Config& config, std::string_view key, std::int64_t otherwise = 0);
bool has(const Config& config, std::string_view key);

enum class GuestType : std::uint8_t { Qemu, Lxc };

struct Snapshot {
  std::string name;
  std::string parent;       ///< name of the snapshot before this one; empty for the first
  std::string description;  ///< as given, without the line break that PVE adds
  std::int64_t time = 0;    ///< seconds since 1970
  bool vmstate = false;
  Config config;  ///< the guest's configuration at that time, without lock and parent
};

struct Guest {
  unsigned vmid = 0;
  GuestType type = GuestType::Qemu;
  std::string node;
  std::string pool;  ///< empty: none
  /// The lines of the configuration file, including `name`/`hostname`, `description`, `tags`, `template`,
  /// `lock` and `parent` (the current snapshot).
  Config config;
  /// Changes of a running guest that wait for its next start. Removed keys are in `pending_delete`.
  Config pending;
  std::vector<std::string> pending_delete;
  std::vector<Snapshot> snapshots;  ///< oldest first
  bool running = false;
  std::string qmpstatus = "stopped";  ///< running, paused, stopped, …; VMs only
  std::int64_t started = 0;           ///< seconds since 1970; meaningful while running
  unsigned pid = 0;                   ///< of the running process
  /// Whether the guest agent runs inside the VM. PVE asks it only if the configuration allows that too.
  bool has_agent = true;

  std::string_view name() const { return get(config, type == GuestType::Qemu ? "name" : "hostname"); }
  /// The name that PVE's lists show if the configuration has none: "VM 100", "CT200".
  std::string shown_name() const;
  std::string_view lock() const { return get(config, "lock"); }
  bool is_template() const { return get(config, "template") == "1"; }
  /// "qemu" or "lxc".
  std::string_view type_name() const { return type == GuestType::Qemu ? "qemu" : "lxc"; }
  Snapshot* snapshot(std::string_view wanted);
};

/// The bytes in `size=` of the boot disk or rootfs, which /cluster/resources shows as maxdisk.
std::uint64_t disk_size(const Guest& guest);
std::uint64_t memory_size(const Guest& guest);
unsigned core_count(const Guest& guest);

/// A command that the guest agent runs.
struct AgentProcess {
  std::int64_t end_ms = 0;  ///< milliseconds since 1970
  int exit_code = 0;
  std::string out;  ///< bytes
  std::string err;
};

/// What the agent inside a VM keeps.
struct AgentState {
  Named<std::string> files;  ///< bytes, by path
  std::map<std::int64_t, AgentProcess> processes;
  std::int64_t next_pid = 1200;
  bool frozen = false;  ///< the file systems
};

struct Storage {
  std::string id;
  /// The section of storage.cfg: type, content, path, shared, nodes, export, server, datastore, disable, …
  Config config;
  std::uint64_t total = 0;  ///< bytes, on each node unless shared
  std::uint64_t base = 0;   ///< bytes in use in addition to the listed volumes

  std::string_view type() const { return get(config, "type"); }
  bool shared() const;
  bool enabled() const { return get(config, "disable") != "1"; }
  /// Whether the storage is on the node: its `nodes` list has the node, or it has no list.
  bool on(std::string_view node) const;
  /// Whether `content` has that kind ("images", "iso", …).
  bool holds(std::string_view content) const;
};

struct Volume {
  std::string volid;    ///< "local-lvm:vm-100-disk-0"
  std::string node;     ///< empty on a shared storage
  std::string content;  ///< images, rootdir, iso, vztmpl, backup, snippets, import
  std::string format;   ///< raw, qcow2, iso, tgz, vma.zst, tar.zst, pbs-vm, subvol, …
  std::uint64_t size = 0;
  std::uint64_t used = 0;  ///< 0: as `size`
  unsigned vmid = 0;       ///< owner; 0: none
  std::int64_t ctime = 0;
  std::string notes;
  std::string parent;
  bool is_protected = false;
  /// The configuration inside the archive of a backup.
  Config guest_config;

  std::string_view storage() const { return std::string_view(volid).substr(0, volid.find(':')); }
};

/// Sorted by volume id, then node, so that the volumes of one storage are one range.
using Volumes = std::map<std::pair<std::string, std::string>, Volume>;

}  // namespace simulator
