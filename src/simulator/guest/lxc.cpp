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

constexpr auto kCt = GuestType::Lxc;

Answer status_index(Call&) {
  base::JsonArray list;
  for (const auto* const name : {"current", "start", "stop", "shutdown", "reboot", "migrate"}) {
    list.push_back(base::JsonObject{{"subdir", name}});
  }
  return Answer::of(std::move(list));
}

Answer snapshot_index(Call&) {
  return Answer::of(
      base::JsonArray{base::JsonObject{{"cmd", "rollback"}}, base::JsonObject{{"cmd", "config"}}});
}

using enum base::Method;

constexpr Route kRoutes[] = {
    {Get, "/nodes/{node}/lxc", [](Call& call) { return list_guests(call, kCt); }},
    {Post, "/nodes/{node}/lxc", create_container},
    {Get, "/nodes/{node}/lxc/{vmid}", [](Call& call) { return guest_index(call, kCt); }},
    {Delete, "/nodes/{node}/lxc/{vmid}", destroy_container},
    {Get, "/nodes/{node}/lxc/{vmid}/config", [](Call& call) { return guest_config(call, kCt); }},
    {Put, "/nodes/{node}/lxc/{vmid}/config", [](Call& call) { return update_config(call, kCt); }},
    {Get, "/nodes/{node}/lxc/{vmid}/pending", [](Call& call) { return guest_pending(call, kCt); }},
    {Get, "/nodes/{node}/lxc/{vmid}/feature", [](Call& call) { return guest_feature(call, kCt); }},
    {Get, "/nodes/{node}/lxc/{vmid}/interfaces", container_interfaces},
    {Get, "/nodes/{node}/lxc/{vmid}/status", status_index},
    {Get, "/nodes/{node}/lxc/{vmid}/status/current", [](Call& call) { return guest_status(call, kCt); }},
    {Post, "/nodes/{node}/lxc/{vmid}/status/start", start_container},
    {Post, "/nodes/{node}/lxc/{vmid}/status/stop", stop_container},
    {Post, "/nodes/{node}/lxc/{vmid}/status/shutdown", shutdown_container},
    {Post, "/nodes/{node}/lxc/{vmid}/status/reboot", reboot_container},
    {Post, "/nodes/{node}/lxc/{vmid}/status/suspend", suspend_container},
    {Post, "/nodes/{node}/lxc/{vmid}/status/resume", resume_container},
    {Post, "/nodes/{node}/lxc/{vmid}/clone", clone_container},
    {Get, "/nodes/{node}/lxc/{vmid}/migrate", [](Call& call) { return migrate_preconditions(call, kCt); }},
    {Post, "/nodes/{node}/lxc/{vmid}/migrate", migrate_container},
    {Post, "/nodes/{node}/lxc/{vmid}/template", template_container},
    {Put, "/nodes/{node}/lxc/{vmid}/resize", resize_container},
    {Post, "/nodes/{node}/lxc/{vmid}/move_volume", [](Call& call) { return move_disk(call, kCt); }},
    {Get, "/nodes/{node}/lxc/{vmid}/snapshot", [](Call& call) { return list_snapshots(call, kCt); }},
    {Post, "/nodes/{node}/lxc/{vmid}/snapshot", [](Call& call) { return create_snapshot(call, kCt); }},
    {Get, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}", snapshot_index},
    {Delete, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}",
     [](Call& call) { return delete_snapshot(call, kCt); }},
    {Get, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config",
     [](Call& call) { return snapshot_config(call, kCt); }},
    {Put, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/config",
     [](Call& call) { return update_snapshot(call, kCt); }},
    {Post, "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback",
     [](Call& call) { return rollback_snapshot(call, kCt); }},
};

}  // namespace

std::span<const Route> lxc_routes() { return kRoutes; }

}  // namespace simulator
