#include "simulator/guest/guest_resize.h"

#include <fmt/format.h>

#include "simulator/guest/guest_disk.h"
#include "simulator/storage/storage_volume.h"

namespace simulator {
namespace {

using std::chrono::milliseconds;

/// The new size in bytes: "+5G" adds to `size`, "32G" replaces it.
std::uint64_t new_size(std::string_view text, std::uint64_t size) {
  return text.starts_with('+') ? size + parse_size(text.substr(1)) : parse_size(text);
}

std::uint64_t size_of(State& state, const Guest& guest, const Disk& disk) {
  const auto* const volume = state.volume(disk.volid, guest.node);
  return volume == nullptr ? parse_size(get(disk.options, "size")) : volume->size;
}

void resize_now(State& state, Guest& guest, const std::string& key, std::uint64_t size) {
  auto disk = parse_disk(guest.type, get(guest.config, key));
  if (auto* const volume = state.volume(disk.volid, guest.node)) volume->size = size;
  disk.options["size"] = format_size(size);
  guest.config[key] = disk.text();
}

/// If the volume is a file, e2fsck repairs something after a long wait and exits with 1. PVE logs that as a
/// failure, but the task ends with OK.
std::vector<std::string> container_resize_log(State& state, std::string_view volid) {
  const auto* const storage = state.storage(volid.substr(0, volid.find(':')));
  if (storage == nullptr || !keeps_files(*storage)) return {"Image resized."};
  const auto path = volume_path(*storage, parse_volume_name(volid));
  return {
      "Image resized.",
      "e2fsck 1.47.0 (5-Feb-2023)",
      "MMP interval is 10 seconds and total wait time is 42 seconds. Please wait...",
      path + ": recovering journal",
      "Pass 1: Checking inodes, blocks, and sizes",
      "Pass 2: Checking directory structure",
      "Pass 3: Checking directory connectivity",
      "Pass 4: Checking reference counts",
      "Pass 5: Checking group summary information",
      path + ": ***** FILE SYSTEM WAS MODIFIED *****",
      fmt::format(
          "Failed to update the container's filesystem: command 'e2fsck -f -y {}' failed: exit code 1", path),
      ""};
}

std::optional<std::string> vm_resize_error(State& state, const Guest& guest, const std::string& key,
                                           const std::string& digest, const std::string& text) {
  if (!digest.empty() && digest != guest_digest(guest))
    return "checksum mismatch (file change by other user?)";
  if (auto locked = lock_error(guest)) return locked;
  if (!has(guest.config, key)) return fmt::format("disk '{}' does not exist", key);
  const auto disk = parse_disk(guest.type, get(guest.config, key));
  if (disk.volid == "none") return fmt::format("disk '{}' has no associated volume", key);
  if (disk.is_cdrom()) return "you can't resize a cdrom";
  if (state.volume(disk.volid, guest.node) == nullptr)
    return fmt::format("volume '{}' does not exist", disk.volid);
  const auto size = size_of(state, guest, disk);
  if (new_size(text, size) < size) return "shrinking disks is not supported";
  return std::nullopt;
}

}  // namespace

Answer resize_vm(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return *refused;
  const auto key = call.parameters.text("disk");
  const auto text = call.parameters.text("size");
  const auto digest = call.parameters.text("digest");
  return run_guest_task(
      call,
      {.type = "resize",
       .duration = milliseconds(600),
       .check = [=](State& state, Guest& guest) { return vm_resize_error(state, guest, key, digest, text); },
       .work =
           [=](State& state, Guest& guest) {
             const auto disk = parse_disk(GuestType::Qemu, get(guest.config, key));
             resize_now(state, guest, key, new_size(text, size_of(state, guest, disk)));
             return TaskEnd{"OK", {"Image resized."}};
           }});
}

Answer resize_container(Call& call, Guest& guest) {
  if (auto locked = lock_error(guest)) return Answer::fail(*locked);
  if (auto stale = check_digest(call, guest_digest(guest))) return *stale;
  const auto key = call.parameters.text("disk");
  if (!has(guest.config, key)) return Answer::fail(fmt::format("disk '{}' does not exist", key));
  const auto size = size_of(call.state, guest, parse_disk(GuestType::Lxc, get(guest.config, key)));
  const auto wanted = new_size(call.parameters.text("size"), size);
  if (wanted < size) return Answer::fail("unable to shrink disk size");
  if (wanted == size) return Answer::fail("disk is already at specified size");
  auto log = container_resize_log(call.state, parse_disk(GuestType::Lxc, get(guest.config, key)).volid);
  const bool checks = log.size() > 1;
  return run_guest_task(call, {.type = "resize",
                               .duration = milliseconds(checks ? 64'000 : 900),
                               .check = [](State&, Guest& each) { return lock_error(each); },
                               .work =
                                   [key, wanted, log = std::move(log)](State& state, Guest& each) {
                                     resize_now(state, each, key, wanted);
                                     return TaskEnd{"OK", log};
                                   }});
}

}  // namespace simulator
