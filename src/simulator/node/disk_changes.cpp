// What is made of a node's disks: volume groups, thin pools, ZFS pools, mounted directories; and their
// health.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "simulator/core/permission.h"
#include "simulator/core/routes.h"
#include "simulator/core/tasks.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

Node& node_of(Call& call) { return *call.state.node(call.node()); }

PhysicalDisk* disk_at(Node& node, std::string_view path) {
  const auto found = std::ranges::find(node.disks, path, &PhysicalDisk::path);
  return found == node.disks.end() ? nullptr : &*found;
}

std::optional<Answer> refuse_disk(Node& node, std::string_view path) {
  const auto* const disk = disk_at(node, path);
  if (disk == nullptr) return Answer::fail("not a valid block device");
  if (disk->used.empty()) return std::nullopt;
  return Answer::fail(fmt::format("device '{}' is already in use", path));
}

JsonObject attribute(int id, std::string_view name, int value, int threshold, std::string_view raw) {
  return {{"id", fmt::format("{:3}", id)},
          {"name", name},
          {"flags", "-O--CK"},
          {"value", fmt::format("{:03}", value)},
          {"worst", fmt::format("{:03}", value)},
          {"threshold", fmt::format("{:03}", threshold)},
          {"raw", raw},
          {"fail", "-"},
          {"normalized", value}};
}

/// PVE shows the attributes of ATA disks, and the tool's text for NVMe.
Answer smart(Call& call) {
  const auto* const disk = disk_at(node_of(call), call.parameters.text("disk"));
  if (disk == nullptr) return Answer::fail("not a valid block device");
  JsonObject data{{"health", disk->health}};
  if (call.parameters.flag("healthonly")) return Answer::of(std::move(data));
  if (disk->wearout >= 0) data["wearout"] = disk->wearout;
  if (disk->type == "nvme") {
    data["type"] = "text";
    data["text"] = fmt::format(
        "\nSMART/Health Information (NVMe Log 0x02)\nCritical Warning:                   0x00\n"
        "Temperature:                        38 Celsius\nAvailable Spare:                    100%\n"
        "Percentage Used:                    {}%\nPower On Hours:                     11,204\n"
        "Media and Data Integrity Errors:    0\n",
        disk->wearout < 0 ? 0 : 100 - disk->wearout);
    return Answer::of(std::move(data));
  }
  data["type"] = "ata";
  const bool well = disk->health == "PASSED";
  JsonArray attributes{attribute(5, "Reallocated_Sector_Ct", well ? 100 : 1, 10, well ? "0" : "2304"),
                       attribute(9, "Power_On_Hours", 87, 0, "11204"),
                       attribute(194, "Temperature_Celsius", 66, 0, "34"),
                       attribute(197, "Current_Pending_Sector", 100, 0, well ? "0" : "16")};
  if (disk->wearout >= 0)
    attributes.push_back(attribute(233, "Media_Wearout_Indicator", disk->wearout, 0, "0"));
  data["attributes"] = std::move(attributes);
  return Answer::of(std::move(data));
}

/// One way to use a disk.
struct Use {
  std::string_view path;    ///< the last part of the endpoint's path
  std::string_view create;  ///< the type of the task
  std::string_view remove;
  std::string_view used;     ///< what the list of disks says then
  std::string_view storage;  ///< the type of the storage for it
  std::string_view exists;   ///< the refusal of a second one of that name
  Named<Config> Node::* objects;
};

constexpr auto kUses = std::to_array<Use>({
    {"lvm", "lvmcreate", "lvmremove", "LVM", "lvm", "volume group with name '{}' already exists on node '{}'",
     &Node::volume_groups},
    {"lvmthin", "lvmthincreate", "lvmthinremove", "LVM", "lvmthin",
     "volume group with name '{}' already exists on node '{}'", &Node::thin_pools},
    {"zfs", "zfscreate", "zfsremove", "ZFS", "zfspool", "pool '{}' already exists on node '{}'",
     &Node::zpools},
    {"directory", "dircreate", "dirremove", "ext4", "dir",
     "mount unit for '/mnt/pve/{}' already exists on '{}'", &Node::directories},
});

const Use& use_of(const Call& call) {
  constexpr std::string_view kDisks = "/nodes/{node}/disks/";
  auto path = call.endpoint.path.substr(kDisks.size());
  path = path.substr(0, path.find('/'));
  return *std::ranges::find(kUses, path, &Use::path);
}

bool name_taken(const Node& node, const Use& use, const std::string& name) {
  const bool group = use.objects == &Node::volume_groups || use.objects == &Node::thin_pools;
  if (group) return node.volume_groups.contains(name) || node.thin_pools.contains(name);
  return (node.*use.objects).contains(name);
}

