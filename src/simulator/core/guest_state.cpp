#include "simulator/core/guest_state.h"

#include <algorithm>

#include "base/number.h"
#include "base/text.h"
#include "simulator/core/call.h"

namespace simulator {

std::string_view get(const Config& config, std::string_view key, std::string_view otherwise) {
  const auto found = config.find(key);
  return found == config.end() ? otherwise : std::string_view(found->second);
}

std::int64_t get_number(const Config& config, std::string_view key, std::int64_t otherwise) {
  auto text = get(config, key);
  return base::take_number<std::int64_t>(text).value_or(otherwise);
}

bool has(const Config& config, std::string_view key) { return config.contains(key); }

Snapshot* Guest::snapshot(std::string_view wanted) {
  const auto found = std::ranges::find(snapshots, wanted, &Snapshot::name);
  return found == snapshots.end() ? nullptr : &*found;
}

namespace {

std::string_view boot_disk(const Guest& guest) {
  if (guest.type == GuestType::Lxc) return "rootfs";
  const auto boot = get(guest.config, "boot");
  if (boot.starts_with("order=")) {
    const auto order = boot.substr(6);
    for (const auto key : base::split(order, ';')) {
      if (key.starts_with("net") || get(guest.config, key).find("media=cdrom") != std::string_view::npos) {
        continue;
      }
      return key;
    }
  }
  for (const std::string_view key : {"scsi0", "virtio0", "sata0", "ide0"}) {
    if (guest.config.contains(key)) return key;
  }
  return {};
}

}  // namespace

std::uint64_t disk_size(const Guest& guest) {
  const auto disk = get(guest.config, boot_disk(guest));
  const auto at = disk.find("size=");
  if (at == std::string_view::npos) return 0;
  const auto text = disk.substr(at + 5);
  return parse_size(text.substr(0, text.find(',')));
}

std::uint64_t memory_size(const Guest& guest) {
  constexpr std::uint64_t kMebibyte = 1024UL * 1024;
  auto text = get(guest.config, "memory");
  if (text.starts_with("current=")) text.remove_prefix(8);
  return base::take_number<std::uint64_t>(text).value_or(512) * kMebibyte;
}

unsigned core_count(const Guest& guest) {
  const auto sockets = guest.type == GuestType::Qemu ? get_number(guest.config, "sockets", 1) : 1;
  return static_cast<unsigned>(std::max<std::int64_t>(1, sockets * get_number(guest.config, "cores", 1)));
}

bool Storage::shared() const {
  static constexpr std::string_view kAlways[] = {"nfs", "cifs", "cephfs", "rbd", "pbs", "iscsi"};
  return get(config, "shared") == "1" || std::ranges::find(kAlways, type()) != std::end(kAlways);
}

bool Storage::on(std::string_view node) const {
  const auto nodes = get(config, "nodes");
  if (nodes.empty()) return true;
  const auto names = base::split(nodes, ',');
  return std::ranges::find(names, node) != names.end();
}

bool Storage::holds(std::string_view content) const {
  const auto kinds = base::split(get(config, "content"), ',');
  return std::ranges::find(kinds, content) != kinds.end();
}

}  // namespace simulator
