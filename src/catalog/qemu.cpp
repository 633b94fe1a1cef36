#include "base/json_read.h"
#include "catalog/categories.h"
#include "catalog/params.h"
#include "catalog/prepare.h"
#include "catalog/rights.h"
#include "tool/rules.h"

namespace catalog {

using base::Method;
using tool::Effect;
using tool::Tier;
using tool::Type;

namespace {

/// PVE refuses to migrate a running VM without `online`, and nobody asks for that refusal. Where
/// the token may not look, PVE has the word.
std::expected<void, std::string> migrate(tool::Context& context, base::JsonObject& arguments) {
  if (arguments.contains("online")) return {};
  const auto status = context.get("/nodes/{node}/qemu/{vmid}/status/current");
  if (!status && status.error().forbidden) return {};
  if (!status) return std::unexpected(status.error().sentence);
  if (base::raw_text(*status, "status") == "running") arguments["online"] = true;
  return {};
}

std::expected<void, std::string> create(tool::Context& /*context*/, base::JsonObject& arguments) {
  encode_sshkeys(arguments);
  return {};
}

std::expected<void, std::string> update(tool::Context& context, base::JsonObject& arguments) {
  if (auto fine = refuse_template(arguments, "/nodes/{node}/qemu/{vmid}/template"); !fine) return fine;
  encode_sshkeys(arguments);
  return keep_mac(context, arguments, "/nodes/{node}/qemu/{vmid}/config", "macaddr");
}

std::string config(tool::Context& context, base::Json& data) {
  return set_pending_apart(context, data, "/nodes/{node}/qemu/{vmid}/pending");
}

/// In a node's list PVE calls what a VM takes on the node `mem`; before PVE 9 it has no other name there.
std::string taken_on_node(tool::Context& /*context*/, base::Json& data) {
  auto* array = data.if_array();
  if (array == nullptr) return {};
  for (auto& item : *array) {
    auto* vm = item.if_object();
    if (vm != nullptr && vm->contains("mem") && !vm->contains("memhost")) (*vm)["memhost"] = vm->at("mem");
  }
  return {};
}

constexpr tool::Param kMemory{.name = "memory", .description = "MiB", .type = Type::Integer};
constexpr tool::Param kCores{.name = "cores"};
constexpr tool::Param kSockets{.name = "sockets"};

}  // namespace

constexpr tool::Tool kQemu[] = {
    {.name = "pve_list_qemu_vms",
     .title = "List VMs",
     .description = "List a node's VMs with status and use.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/qemu"},
     .params = {kNode},
     .offers = tool::kSelect | tool::kPage,
     .view = {tool::View::Kind::Table, "VMs",
              "vmid name status cpu cpus memhost/maxmem maxdisk uptime lock tags template", false,
              &kSeesGuests},
     .revise = taken_on_node},
    {.name = "pve_get_qemu_status",
     .title = "VM status",
     .description = "Read a VM's state and use.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/qemu/{vmid}/status/current"},
     .params = {kNode, kVmid},
     .offers = tool::kFields,
     .view = {.columns =
                  "vmid name status qmpstatus lock uptime cpu cpus mem/maxmem memhost maxdisk tags agent ha "
                  "template",
              .brief = true}},
    {.name = "pve_get_qemu_config",
     .title = "VM configuration",
     .description = "Read a VM's configuration, with pending changes.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/qemu/{vmid}/config"},
     .params = {kNode, kVmid, {.name = "current", .description = "Without pending"}},
     .view = {.columns = "name lock tags cores sockets cpu memory balloon onboot boot ostype agent"},
     .revise = config},
    {.name = "pve_get_qemu_rrddata",
     .title = "VM statistics",
     .description = "Read a VM's history of use (RRD).",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/qemu/{vmid}/rrddata"},
     .params = {kNode, kVmid, kTimeframe, kCf},
     .offers = tool::kChart,
     .view = {tool::View::Kind::Statistics}},
    {.name = "pve_list_qemu_snapshots",
     .title = "List VM snapshots",
     .description = "List a VM's snapshots. The last, current, is the present state.",
     .tier = Tier::ReadOnly,
     .effect = Effect::None,
     .call = {Method::Get, "/nodes/{node}/qemu/{vmid}/snapshot"},
     .params = {kNode, kVmid},
     .view = {.kind = tool::View::Kind::Table,
              .noun = "snapshots",
              .columns = "name snaptime parent vmstate running description",
              .ordered = true,
              .uncounted = "current"}},
    {.name = "pve_start_qemu_vm",
     .title = "Start VM",
     .description = "Start a VM.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Additive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/start"},
     .params = {kNode, kVmid},
     .heavy = true,
     .starts_task = true,
     .doing = "Starting VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} started"},
    {.name = "pve_stop_qemu_vm",
     .title = "Stop VM",
     .description = "Stop a VM at once, like pulling the plug.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/stop"},
     .params = {kNode, kVmid},
     .starts_task = true,
     .doing = "Stopping VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} stopped"},
    {.name = "pve_shutdown_qemu_vm",
     .title = "Shut down VM",
     .description = "Shut down a VM cleanly.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/shutdown"},
     .params = {kNode, kVmid, {.name = "forceStop", .description = "After a timeout"}},
     .starts_task = true,
     .doing = "Shutting down VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} shut down"},
    {.name = "pve_reboot_qemu_vm",
     .title = "Reboot VM",
     .description = "Reboot a VM cleanly, applying pending changes.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/reboot"},
     .params = {kNode, kVmid},
     .starts_task = true,
     .doing = "Rebooting VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} rebooted"},
    {.name = "pve_suspend_qemu_vm",
     .title = "Suspend VM",
     .description = "Pause a VM in memory, or hibernate it with todisk.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/suspend"},
     .params = {kNode, kVmid, {.name = "todisk"}},
     .starts_task = true,
     .doing = "Suspending VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} suspended"},
    {.name = "pve_resume_qemu_vm",
     .title = "Resume VM",
     .description = "Resume a paused VM.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Additive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/resume"},
     .params = {kNode, kVmid},
     .starts_task = true,
     .doing = "Resuming VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} resumed"},
    {.name = "pve_reset_qemu_vm",
     .title = "Reset VM",
     .description = "Reset a VM hard, like its reset button.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/reset"},
     .params = {kNode, kVmid},
     .starts_task = true,
     .doing = "Resetting VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} reset"},
    {.name = "pve_migrate_qemu_vm",
     .title = "Migrate VM",
     .description = "Migrate a VM to another node, live when it runs.",
     .tier = Tier::ReadExecute,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/migrate"},
     .params = {kNode,
                kVmid,
                {.name = "target"},
                {.name = "online", .description = "Default: if running"},
                {.name = "with-local-disks", .description = "For disks on local storage"},
                {.name = "targetstorage", .description = "Storage, from:to pairs, or 1"}},
     .heavy = true,
     .starts_task = true,
     .doing = "Migrating VM {vmid} from {node} to {target}",
     .done = "VM {vmid} {was} migrated from {node} to {target}",
     .prepare = migrate},
    {.name = "pve_create_qemu_vm",
     .title = "Create VM",
     .description = "Create a VM.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/nodes/{node}/qemu"},
     .params = {kNode,
                kVmid,
                {.name = "name"},
                kMemory,
                kCores,
                kSockets,
                {.name = "cpu"},
                {.name = "ostype"},
                {.name = "scsi0", .description = "E.g. local-lvm:32 (GiB)"},
                {.name = "ide2", .description = "E.g. local:iso/x.iso,media=cdrom"},
                {.name = "net0", .description = "E.g. virtio,bridge=vmbr0"},
                {.name = "boot"},
                {.name = "agent"},
                {.name = "ciuser"},
                {.name = "sshkeys", .description = "One a line"},
                {.name = "ipconfig0"},
                {.name = "tags"},
                {.name = "onboot"},
                {.name = "start"}},
     .starts_task = true,
     .doing = "Creating VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} created",
     .prepare = create},
    {.name = "pve_delete_qemu_vm",
     .title = "Delete VM",
     .description = "Delete a stopped VM and all its disks.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/nodes/{node}/qemu/{vmid}"},
     .params = {kNode,
                kVmid,
                {.name = "purge", .description = "From jobs and HA"},
                {.name = "destroy-unreferenced-disks"}},
     .starts_task = true,
     .doing = "Deleting VM {vmid} on {node}",
     .done = "VM {vmid} on {node} {was} deleted"},
    {.name = "pve_update_qemu_config",
     .title = "Update VM configuration",
     .description = "Change a VM's configuration. netN without MAC keeps the present MAC.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Put, "/nodes/{node}/qemu/{vmid}/config"},
     .params = {kNode,
                kVmid,
                {.name = "name"},
                kMemory,
                kCores,
                kSockets,
                {.name = "description"},
                {.name = "onboot"},
                {.name = "net0"},
                {.name = "scsi0"},
                {.name = "tags"},
                kDelete,
                kDigest},
     .doing = "Changing the configuration of VM {vmid} on {node}",
     .done = "Configuration of VM {vmid} on {node} {was} changed",
     .prepare = update},
    {.name = "pve_clone_qemu_vm",
     .title = "Clone VM",
     .description = "Clone a VM or template to a new VMID.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/clone"},
     .params = {kNode,
                kVmid,
                {.name = "newid", .terse = true},
                {.name = "name"},
                {.name = "target", .description = "Node"},
                {.name = "full", .description = "Copy disks; always unless a template"},
                {.name = "snapname"},
                {.name = "storage"}},
     .heavy = true,
     .starts_task = true,
     .doing = "Cloning VM {vmid} on {node} to {newid}",
     .done = "VM {vmid} on {node} {was} cloned to {newid}"},
    {.name = "pve_create_qemu_snapshot",
     .title = "Create VM snapshot",
     .description = "Take a snapshot of a VM.",
     .tier = Tier::Full,
     .effect = Effect::Additive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/snapshot"},
     .params =
         {kNode, kVmid, kSnapname, {.name = "description"}, {.name = "vmstate", .description = "With RAM"}},
     .starts_task = true,
     .doing = "Taking snapshot {snapname} of VM {vmid} on {node}",
     .done = "Snapshot {snapname} of VM {vmid} on {node} {was} taken"},
    {.name = "pve_delete_qemu_snapshot",
     .title = "Delete VM snapshot",
     .description = "Delete a snapshot of a VM.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Delete, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}"},
     .params = {kNode, kVmid, kSnapname},
     .starts_task = true,
     .doing = "Deleting snapshot {snapname} of VM {vmid} on {node}",
     .done = "Snapshot {snapname} of VM {vmid} on {node} {was} deleted"},
    {.name = "pve_rollback_qemu_snapshot",
     .title = "Roll back VM",
     .description = "Roll a VM back to a snapshot. Everything since is lost.",
     .tier = Tier::Full,
     .effect = Effect::Destructive,
     .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback"},
     .params = {kNode, kVmid, kSnapname},
     .starts_task = true,
     .doing = "Rolling back VM {vmid} on {node} to snapshot {snapname}",
     .done = "VM {vmid} on {node} {was} rolled back to snapshot {snapname}"},
};

static_assert(tool::valid(kQemu));

std::span<const tool::Tool> qemu() { return kQemu; }

}  // namespace catalog
