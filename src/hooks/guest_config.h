// Functions for the hooks of both kinds of guest.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "tool/tool.h"

namespace hooks {

/// Returns true if the list in `value` contains `key`. PVE splits lists at commas, semicolons, blanks and
/// NULs.
bool lists(const base::Json* value, std::string_view key);

/// Adds the present MAC address to each netN that names none, because PVE would otherwise create a random one
/// and the guest would lose its DHCP lease. Reads `config_path` only if necessary. If it cannot be read,
/// changes nothing and returns an error. `mac_key` is "macaddr" for VMs and "hwaddr" for containers.
std::expected<void, std::string> keep_mac(tool::Context& context, base::JsonObject& arguments,
                                          std::string_view config_path, std::string_view mac_key);

/// Refuses `template` in an update, which would only set a flag and convert no disk. `path` is PVE's call
/// that converts.
std::expected<void, std::string> refuse_template(const base::JsonObject& arguments, std::string_view path);

/// Replaces pending values in `config` by the values in force, and moves the pending ones to a member
/// "pending", with null for options that will be unset. Returns a sentence if `pending_path` (GET …/pending)
/// cannot be read.
std::string set_pending_apart(tool::Context& context, base::Json& config, std::string_view pending_path);

/// Percent-encodes `sshkeys`, as PVE requires. An encoded value stays unchanged: a key of an authorized_keys
/// file always contains a blank, an encoded one never does.
void encode_sshkeys(base::JsonObject& arguments);

}  // namespace hooks
