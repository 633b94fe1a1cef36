// The endpoints of VMs and containers in one table. A row names two handlers where PVE treats the two
// differently.
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

template <Handler kOfVm, Handler kOfContainer>
Answer either(Call& call) {
  return call.guest_type() == GuestType::Qemu ? kOfVm(call) : kOfContainer(call);
}

/// Gives the call's guest to the handler, or PVE's refusal if it does not exist.
template <Answer (*kHandler)(Call&, Guest&)>
Answer on_guest(Call& call) {
  const auto found = find_guest(call);
  return found ? kHandler(call, **found) : found.error();
}

Answer guest_index(Call& call, Guest&) { return list_directory(call); }

using enum base::Method;
constexpr std::string_view kTypes[] = {"/nodes/{node}/qemu", "/nodes/{node}/lxc"};

constexpr Route kGuestRoutes[] = {
    {Get, "", list_guests},
    {Post, "", either<create_vm, create_container>},
    {Get, "/{vmid}", on_guest<guest_index>},
    {Delete, "/{vmid}", destroy_guest},
    {Get, "/{vmid}/config", on_guest<guest_config>},
    {Put, "/{vmid}/config", update_config},
    {Post, "/{vmid}/config", update_config_task},
    {Get, "/{vmid}/pending", on_guest<guest_pending>},
    {Put, "/{vmid}/unlink", on_guest<unlink_disks>},
    {Get, "/{vmid}/feature", on_guest<guest_feature>},
    {Get, "/{vmid}/interfaces", on_guest<container_interfaces>},
    {Get, "/{vmid}/status/current", on_guest<guest_status>},
    {Post, "/{vmid}/status/start", power::start},
    {Post, "/{vmid}/status/stop", power::stop},
    {Post, "/{vmid}/status/shutdown", power::shutdown},
    {Post, "/{vmid}/status/reboot", power::reboot},
    {Post, "/{vmid}/status/reset", power::reset},
    {Post, "/{vmid}/status/suspend", either<power::suspend_vm, power::suspend_container>},
    {Post, "/{vmid}/status/resume", either<power::resume_vm, power::resume_container>},
    {Post, "/{vmid}/clone", either<clone_vm, clone_container>},
    {Get, "/{vmid}/migrate", on_guest<migrate_preconditions>},
    {Post, "/{vmid}/migrate", migrate},
    {Post, "/{vmid}/template", on_guest<make_template>},
    {Put, "/{vmid}/resize", either<resize_vm, on_guest<resize_container>>},
    {Post, "/{vmid}/move_disk", on_guest<move_disk>},
    {Post, "/{vmid}/move_volume", on_guest<move_disk>},
    {Get, "/{vmid}/snapshot", on_guest<list_snapshots>},
    {Post, "/{vmid}/snapshot", create_snapshot},
    {Delete, "/{vmid}/snapshot/{snapname}", delete_snapshot},
    {Get, "/{vmid}/snapshot/{snapname}/config", on_guest<snapshot_config>},
    {Put, "/{vmid}/snapshot/{snapname}/config", update_snapshot},
    {Post, "/{vmid}/snapshot/{snapname}/rollback", rollback_snapshot},
};

}  // namespace

RouteTable guest_routes() { return {kGuestRoutes, kTypes}; }

}  // namespace simulator
