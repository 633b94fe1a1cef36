#include "base/json.h"
#include "simulator/core/routes.h"
#include "simulator/guest/guest_clone.h"
#include "simulator/guest/guest_config.h"
#include "simulator/guest/guest_create.h"
#include "simulator/guest/guest_destroy.h"
#include "simulator/guest/guest_migrate.h"
#include "simulator/guest/guest_power.h"
#include "simulator/guest/guest_resize.h"
#include "simulator/guest/guest_view.h"
#include "simulator/guest/snapshot.h"

namespace simulator {
namespace {

constexpr auto kVm = GuestType::Qemu;

Answer status_index(Call&) {
  base::JsonArray list;
  for (const auto* const name : {"current", "start", "stop", "reset", "shutdown", "suspend", "reboot"}) {
    list.push_back(base::JsonObject{{"subdir", name}});
  }
  return Answer::of(std::move(list));
}

// PVE does not look whether the snapshot exists.
Answer snapshot_index(Call&) {
  return Answer::of(
      base::JsonArray{base::JsonObject{{"cmd", "rollback"}}, base::JsonObject{{"cmd", "config"}}});
}

using enum base::Method;

constexpr Route kRoutes[] = {
    {Get, "/nodes/{node}/qemu", [](Call& call) { return list_guests(call, kVm); }},
    {Post, "/nodes/{node}/qemu", create_vm},
    {Get, "/nodes/{node}/qemu/{vmid}", [](Call& call) { return guest_index(call, kVm); }},
    {Delete, "/nodes/{node}/qemu/{vmid}", destroy_vm},
    {Get, "/nodes/{node}/qemu/{vmid}/config", [](Call& call) { return guest_config(call, kVm); }},
    {Put, "/nodes/{node}/qemu/{vmid}/config", [](Call& call) { return update_config(call, kVm); }},
    {Post, "/nodes/{node}/qemu/{vmid}/config", update_config_task},
    {Get, "/nodes/{node}/qemu/{vmid}/pending", [](Call& call) { return guest_pending(call, kVm); }},
    {Put, "/nodes/{node}/qemu/{vmid}/unlink", unlink_disks},
    {Get, "/nodes/{node}/qemu/{vmid}/feature", [](Call& call) { return guest_feature(call, kVm); }},
    {Get, "/nodes/{node}/qemu/{vmid}/status", status_index},
    {Get, "/nodes/{node}/qemu/{vmid}/status/current", [](Call& call) { return guest_status(call, kVm); }},
    {Post, "/nodes/{node}/qemu/{vmid}/status/start", start_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/status/stop", stop_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/status/shutdown", shutdown_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/status/reboot", reboot_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/status/reset", reset_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/status/suspend", suspend_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/status/resume", resume_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/clone", clone_vm},
    {Get, "/nodes/{node}/qemu/{vmid}/migrate", [](Call& call) { return migrate_preconditions(call, kVm); }},
    {Post, "/nodes/{node}/qemu/{vmid}/migrate", migrate_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/template", template_vm},
    {Put, "/nodes/{node}/qemu/{vmid}/resize", resize_vm},
    {Post, "/nodes/{node}/qemu/{vmid}/move_disk", [](Call& call) { return move_disk(call, kVm); }},
    {Get, "/nodes/{node}/qemu/{vmid}/snapshot", [](Call& call) { return list_snapshots(call, kVm); }},
    {Post, "/nodes/{node}/qemu/{vmid}/snapshot", [](Call& call) { return create_snapshot(call, kVm); }},
    {Get, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", snapshot_index},
    {Delete, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}",
     [](Call& call) { return delete_snapshot(call, kVm); }},
    {Get, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
     [](Call& call) { return snapshot_config(call, kVm); }},
    {Put, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config",
     [](Call& call) { return update_snapshot(call, kVm); }},
    {Post, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
     [](Call& call) { return rollback_snapshot(call, kVm); }},
};

}  // namespace

std::span<const Route> qemu_routes() { return kRoutes; }

}  // namespace simulator
