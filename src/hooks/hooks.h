// Hooks: code for rows that data cannot express. A prepare() completes or corrects the arguments before the
// call; it works on PVE's wire names, may read and must not write. A revise() corrects PVE's answer.
#pragma once

#include <expected>
#include <string>

#include "base/json.h"
#include "tool/tool.h"

namespace hooks {

/// Writes an ACL path as PVE stores it: one slash at the beginning, none at the end.
std::expected<void, std::string> clean_acl_path(tool::Context& context, base::JsonObject& arguments);

/// Selects all guests if the call selects none, and sets remove=0 unless the call gives it: vzdump would
/// otherwise prune old backups by the storage's retention.
std::expected<void, std::string> prepare_backup(tool::Context& context, base::JsonObject& arguments);

/// Refuses a job without a schedule, selects all guests if the call selects none, and translates `maxfiles`,
/// which PVE 9 removed.
std::expected<void, std::string> prepare_backup_job(tool::Context& context, base::JsonObject& arguments);

/// Adds names to networks, and marks guests and storages of offline nodes as unknown, since PVE still reports
/// their last state.
std::string revise_resources(tool::Context& context, base::Json& data);

/// Enables the rule unless the call says otherwise, and refuses a `pos` other than 0: PVE inserts every new
/// rule first.
std::expected<void, std::string> prepare_new_rule(tool::Context& context, base::JsonObject& arguments);

/// Refuses other fields together with `moveto`, since PVE would ignore them.
std::expected<void, std::string> prepare_rule_update(tool::Context& context, base::JsonObject& arguments);

/// Adds the defaults of options that are not set, so that an answer for a firewall that is off is not empty.
std::string add_firewall_defaults(tool::Context& context, base::Json& data);

/// Moves an `address` in CIDR notation to `cidr`, the parameter that PVE has for it.
std::expected<void, std::string> prepare_new_interface(tool::Context& context, base::JsonObject& arguments);

/// Adds the interface's present values: PVE computes method and address families from the request alone, so
/// an update without the address would remove it together with the inet6 stanza.
std::expected<void, std::string> prepare_interface_update(tool::Context& context,
                                                          base::JsonObject& arguments);

/// Adds a note on staged values: PVE reads the staged file if there is one.
std::string tell_staged_interface(tool::Context& context, base::Json& data);

/// Turns since and until into dates of the node's clock, by which PVE writes and compares log lines. A date
/// without a time zone means that clock too.
std::expected<void, std::string> read_log_times(tool::Context& context, base::JsonObject& arguments);

/// Sorts backups by age, the newest first, and shortens PVE's data on their verification.
std::string newest_backups_first(tool::Context& context, base::Json& data);

/// Asks for running tasks too, and converts since and until.
std::expected<void, std::string> prepare_task_list(tool::Context& context, base::JsonObject& arguments);

/// Joins user and token name in one value, as PVE does for running tasks only.
std::string revise_task(tool::Context& context, base::Json& data);

/// Puts the running tasks first, and adds the duration of the others.
std::string revise_task_list(tool::Context& context, base::Json& data);

/// Sets `online` for a running VM, because PVE refuses to migrate it otherwise. If the API token may not read
/// the VM's state, PVE decides.
std::expected<void, std::string> prepare_vm_migration(tool::Context& context, base::JsonObject& arguments);

/// Removes PVE's "You are here!" from the entry `current`, whose name already says it.
std::string revise_snapshots(tool::Context& context, base::Json& data);

/// Encodes sshkeys.
std::expected<void, std::string> prepare_new_vm(tool::Context& context, base::JsonObject& arguments);

/// Refuses `template`, encodes sshkeys, and keeps the MAC address of a network card that names none.
std::expected<void, std::string> prepare_vm_update(tool::Context& context, base::JsonObject& arguments);

/// Separates the pending values from those in force.
std::string revise_vm_config(tool::Context& context, base::Json& data);

/// Renames the memory that a VM takes on the node to `memhost`, as in its status: a node's list calls it
/// `mem`.
std::string revise_vm_list(tool::Context& context, base::Json& data);

/// Refuses `template`, and keeps the MAC address of a network card that names none.
std::expected<void, std::string> prepare_container_update(tool::Context& context,
                                                          base::JsonObject& arguments);

/// Separates the pending values from those in force.
std::string revise_container_config(tool::Context& context, base::Json& data);

}  // namespace hooks
