// Rows like those of the catalog, for the engine's tests.
#pragma once

#include "tool/tool.h"

namespace test {

using base::Method;
using tool::Effect;
using tool::Need;
using tool::Tier;
using tool::Tool;

inline constexpr std::string_view kCompressions[] = {"0", "gzip", "lzo", "zstd"};
inline constexpr std::string_view kCommands[] = {"start", "stop", "restart", "reload"};

inline std::expected<void, std::string> prepare_config(tool::Context& context, base::JsonObject& arguments) {
  if (const auto* fetch = arguments.if_contains("fetch"); fetch != nullptr) {
    const auto config = context.get("/nodes/{node}/qemu/{vmid}/config");
    if (!config) return std::unexpected("could not read: " + config.error().sentence);
    arguments["description"] = config->as_object().at("description");
    arguments.stable_erase("fetch");
  }
  if (arguments.contains("sneak")) {
    arguments["skiplock"] = true;
    arguments.stable_erase("sneak");
  }
  return {};
}

inline constexpr Tool kListResources{.name = "pve_list_cluster_resources",
                                     .title = "List resources",
                                     .description = "List guests, storages and nodes.",
                                     .tier = Tier::ReadOnly,
                                     .effect = Effect::None,
                                     .call = {Method::Get, "/cluster/resources"},
                                     .params = {{.name = "type", .description = "Only these"}}};
inline constexpr Tool kRrd{
    .name = "pve_get_qemu_rrddata",
    .title = "Statistics",
    .description = "Read statistics of a VM.",
    .tier = Tier::ReadOnly,
    .effect = Effect::None,
    .call = {Method::Get, "/nodes/{node}/qemu/{vmid}/rrddata"},
    .params = {{.name = "node"}, {.name = "vmid"}, {.name = "timeframe"}, {.name = "cf"}}};
inline constexpr Tool kStart{.name = "pve_start_qemu_vm",
                             .title = "Start VM",
                             .description = "Start a VM.",
                             .tier = Tier::ReadExecute,
                             .effect = Effect::Additive,
                             .call = {Method::Post, "/nodes/{node}/qemu/{vmid}/status/start"},
                             .params = {{.name = "node"}, {.name = "vmid"}},
                             .doing = "Starting VM {vmid} on {node}",
                             .done = "VM {vmid} on {node} {was} started"};
inline constexpr Tool kBackup{.name = "pve_run_backup",
                              .title = "Back up",
                              .description = "Back up guests.",
                              .tier = Tier::ReadExecute,
                              .effect = Effect::Additive,
                              .call = {Method::Post, "/nodes/{node}/vzdump"},
                              .params = {{.name = "node"},
                                         {.name = "vmid"},
                                         {.name = "compress", .values = kCompressions},
                                         {.name = "maxfiles", .type = tool::Type::Integer}},
                              .doing = "Running a backup on {node}",
                              .done = "Backup on {node} {was} completed"};
inline constexpr Tool kService{
    .name = "pve_manage_node_service",
    .title = "Control service",
    .description = "Start or stop a service.",
    .tier = Tier::ReadExecute,
    .effect = Effect::Destructive,
    .call = {Method::Post, "/nodes/{node}/services/{service}/{command}"},
    .params = {{.name = "node"}, {.name = "service"}, {.name = "command", .values = kCommands}},
    .doing = "{command+ing} service {service}",
    .done = "Service {service} {was} {command+ed}"};
inline constexpr Tool kCreate{.name = "pve_create_qemu_vm",
                              .title = "Create VM",
                              .description = "Create a VM.",
                              .tier = Tier::Full,
                              .effect = Effect::Additive,
                              .call = {Method::Post, "/nodes/{node}/qemu"},
                              .params = {{.name = "node"},
                                         {.name = "vmid"},
                                         {.name = "name"},
                                         {.name = "memory"},
                                         {.name = "net0"},
                                         {.name = "ssh_public_keys", .wire = "sshkeys"},
                                         {.name = "start"}},
                              .doing = "Creating VM {vmid}",
                              .done = "VM {vmid} {was} created"};
inline constexpr Tool kUpdate{.name = "pve_update_qemu_config",
                              .title = "Update VM",
                              .description = "Change a VM.",
                              .tier = Tier::Full,
                              .effect = Effect::Destructive,
                              .call = {Method::Put, "/nodes/{node}/qemu/{vmid}/config"},
                              .params = {{.name = "node"},
                                         {.name = "vmid"},
                                         {.name = "cores"},
                                         {.name = "delete"},
                                         {.name = "fetch", .type = tool::Type::Boolean},
                                         {.name = "sneak", .type = tool::Type::Boolean}},
                              .doing = "Changing VM {vmid}",
                              .done = "VM {vmid} {was} changed",
                              .prepare = prepare_config};
inline constexpr Tool kDelete{.name = "pve_delete_qemu_snapshot",
                              .title = "Delete snapshot",
                              .description = "Delete a snapshot.",
                              .tier = Tier::Full,
                              .effect = Effect::Destructive,
                              .call = {Method::Delete, "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}"},
                              .params = {{.name = "node"}, {.name = "vmid"}, {.name = "snapname"}},
                              .doing = "Deleting snapshot {snapname}",
                              .done = "Snapshot {snapname} {was} deleted"};
inline constexpr Tool kUser{.name = "pve_create_user",
                            .title = "Create user",
                            .description = "Create a user.",
                            .tier = Tier::Full,
                            .effect = Effect::Additive,
                            .call = {Method::Post, "/access/users"},
                            .params = {{.name = "userid"}, {.name = "password"}, {.name = "expire"}},
                            .doing = "Creating user {userid} with {password}",
                            .done = "User {userid} {was} created with {password}"};

inline constexpr Tool kQemuRows[] = {kRrd, kStart, kCreate, kUpdate, kDelete};
inline constexpr Tool kOtherRows[] = {kListResources, kBackup, kService, kUser};
inline constexpr tool::Category kCategories[] = {{"qemu", "VMs", kQemuRows}, {"other", "Other", kOtherRows}};

}  // namespace test
