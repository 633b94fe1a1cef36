// What rows do that data cannot say, each in the file of its topic. A prepare() puts the arguments right
// before they are sent: it works on PVE's wire names and may read, never write. A revise() puts PVE's answer
// right.
#pragma once

#include <expected>
#include <string>

#include "base/json.h"
#include "tool/tool.h"

namespace hooks {

/// Gives an ACL's path one slash in front and none at the end, as PVE keeps it.
std::expected<void, std::string> clean_acl_path(tool::Context& context, base::JsonObject& arguments);

/// Selects all guests where the call selects none, and lets no backup on demand prune others unasked: vzdump
/// follows the storage's retention unless it is told not to.
std::expected<void, std::string> prepare_backup(tool::Context& context, base::JsonObject& arguments);

/// Refuses a job without a schedule, selects all guests where the call selects none, and translates
/// `maxfiles`, which PVE 9 dropped.
std::expected<void, std::string> prepare_backup_job(tool::Context& context, base::JsonObject& arguments);

/// Names networks, and marks what is on offline nodes as unknown: PVE keeps telling its last state.
std::string revise_resources(tool::Context& context, base::Json& data);

/// Enables the rule unless the call says otherwise, and refuses another `pos` than 0: PVE puts every new rule
/// first.
std::expected<void, std::string> prepare_new_rule(tool::Context& context, base::JsonObject& arguments);

/// Refuses other fields beside `moveto`: PVE ignores them.
std::expected<void, std::string> prepare_rule_update(tool::Context& context, base::JsonObject& arguments);

/// Tells the defaults of what is not set: PVE leaves it out, so that a firewall that is off looks like
/// nothing.
std::string add_firewall_defaults(tool::Context& context, base::Json& data);

/// Moves an `address` in CIDR notation to `cidr`, where PVE wants it.
std::expected<void, std::string> prepare_new_interface(tool::Context& context, base::JsonObject& arguments);

/// Repeats what the interface has now: PVE computes its method and families from the request alone, so that
/// an update without an address drops it, and the inet6 stanza with it.
std::expected<void, std::string> prepare_interface_update(tool::Context& context,
                                                          base::JsonObject& arguments);

/// Tells what of an interface's values is staged: PVE reads the staged file where there is one.
std::string tell_staged_interface(tool::Context& context, base::Json& data);

/// Turns since and until into dates of the node's clock, by which PVE writes and compares the lines. A date
/// without a zone means that clock too.
std::expected<void, std::string> read_log_times(tool::Context& context, base::JsonObject& arguments);

/// Sorts backups by age, the newest first, and shortens what PVE tells of their verification.
std::string newest_backups_first(tool::Context& context, base::Json& data);

/// Asks for running tasks too, and reads since and until.
std::expected<void, std::string> prepare_task_list(tool::Context& context, base::JsonObject& arguments);

/// Writes user and token as one word: of a running task PVE does so, of an ended one not.
std::string revise_task(tool::Context& context, base::Json& data);

/// Puts the running tasks first, and tells how long the others took.
std::string revise_task_list(tool::Context& context, base::Json& data);

/// Sets `online` for a running VM, which PVE refuses to migrate without it. Where the token may not read the
/// VM's state, PVE decides.
std::expected<void, std::string> prepare_vm_migration(tool::Context& context, base::JsonObject& arguments);

/// Takes PVE's "You are here!" out of the present state, which the list's name for it says already.
std::string revise_snapshots(tool::Context& context, base::Json& data);

/// Encodes sshkeys.
std::expected<void, std::string> prepare_new_vm(tool::Context& context, base::JsonObject& arguments);

/// Refuses `template`, encodes sshkeys, and keeps the MAC address of a network card that names none.
std::expected<void, std::string> prepare_vm_update(tool::Context& context, base::JsonObject& arguments);

/// Tells what waits for the next start from what holds now.
std::string revise_vm_config(tool::Context& context, base::Json& data);

/// Calls the memory that a VM takes on the node `memhost`, as its status does: in a node's list PVE says
/// `mem`.
std::string revise_vm_list(tool::Context& context, base::Json& data);

/// Refuses `template`, and keeps the MAC address of a network card that names none.
std::expected<void, std::string> prepare_container_update(tool::Context& context,
                                                          base::JsonObject& arguments);

/// Tells what waits for the next start from what holds now.
std::string revise_container_config(tool::Context& context, base::Json& data);

}  // namespace hooks
