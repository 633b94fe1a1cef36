// The physical disks of a node.
#include "simulator/core/routes.h"
#include "simulator/node/usage.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

base::Json osd_list(int osd) {
  if (osd < 0) return nullptr;
  return JsonArray{base::Json(std::to_string(osd))};
}

JsonObject disk_row(const PhysicalDisk& disk, bool smart) {
  JsonObject row{{"devpath", disk.path},
                 {"type", disk.type},
                 {"size", disk.size},
                 {"model", disk.model},
                 {"serial", disk.serial},
                 {"vendor", disk.vendor},
                 {"wwn", disk.wwn},
                 {"rpm", disk.rpm},
                 {"gpt", disk.gpt ? 1 : 0},
                 {"osdid", disk.osd},
                 {"osdid-list", osd_list(disk.osd)},
                 {"health", smart ? disk.health : "UNKNOWN"},
                 {"wearout", "N/A"}};
  if (smart && disk.wearout >= 0) row["wearout"] = disk.wearout;
  if (!disk.used.empty()) row["used"] = disk.used;
  if (disk.used == "mounted") row["mounted"] = 1;
  return row;
}

JsonObject partition_row(const PhysicalDisk& disk, const Partition& partition) {
  JsonObject row{{"devpath", partition.path},
                 {"parent", disk.path},
                 {"type", "partition"},
                 {"size", partition.size},
                 {"gpt", 1},
                 {"osdid", -1},
                 {"osdid-list", osd_list(-1)},
                 {"mounted", 0}};
  if (!partition.used.empty()) row["used"] = partition.used;
  if (partition.used == "mounted") row["mounted"] = 1;
  return row;
}

bool wanted(std::string_view filter, const PhysicalDisk& disk) {
  if (filter == "unused") return disk.used.empty();
  if (filter == "journal_disks") return disk.used.empty() || (disk.gpt && disk.osd < 0);
  return true;
}

Answer list(Call& call) {
  const auto filter = call.parameters.text("type");
  const bool smart = !call.parameters.flag("skipsmart");
  const bool partitions = call.parameters.flag("include-partitions");
  JsonArray rows;
  for (const auto& disk : call.state.node(call.node())->disks) {
    if (!wanted(filter, disk)) continue;
    rows.push_back(disk_row(disk, smart));
    if (!partitions) continue;
    for (const auto& partition : disk.partitions) rows.push_back(partition_row(disk, partition));
  }
  return Answer::of(std::move(rows));
}

/// One row for each thin pool of a storage. The metadata fills more slowly than the data, as in LVM.
Answer thin_pools(Call& call) {
  constexpr std::uint64_t kMetadata = 16'777'216ULL * 1024;
  JsonArray rows;
  for (const auto& [id, storage] : call.state.storages) {
    if (storage.type() != "lvmthin") continue;
    const auto usage = storage_usage(call.state, storage, call.node());
    if (usage.total == 0) continue;
    rows.emplace_back(JsonObject{{"vg", get(storage.config, "vgname")},
                                 {"lv", get(storage.config, "thinpool")},
                                 {"lv_size", usage.total},
                                 {"used", usage.used},
                                 {"metadata_size", kMetadata},
                                 {"metadata_used", kMetadata / 100 * (usage.used * 20 / usage.total + 1)}});
  }
  return Answer::of(std::move(rows));
}

constexpr Route kDisksRoutes[] = {{base::Method::Get, "/nodes/{node}/disks/list", list},
                                  {base::Method::Get, "/nodes/{node}/disks/lvmthin", thin_pools}};

}  // namespace

std::span<const Route> disks_routes() { return kDisksRoutes; }

}  // namespace simulator
