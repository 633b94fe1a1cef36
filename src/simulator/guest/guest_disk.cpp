#include "simulator/guest/guest_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number.h"

namespace simulator {
namespace {

struct Family {
  std::string_view name;
  unsigned last;
};

constexpr Family kVmDisks[] = {{"ide", 3},     {"sata", 5},    {"scsi", 30},
                               {"virtio", 15}, {"efidisk", 0}, {"tpmstate", 0}};
constexpr Family kContainerDisks[] = {{"mp", 255}};

bool belongs_to(const Family& family, std::string_view key) {
  if (!key.starts_with(family.name)) return false;
  key.remove_prefix(family.name.size());
  const auto index = base::parse_number<unsigned>(key);
  return index && *index <= family.last;
}

bool snapshots_itself(std::string_view type) {
  return type == "lvmthin" || type == "zfspool" || type == "rbd" || type == "btrfs";
}

std::string file_path(const Storage& storage, std::string_view volid) {
  auto path = std::string(get(storage.config, "path", "/mnt/pve/" + storage.id));
  return path + "/images/" + std::string(volid.substr(volid.find(':') + 1));
}

std::string formatting(const Storage& storage, const Volume& volume) {
  const auto path = file_path(storage, volume.volid);
  if (volume.format != "qcow2") {
    return fmt::format("Formatting '{}', fmt={} size={} preallocation=off", path, volume.format, volume.size);
  }
  if (!volume.parent.empty()) {
    return fmt::format(
        "Formatting '{}', fmt=qcow2 cluster_size=131072 extended_l2=on preallocation=metadata "
        "compression_type=zlib size={} backing_file={} backing_fmt=qcow2 lazy_refcounts=off refcount_bits=16",
        path, volume.size, volume.parent);
  }
  return fmt::format(
      "Formatting '{}', fmt=qcow2 cluster_size=65536 extended_l2=off preallocation=metadata "
      "compression_type=zlib size={} lazy_refcounts=off refcount_bits=16",
      path, volume.size);
}

std::string default_format(GuestType type, const Storage& storage, std::string_view wanted) {
  if (type == GuestType::Lxc) return storage.type() == "zfspool" ? "subvol" : "raw";
  if (!keeps_files(storage)) return "raw";
  return std::string(wanted.empty() ? get(storage.config, "format", "raw") : wanted);
}

std::string_view volume_name(std::string_view volid) {
  const auto slash = volid.rfind('/');
  return volid.substr((slash == std::string_view::npos ? volid.find(':') : slash) + 1);
}

NewVolume printed(const Storage& storage, const Volume& volume) {
  NewVolume made{volume.volid, {}};
  if (storage.type() == "lvmthin" || storage.type() == "lvm") {
    made.log.push_back(fmt::format("  Logical volume \"{}\" created.", volume_name(volume.volid)));
  } else if (keeps_files(storage)) {
    made.log.push_back(formatting(storage, volume));
  }
  return made;
}

NewVolume put(State& state, const Storage& storage, Volume volume) {
  auto made = printed(storage, volume);
  volume.ctime = state.now();
  state.put_volume(std::move(volume));
  return made;
}

}  // namespace

bool is_disk_key(GuestType type, std::string_view key) {
  if (type == GuestType::Lxc) return key == "rootfs" || belongs_to(kContainerDisks[0], key);
  return std::ranges::any_of(kVmDisks, [key](const Family& family) { return belongs_to(family, key); });
}

bool Disk::is_cdrom() const {
  return get(options, "media") == "cdrom" || volid == "cdrom" || volid == "none";
}

std::string_view Disk::storage() const {
  const auto colon = volid.find(':');
  if (colon == std::string::npos || volid.starts_with('/')) return {};
  return std::string_view(volid).substr(0, colon);
}

std::optional<std::uint64_t> Disk::wanted() const {
  const auto colon = volid.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto gibibytes = base::parse_number<double>(std::string_view(volid).substr(colon + 1));
  if (!gibibytes || *gibibytes < 0 || *gibibytes > 1e6) return std::nullopt;
  return static_cast<std::uint64_t>(*gibibytes * 1024 * 1024) * 1024;
}

std::string Disk::text() const {
  auto line = volid;
  for (const auto& [key, value] : options) line += "," + key + "=" + value;
  return line;
}

Disk parse_disk(GuestType type, std::string_view text) {
  const std::string_view first = type == GuestType::Qemu ? "file" : "volume";
  Disk disk;
  disk.options = parse_properties(text, first);
  if (const auto found = disk.options.find(first); found != disk.options.end()) {
    disk.volid = found->second;
    disk.options.erase(found);
  }
  return disk;
}

std::vector<KeyedDisk> disks_of(GuestType type, const Config& config) {
  std::vector<KeyedDisk> disks;
  for (const auto& [key, value] : config) {
    if (is_disk_key(type, key)) disks.push_back({key, parse_disk(type, value)});
  }
  return disks;
}

bool can_snapshot(State& state, std::string_view volid) {
  const auto* const storage = state.storage(volid.substr(0, volid.find(':')));
  if (storage == nullptr) return false;
  return snapshots_itself(storage->type()) || volid.ends_with(".qcow2");
}

bool can_clone(State& state, GuestType type, std::string_view volid, bool of_snapshot) {
  const auto* const storage = state.storage(volid.substr(0, volid.find(':')));
  if (storage == nullptr) return false;
  const bool base = volume_name(volid).starts_with("base");
  if (snapshots_itself(storage->type())) {
    return base || (of_snapshot && (storage->type() == "lvmthin" || storage->type() == "rbd"));
  }
  return base && type == GuestType::Qemu && keeps_files(*storage);
}

std::string new_volid(State& state, GuestType type, const Storage& storage, std::string_view node,
                      unsigned vmid, std::string_view format, std::string_view prefix) {
  const auto head = storage.id + ":" + (keeps_files(storage) ? std::to_string(vmid) + "/" : std::string());
  const auto kind = type == GuestType::Lxc && format == "subvol" && prefix == "vm" ? "subvol" : prefix;
  for (unsigned index = 0;; ++index) {
    const auto taken = [&](std::string_view each) {
      const auto name = fmt::format("{}{}-{}-disk-{}", head, each, vmid, index);
      for (const auto* const ending : {"", ".raw", ".qcow2", ".vmdk"}) {
        if (state.volume(name + ending, node) != nullptr) return true;
      }
      return false;
    };
    if (taken("vm") || taken("base") || taken("subvol")) continue;
    auto volid = fmt::format("{}{}-{}-disk-{}", head, kind, vmid, index);
    if (keeps_files(storage) && format != "subvol") volid += "." + std::string(format);
    return volid;
  }
}

namespace {

Volume fresh(State& state, GuestType type, const Storage& storage, std::string_view node, unsigned vmid,
             std::uint64_t size, std::string_view format) {
  Volume volume;
  volume.format = default_format(type, storage, format);
  volume.volid = new_volid(state, type, storage, node, vmid, volume.format);
  volume.node = node;
  volume.content = type == GuestType::Qemu ? "images" : "rootdir";
  volume.size = size;
  volume.vmid = vmid;
  return volume;
}

}  // namespace

NewVolume allocate(State& state, GuestType type, std::string_view storage_id, std::string_view node,
                   unsigned vmid, std::uint64_t size, std::string_view format, std::string_view parent) {
  const auto* const storage = state.storage(storage_id);
  if (storage == nullptr) return {};
  auto volume = fresh(state, type, *storage, node, vmid, size, format);
  volume.parent = parent;
  return put(state, *storage, std::move(volume));
}

NewVolume planned(State& state, GuestType type, std::string_view storage_id, std::string_view node,
                  unsigned vmid, std::uint64_t size, std::string_view format) {
  const auto* const storage = state.storage(storage_id);
  if (storage == nullptr) return {};
  return printed(*storage, fresh(state, type, *storage, node, vmid, size, format));
}

NewVolume allocate_cloudinit(State& state, std::string_view storage_id, std::string_view node, unsigned vmid,
                             std::string_view format) {
  const auto* const storage = state.storage(storage_id);
  if (storage == nullptr) return {};
  Volume volume;
  volume.format = default_format(GuestType::Qemu, *storage, format.empty() ? "qcow2" : format);
  volume.volid = keeps_files(*storage)
                     ? fmt::format("{}:{}/vm-{}-cloudinit.{}", storage->id, vmid, vmid, volume.format)
                     : fmt::format("{}:vm-{}-cloudinit", storage->id, vmid);
  volume.node = node;
  volume.content = "images";
  volume.size = 4ULL << 20U;
  volume.vmid = vmid;
  return put(state, *storage, std::move(volume));
}

void free_volume(State& state, std::string_view volid, std::string_view node) {
  state.drop_volume(volid, node);
}

void free_volumes(State& state, GuestType type, const Config& config, std::string_view node) {
  for (const auto& [key, disk] : disks_of(type, config)) {
    const bool cloudinit = disk.volid.find("cloudinit") != std::string::npos;
    if (!disk.is_cdrom() || cloudinit) free_volume(state, disk.volid, node);
  }
}

std::string used_by_clone(State& state, std::string_view volid) {
  const auto name = volume_name(volid);
  const auto* const storage = state.storage(volid.substr(0, volid.find(':')));
  // A clone on btrfs is a snapshot of its own, which does not need the base.
  if (!name.starts_with("base") || storage == nullptr || storage->type() == "btrfs") return {};
  for (const auto& [key, volume] : state.volumes) {
    if (volume.storage() == storage->id && volume.volid != volid &&
        volume.parent.find(name) != std::string::npos) {
      return volume.volid;
    }
  }
  return {};
}

std::optional<Answer> check_storage(State& state, GuestType type, std::string_view id,
                                    std::string_view node) {
  if (auto error = storage_error(state, id, node)) return Answer::fail(std::move(*error));
  const auto* const storage = state.storage(id);
  if (type == GuestType::Qemu && !storage->holds("images")) {
    return Answer::bad("storage", fmt::format("storage '{}' does not support vm images", id));
  }
  if (type == GuestType::Lxc && !storage->holds("rootdir")) {
    return Answer::bad("storage", fmt::format("storage '{}' does not support container directories", id));
  }
  return std::nullopt;
}

std::string memory_storage(State& state, const Guest& guest) {
  const auto configured = get(guest.config, "vmstatestorage");
  if (!configured.empty()) return std::string(configured);
  std::string first;
  for (const auto& [key, disk] : disks_of(guest.type, guest.config)) {
    const auto* const storage = disk.is_cdrom() ? nullptr : state.storage(disk.storage());
    if (storage == nullptr) continue;
    if (storage->shared()) return storage->id;
    if (first.empty()) first = storage->id;
  }
  return first.empty() ? "local" : first;
}

std::string save_memory(State& state, const Guest& guest, std::string_view storage_id,
                        std::string_view name) {
  const auto* const storage = state.storage(storage_id);
  const bool files = storage != nullptr && keeps_files(*storage);
  Volume image;
  image.volid = files ? fmt::format("{0}:{1}/vm-{1}-state-{2}.raw", storage_id, guest.vmid, name)
                      : fmt::format("{}:vm-{}-state-{}", storage_id, guest.vmid, name);
  image.node = guest.node;
  image.content = "images";
  image.format = "raw";
  // PVE allocates twice the memory, and 500 MiB for the devices.
  image.size = memory_size(guest) * 2 + (500ULL << 20U);
  image.vmid = guest.vmid;
  image.ctime = state.now();
  auto volid = image.volid;
  state.put_volume(std::move(image));
  return volid;
}

std::string readable(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string unused_key(const Config& config) {
  for (unsigned index = 0;; ++index) {
    auto key = fmt::format("unused{}", index);
    if (!has(config, key)) return key;
  }
}

}  // namespace simulator
