// The guests of a world, with their disks, snapshots and backups, and the files of its storages.
#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/call.h"
#include "simulator/core/time_text.h"
#include "simulator/world/world.h"

namespace simulator {
namespace {

constexpr std::uint64_t kGiB = 1024ULL * 1024 * 1024;
constexpr std::int64_t kDay = 86'400;
constexpr std::uint64_t kGreatestVmid = 999'999'999;

using enum GuestType;

struct Row {
  unsigned vmid = 0;
  GuestType type = Qemu;
  std::string name;
  std::string node;
  std::string storage;
  std::uint64_t cores = 0;
  std::uint64_t memory = 0;  ///< MiB
  std::uint64_t disk = 0;    ///< GiB
  std::string ostype;
  bool is_template = false;
};

Row row_from(const State& state, const Part& world, const Part& part) {
  part.knows({"vmid", "type", "node", "name", "running", "cores", "memory", "disk", "storage", "tags", "pool",
              "template", "ostype", "agent", "config", "firewall", "notes"});
  Row row;
  row.vmid = static_cast<unsigned>(part.member("vmid").number(100, kGreatestVmid));
  if (state.guests.contains(row.vmid))
    part.member("vmid").refuse("write a number that no earlier guest has.");
  row.type = part.member("type").one_of({"qemu", "lxc"}) == "lxc" ? Lxc : Qemu;
  row.name = part.member("name").text();
  std::vector<std::string> nodes;
  for (const auto& [name, node] : state.nodes) nodes.push_back(name);
  row.node = part.member("node").one_of(nodes);
  row.storage = part.member("storage").one_of(names_in(world.member("storages")));
  row.cores = part.member("cores").number(1, 8192);
  row.memory = part.member("memory").number(16, 1ULL << 24U);
  row.disk = part.member("disk").number(1, 1ULL << 20U);
  row.ostype = part.member("ostype").text_or(row.type == Qemu ? "l26" : "debian");
  row.is_template = part.member("template").flag_or(false);
  return row;
}

std::string mac_of(unsigned vmid) {
  return fmt::format("BC:24:11:{:02X}:{:02X}:{:02X}", (vmid >> 16U) & 255U, (vmid >> 8U) & 255U, vmid & 255U);
}

std::string uuid_of(unsigned vmid) { return fmt::format("5e1f0000-0000-4000-8000-{:012x}", vmid); }

std::string add_disk(State& state, const Row& row, std::string_view prefix) {
  Volume volume;
  volume.volid = state.free_volid(row.storage, row.vmid, row.node, prefix);
  volume.node = row.node;
  volume.content = row.type == Qemu ? "images" : "rootdir";
  volume.format = "raw";
  volume.size = row.disk * kGiB;
  volume.used = volume.size / 5 * (1 + row.vmid % 4);
  volume.vmid = row.vmid;
  volume.ctime = state.now() - 200 * kDay;
  auto volid = volume.volid;
  state.put_volume(std::move(volume));
  return volid;
}

void configure_vm(State& state, const Row& row, Config& config) {
  const auto disk = add_disk(state, row, row.is_template ? "base" : "vm");
  config["name"] = row.name;
  config["cores"] = std::to_string(row.cores);
  config["sockets"] = "1";
  config["memory"] = std::to_string(row.memory);
  config["cpu"] = "x86-64-v2-AES";
  config["ostype"] = row.ostype;
  config["scsihw"] = "virtio-scsi-single";
  config["scsi0"] = fmt::format("{},discard=on,iothread=1,size={}G", disk, row.disk);
  config["net0"] = fmt::format("virtio={},bridge=vmbr0", mac_of(row.vmid));
  config["boot"] = "order=scsi0;net0";
  config["agent"] = "1";
  config["smbios1"] = "uuid=" + uuid_of(row.vmid);
  config["vmgenid"] = uuid_of(row.vmid + 1'000'000);
  config["meta"] = fmt::format("creation-qemu=10.0.2,ctime={}", state.now() - 200 * kDay);
}

void configure_container(State& state, const Row& row, Config& config) {
  const auto disk = add_disk(state, row, row.is_template ? "base" : "vm");
  config["hostname"] = row.name;
  config["arch"] = "amd64";
  config["cores"] = std::to_string(row.cores);
  config["memory"] = std::to_string(row.memory);
  config["swap"] = "512";
  config["ostype"] = row.ostype;
  config["rootfs"] = fmt::format("{},size={}G", disk, row.disk);
  config["net0"] = fmt::format("name=eth0,bridge=vmbr0,hwaddr={},ip=dhcp,type=veth", mac_of(row.vmid));
  config["unprivileged"] = "1";
  config["features"] = "nesting=1";
}

void add_guest(State& state, const Part& world, const Part& part) {
  const auto row = row_from(state, world, part);
  Guest guest;
  guest.vmid = row.vmid;
  guest.type = row.type;
  guest.node = row.node;
  if (row.type == Qemu) {
    configure_vm(state, row, guest.config);
  } else {
    configure_container(state, row, guest.config);
  }
  if (row.is_template) guest.config["template"] = "1";
  if (auto tags = part.member("tags").text_or(""); !tags.empty()) guest.config["tags"] = std::move(tags);
  if (auto notes = part.member("notes").text_or(""); !notes.empty())
    guest.config["description"] = std::move(notes);
  if (part.member("running").flag_or(false)) {
    guest.config["onboot"] = "1";
    guest.running = true;
    guest.qmpstatus = "running";
    guest.started = state.now() - kDay * (1 + row.vmid % 30) - std::int64_t{row.vmid} * 7;
    guest.pid = state.next_pid++;
  }
  for (auto& [key, value] : part.member("config").config()) guest.config[key] = value;
  guest.has_agent = part.member("agent").flag_or(true);
  if (part.member("pool").present()) guest.pool = part.member("pool").one_of(names_in(world.member("pools")));
  if (const auto firewall = part.member("firewall"); firewall.present()) {
    state.guest_firewalls[row.vmid] = firewall_from(firewall);
  }
  state.guests.emplace(row.vmid, std::move(guest));
}

/// The guest that a part of the file names. Nullptr if the cluster has fewer guests than the file, or if the
/// file does not have it, which is an error.
Guest* guest_of(State& state, const Part& world, const Part& part) {
  const auto vmid = part.member("vmid").number(100, kGreatestVmid);
  const auto guests = world.member("guests").items();
  const bool known = std::ranges::any_of(
      guests, [&](const Part& guest) { return guest.member("vmid").number(100, kGreatestVmid) == vmid; });
  if (!known) part.member("vmid").refuse("write the number of a guest of this file.");
  return state.guest(static_cast<unsigned>(vmid));
}

void add_snapshot(State& state, const Part& world, const Part& part) {
  part.knows({"vmid", "name", "description", "age"});
  auto* guest = guest_of(state, world, part);
  if (guest == nullptr) return;
  Snapshot snapshot;
  snapshot.name = part.member("name").text();
  snapshot.parent = std::string(get(guest->config, "parent"));
  snapshot.description = part.member("description").text_or("");
  snapshot.time = state.now() - part.member("age").seconds();
  snapshot.config = guest->config;
  snapshot.config.erase("parent");
  guest->config["parent"] = snapshot.name;
  guest->snapshots.push_back(std::move(snapshot));
}

/// Adds a backup. Without a size in the file it is as large as the disk on a Proxmox Backup Server, and a
/// quarter of that elsewhere.
void add_backup(State& state, const Part& world, const Part& part) {
  part.knows({"vmid", "storage", "age", "size"});
  const auto* const guest = guest_of(state, world, part);
  const auto storage = part.member("storage").one_of(names_in(world.member("storages")));
  const auto when = state.now() - part.member("age").seconds();
  if (guest == nullptr || !state.storages.contains(storage)) return;
  const bool vm = guest->type == Qemu;
  const bool server = state.storage(storage)->type() == "pbs";
  Volume volume;
  volume.volid =
      server ? fmt::format("{}:backup/{}/{}/{}", storage, vm ? "vm" : "ct", guest->vmid, iso_time(when))
             : fmt::format("{}:backup/vzdump-{}-{}-{}.{}.zst", storage, guest->type_name(), guest->vmid,
                           archive_time(when), vm ? "vma" : "tar");
  volume.node = guest->node;
  volume.content = "backup";
  volume.format = server ? (vm ? "pbs-vm" : "pbs-ct") : (vm ? "vma.zst" : "tar.zst");
  volume.size =
      part.member("size").present() ? part.member("size").bytes() : disk_size(*guest) / (server ? 1 : 4);
  volume.vmid = guest->vmid;
  volume.ctime = when;
  volume.notes = guest->name();
  volume.guest_config = guest->config;
  state.put_volume(std::move(volume));
}

/// Adds a file of a storage on every node. An unused disk of a guest that the cluster does not have is
/// skipped.
void add_file(State& state, const Part& world, const Part& part) {
  part.knows({"volume", "content", "format", "size", "age", "vmid", "unused"});
  Volume volume;
  volume.volid = part.member("volume").text();
  if (!state.storages.contains(volume.storage())) {
    part.member("volume").refuse("begin with a storage of this file, as in local:iso/debian.iso.");
  }
  volume.content = part.member("content").text();
  volume.format = part.member("format").text();
  volume.size = part.member("size").bytes();
  volume.ctime = state.now() - part.member("age").seconds();
  volume.vmid = static_cast<unsigned>(part.member("vmid").number_or(0));
  if (part.member("unused").present()) {
    auto* const guest = guest_of(state, world, part);
    if (guest == nullptr) return;
    guest->config[part.member("unused").text()] = volume.volid;
  }
  for (const auto& [name, node] : state.nodes) {
    volume.node = name;
    state.put_volume(volume);
  }
}

}  // namespace

void add_guests(State& state, const Part& world) {
  const bool demo = state.options.world.empty();
  for (const auto& part : world.member("guests").items()) {
    if (demo && state.guests.size() == state.options.guests) break;
    add_guest(state, world, part);
  }
  if (demo) add_fleet(state, state.options.guests - static_cast<unsigned>(state.guests.size()));
  for (const auto& part : world.member("snapshots").items()) add_snapshot(state, world, part);
  for (const auto& part : world.member("backups").items()) add_backup(state, world, part);
  for (const auto& part : world.member("files").items()) add_file(state, world, part);
}

}  // namespace simulator
