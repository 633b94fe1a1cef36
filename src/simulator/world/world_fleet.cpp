// Adds thousands of similar guests. Each is a copy of a prototype, which is much cheaper than building each
// configuration.
#include <fmt/format.h>

#include "simulator/world/world.h"

namespace simulator {
namespace {

constexpr std::uint64_t kGiB = 1024ULL * 1024 * 1024;
constexpr std::int64_t kDay = 86'400;

Guest prototype(GuestType type) {
  Guest guest;
  guest.type = type;
  guest.config = {{"cores", "2"}, {"memory", "2048"}, {"tags", "fleet"},
                  {"rootfs", ""}, {"hostname", ""},   {"net0", ""}};
  if (type == GuestType::Lxc) {
    guest.config.insert({{"arch", "amd64"}, {"ostype", "debian"}, {"swap", "512"}, {"unprivileged", "1"}});
    return guest;
  }
  guest.config.erase("rootfs");
  guest.config.erase("hostname");
  guest.config.insert({{"name", ""},
                       {"scsi0", ""},
                       {"boot", "order=scsi0"},
                       {"ostype", "l26"},
                       {"scsihw", "virtio-scsi-single"},
                       {"smbios1", ""}});
  return guest;
}

void make_own(Guest& guest, unsigned vmid) {
  const bool vm = guest.type == GuestType::Qemu;
  const auto name = fmt::format("{}-{:05}", vm ? "vm" : "ct", vmid - 1000);
  const auto disk = fmt::format("ceph-vm:vm-{}-disk-0,size=16G", vmid);
  const auto mac =
      fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", vmid >> 16U, (vmid >> 8U) & 255U, vmid & 255U);
  guest.config[vm ? "name" : "hostname"] = name;
  guest.config[vm ? "scsi0" : "rootfs"] = disk;
  guest.config["net0"] =
      vm ? "virtio=" + mac + ",bridge=vmbr0" : "name=eth0,bridge=vmbr0,hwaddr=" + mac + ",ip=dhcp,type=veth";
  if (vm) guest.config["smbios1"] = fmt::format("uuid=5e1f0000-0000-4000-8000-{:012x}", vmid);
  if (vmid % 2 == 0) return;
  guest.config["tags"] = "fleet;lab";
  guest.pool = "lab";
}

}  // namespace

void add_fleet(State& state, unsigned count) {
  constexpr std::string_view kNodes[] = {"pve1", "pve2", "pve3"};
  const Guest vm = prototype(GuestType::Qemu);
  const Guest container = prototype(GuestType::Lxc);
  Volume volume;
  volume.format = "raw";
  volume.size = 16 * kGiB;
  volume.used = 4 * kGiB;
  volume.ctime = state.now() - 90 * kDay;
  for (unsigned vmid = 1000; vmid < 1000 + count; ++vmid) {
    auto& own = state.guests.emplace_hint(state.guests.end(), vmid, vmid % 5 != 0 ? vm : container)->second;
    own.vmid = vmid;
    own.node = kNodes[vmid % 3];
    make_own(own, vmid);
    if (vmid % 4 != 0) {
      own.running = true;
      own.qmpstatus = "running";
      own.started = state.now() - kDay * (1 + vmid % 30) - std::int64_t{vmid} * 7;
      own.pid = state.next_pid++;
    }
    volume.volid = fmt::format("ceph-vm:vm-{}-disk-0", vmid);
    volume.vmid = vmid;
    volume.content = own.type == GuestType::Qemu ? "images" : "rootdir";
    state.volumes.emplace_hint(state.volumes.end(), std::pair(volume.volid, std::string()), volume);
  }
}

}  // namespace simulator
