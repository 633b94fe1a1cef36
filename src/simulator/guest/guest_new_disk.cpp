#include "simulator/guest/guest_new_disk.h"

#include <fmt/format.h>

#include "simulator/storage/storage_volume.h"

namespace simulator {
namespace {

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = kKiB * 1024;

std::string_view source_of(const Disk& disk) { return get(disk.options, "import-from"); }

/// PVE ignores the call's size for the firmware's variables and takes the size of their template, in whole
/// extents on LVM. 528K in a file is recorded; 128K and the extents are from memory.
std::optional<std::uint64_t> fixed_size(State& state, std::string_view key, const Disk& disk) {
  if (key == "tpmstate0") return 4 * kMiB;
  if (key != "efidisk0") return std::nullopt;
  const auto* const storage = state.storage(disk.storage());
  if (storage != nullptr && storage->type().starts_with("lvm")) return 4 * kMiB;
  return (get(disk.options, "efitype") == "4m" ? 528 : 128) * kKiB;
}

/// "create full clone of drive scsi0 (local:101/vm-101-disk-0.qcow2)", with the drive of the source's guest.
std::string import_line(State& state, std::string_view source) {
  std::string drive;
  if (const auto* const owner = state.guest(parse_volume_name(source).vmid)) {
    for (const auto& [key, disk] : disks_of(owner->type, owner->config)) {
      if (disk.volid == source) drive = key + " ";
    }
  }
  return fmt::format("create full clone of drive {}({})", drive, source);
}

void transfer_lines(std::uint64_t size, std::vector<std::string>& log) {
  for (const unsigned percent : {0U, 50U, 100U}) {
    const auto done = size / 100 * percent + size % 100 * percent / 100;
    log.push_back(fmt::format("transferred {} of {} ({}.00%)", readable(done), readable(size), percent));
  }
}

Disk cloudinit_disk(State& state, const Place& place, std::string_view key, Disk disk,
                    std::vector<std::string>& log) {
  auto made = allocate_cloudinit(state, disk.storage(), place.node, place.vmid, get(disk.options, "format"));
  disk.volid = made.volid;
  disk.options.erase("format");
  disk.options["media"] = "cdrom";
  log.insert(log.end(), made.log.begin(), made.log.end());
  log.push_back(fmt::format("{}: successfully created disk '{}'", key, disk.text()));
  return disk;
}

}  // namespace

Disk make_disk(State& state, const Place& place, std::string_view key, Disk asked,
               std::vector<std::string>& log) {
  if (asked.volid.ends_with(":cloudinit")) return cloudinit_disk(state, place, key, std::move(asked), log);
  const auto wanted = asked.wanted();
  if (!wanted) {
    const auto* const volume = state.volume(asked.volid, place.node);
    if (volume != nullptr) asked.options["size"] = format_size(volume->size);
    return asked;
  }
  const auto source = std::string(source_of(asked));
  const auto* const imported = source.empty() ? nullptr : state.volume(source, place.node);
  const auto size = imported != nullptr ? imported->size : fixed_size(state, key, asked).value_or(*wanted);
  const auto format = std::string(get(asked.options, "format"));
  if (imported != nullptr) log.push_back(import_line(state, source));
  auto made = allocate(state, place.type, asked.storage(), place.node, place.vmid, size, format);
  log.insert(log.end(), made.log.begin(), made.log.end());
  if (imported != nullptr) {
    log.push_back(fmt::format("allocated target volume '{}'", made.volid));
    transfer_lines(size, log);
  }
  asked.volid = made.volid;
  asked.options.erase("format");
  asked.options.erase("import-from");
  asked.options["size"] = format_size(size);
  if (place.type == GuestType::Qemu) {
    log.push_back(fmt::format("{}: successfully created disk '{}'", key, asked.text()));
  }
  return asked;
}

std::optional<Answer> refuse_import(State& state, std::string_view key, const Disk& asked) {
  const auto source = source_of(asked);
  if (source.empty()) return std::nullopt;
  if (source.starts_with('/')) {
    return Answer::fail(
        "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm "
        "line 651.");
  }
  const auto name = parse_volume_name(source);
  const auto* const storage = state.storage(name.storage);
  if (storage == nullptr) return Answer::fail(fmt::format("storage '{}' does not exist", name.storage));
  if (name.content.empty()) return unparsable(*storage, name);
  if (name.content == "images" || name.content == "import") return std::nullopt;
  // The text is from memory.
  return Answer::bad(
      key, fmt::format("{} has wrong type '{}' - needs to be 'images' or 'import'", source, name.content));
}

std::optional<std::string> import_error(State& state, std::string_view node, const Disk& asked) {
  const auto source = source_of(asked);
  if (source.empty() || state.volume(source, node) != nullptr) return std::nullopt;
  const auto name = parse_volume_name(source);
  const auto* const storage = state.storage(name.storage);
  if (storage == nullptr) return fmt::format("storage '{}' does not exist", name.storage);
  return fmt::format("failed to stat '{}'", volume_path(*storage, name));
}

}  // namespace simulator