void add_storage(State& state, const Use& use, const std::string& name, const std::string& node,
                 std::uint64_t size) {
  Storage storage;
  storage.id = name;
  storage.total = size;
  auto& config = storage.config;
  config = {{"type", std::string(use.storage)}, {"nodes", node}, {"content", "images,rootdir"}};
  if (use.storage == "lvm" || use.storage == "lvmthin") config["vgname"] = name;
  if (use.storage == "lvmthin") config["thinpool"] = name;
  if (use.storage == "zfspool") config["pool"] = name;
  if (use.storage == "dir") {
    config["path"] = "/mnt/pve/" + name;
    config["is_mountpoint"] = "1";
    config["content"] = "images,iso,vztmpl,backup,snippets,rootdir";
  }
  state.storages.emplace(name, std::move(storage));
}

/// A RAID keeps this part of its disks for data.
std::uint64_t usable(std::uint64_t sum, std::size_t disks, std::string_view level) {
  if (level == "mirror") return sum / disks;
  if (level == "raid10") return sum / 2;
  const std::size_t spare = level.ends_with('2') ? 2 : level.ends_with('3') ? 3 : level == "single" ? 0 : 1;
  return disks <= spare ? 0 : sum / disks * (disks - spare);
}

Answer create(Call& call) {
  const auto& use = use_of(call);
  auto& node = node_of(call);
  const auto name = call.parameters.text("name");
  const bool zfs = use.path == "zfs";
  const auto devices = zfs ? call.parameters.list("devices") : std::vector{call.parameters.text("device")};
  const bool stores = call.parameters.flag("add_storage");
  if (stores) {
    if (auto no = refuse(call, "/storage", {"Datastore.Allocate"})) return *no;
    if (call.state.storages.contains(name)) {
      return Answer::fail(fmt::format("storage ID '{}' already defined", name));
    }
  }
  std::uint64_t size = 0;
  for (const auto& device : devices) {
    if (auto no = refuse_disk(node, device)) return *no;
    size += disk_at(node, device)->size;
  }
  if (name_taken(node, use, name))
    return Answer::fail(fmt::format(fmt::runtime(use.exists), name, node.name));
  if (zfs) size = usable(size, devices.size(), call.parameters.text("raidlevel"));
  Config made{{"device", fmt::format("{}", fmt::join(devices, " "))}, {"size", std::to_string(size)}};
  if (zfs) made["raidlevel"] = call.parameters.text("raidlevel");
  if (use.path == "directory") made["type"] = call.parameters.text("filesystem", "ext4");
  auto work = [&use, name, devices, made, stores, size, on = node.name](State& state) {
    auto& host = *state.node(on);
    (host.*use.objects)[name] = made;
    for (const auto& device : devices) {
      auto* const disk = disk_at(host, device);
      disk->gpt = true;
      disk->used = use.used;
    }
    if (stores) add_storage(state, use, name, on, size);
    return TaskEnd{};
  };
  return run_task(call, use.create, name, std::chrono::seconds(4), std::move(work));
}

/// The disks keep their partitions unless the caller has them cleaned.
Answer remove(Call& call) {
  const auto& use = use_of(call);
  auto& node = node_of(call);
  const auto name = call.parameters.text("name");
  if (!(node.*use.objects).contains(name)) {
    return Answer::fail(fmt::format("'{}' does not exist on node '{}'", name, node.name));
  }
  const bool cleans = call.parameters.flag("cleanup-disks");
  const bool config = call.parameters.flag("cleanup-config");
  auto work = [&use, name, cleans, config, on = node.name](State& state) {
    auto& host = *state.node(on);
    const auto gone = (host.*use.objects).extract(name);
    for (auto& disk : host.disks) {
      const auto devices = split_list(gone.empty() ? "" : get(gone.mapped(), "device"));
      if (!cleans || std::ranges::find(devices, disk.path) == devices.end()) continue;
      disk.used.clear();
      disk.gpt = false;
    }
    if (config) state.storages.erase(name);
    return TaskEnd{};
  };
  return run_task(call, use.remove, name, std::chrono::seconds(3), std::move(work));
}

JsonObject group_row(std::string_view name, std::uint64_t size, std::uint64_t free,
                     const std::string& device) {
  JsonObject volume{{"name", device}, {"leaf", 1}, {"size", size}, {"free", free}};
  return {{"name", name}, {"leaf", 0},    {"size", size},
          {"free", free}, {"lvcount", 1}, {"children", JsonArray{base::Json(std::move(volume))}}};
}

/// The installer's group is on the partition that holds LVM.
Answer groups(Call& call) {
  auto& node = node_of(call);
  JsonArray rows;
  for (const auto& disk : node.disks) {
    for (const auto& partition : disk.partitions) {
      if (partition.used == "LVM") rows.push_back(group_row("pve", partition.size, 0, partition.path));
    }
  }
  for (const auto* const made : {&node.volume_groups, &node.thin_pools}) {
    for (const auto& [name, config] : *made) {
      const auto size = static_cast<std::uint64_t>(get_number(config, "size"));
      const bool thin = made == &node.thin_pools;
      rows.push_back(group_row(name, size, thin ? 0 : size, std::string(get(config, "device"))));
    }
  }
  return Answer::of(JsonObject{{"leaf", 0}, {"children", std::move(rows)}});
}

Answer zpools(Call& call) {
  JsonArray rows;
  for (const auto& [name, pool] : node_of(call).zpools) {
    const auto size = get_number(pool, "size");
    rows.push_back(JsonObject{{"name", name},
                              {"size", size},
                              {"alloc", 1'048'576},
                              {"free", size - 1'048'576},
                              {"frag", 0},
                              {"dedup", 1.0},
                              {"health", "ONLINE"}});
  }
  return Answer::of(std::move(rows));
}

Answer zpool(Call& call) {
  const auto name = call.parameters.text("name");
  const auto& pools = node_of(call).zpools;
  const auto found = pools.find(name);
  if (found == pools.end()) {
    return Answer::fail(fmt::format("command '/sbin/zpool status -P {}' failed: exit code 1", name));
  }
  JsonArray devices;
  for (const auto& device : split_list(get(found->second, "device"))) {
    devices.push_back(JsonObject{{"name", device},
                                 {"state", "ONLINE"},
                                 {"leaf", 1},
                                 {"msg", ""},
                                 {"read", 0},
                                 {"write", 0},
                                 {"cksum", 0}});
  }
  JsonObject root{{"name", name}, {"state", "ONLINE"}, {"leaf", 0},  {"msg", ""},
                  {"read", 0},    {"write", 0},        {"cksum", 0}, {"children", std::move(devices)}};
  return Answer::of(JsonObject{{"name", name},
                               {"state", "ONLINE"},
                               {"errors", "No known data errors"},
                               {"children", JsonArray{base::Json(std::move(root))}}});
}

Answer directories(Call& call) {
  JsonArray rows;
  for (const auto& [name, directory] : node_of(call).directories) {
    rows.push_back(JsonObject{{"path", "/mnt/pve/" + name},
                              {"device", get(directory, "device")},
                              {"type", get(directory, "type")},
                              {"options", "defaults"},
                              {"unitfile", fmt::format("/etc/systemd/system/mnt-pve-{}.mount", name)}});
  }
  return Answer::of(std::move(rows));
}

/// The name of the device without its folder, by which PVE names the task.
std::string device_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Answer write_table(Call& call) {
  auto& node = node_of(call);
  const auto path = call.parameters.text("disk");
  if (auto no = refuse_disk(node, path)) return *no;
  return run_task(call, "diskinit", device_name(path), std::chrono::seconds(1),
                  [path, on = node.name](State& state) {
                    disk_at(*state.node(on), path)->gpt = true;
                    return TaskEnd{};
                  });
}

Answer wipe(Call& call) {
  auto& node = node_of(call);
  const auto path = call.parameters.text("disk");
  const auto* const disk = disk_at(node, path);
  if (disk == nullptr) return Answer::fail("not a valid block device");
  if (disk->used == "mounted") return Answer::fail(fmt::format("disk/partition '{}' is mounted", path));
  return run_task(call, "wipedisk", device_name(path), std::chrono::seconds(2),
                  [path, on = node.name](State& state) {
                    auto& wiped = *disk_at(*state.node(on), path);
                    wiped.gpt = false;
                    wiped.used.clear();
                    wiped.partitions.clear();
                    return TaskEnd{};
                  });
}

using enum base::Method;
constexpr Route kDiskChangeRoutes[] = {
    {Get, "/nodes/{node}/disks/smart", smart},
    {Get, "/nodes/{node}/disks/lvm", groups},
    {Post, "/nodes/{node}/disks/lvm", create},
    {Delete, "/nodes/{node}/disks/lvm/{name}", remove},
    {Post, "/nodes/{node}/disks/lvmthin", create},
    {Delete, "/nodes/{node}/disks/lvmthin/{name}", remove},
    {Get, "/nodes/{node}/disks/zfs", zpools},
    {Post, "/nodes/{node}/disks/zfs", create},
    {Get, "/nodes/{node}/disks/zfs/{name}", zpool},
    {Delete, "/nodes/{node}/disks/zfs/{name}", remove},
    {Get, "/nodes/{node}/disks/directory", directories},
    {Post, "/nodes/{node}/disks/directory", create},
    {Delete, "/nodes/{node}/disks/directory/{name}", remove},
    {Post, "/nodes/{node}/disks/initgpt", write_table},
    {Put, "/nodes/{node}/disks/wipedisk", wipe},
};

}  // namespace

std::span<const Route> disk_change_routes() { return kDiskChangeRoutes; }

}  // namespace simulator
