// What hooks of both kinds of guest need.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.h"
#include "tool/tool.h"

namespace hooks {

/// True when the value names the key in a list as PVE splits it: at commas, semicolons, blanks and NULs.
bool lists(const base::Json* value, std::string_view key);

/// PVE gives a network device without a MAC address a new random one, so a guest would lose its lease: a
/// netN that names none gets the MAC of the present netN. Reads `config_path` only when it must; when that
/// cannot be read, nothing is changed and the error says so. `mac_key` is "macaddr" for VMs, "hwaddr" for
/// containers.
std::expected<void, std::string> keep_mac(tool::Context& context, base::JsonObject& arguments,
                                          std::string_view config_path, std::string_view mac_key);

/// `template` in an update only sets a flag and converts no disk: refused. `path` is PVE's call that
/// converts.
std::expected<void, std::string> refuse_template(const base::JsonObject& arguments, std::string_view path);

/// Puts the present values in the place of those that wait for the next start, and these into a member
/// "pending", null for what will be unset. Gives a sentence where `pending_path`, GET …/pending, says
/// nothing.
std::string set_pending_apart(tool::Context& context, base::Json& config, std::string_view pending_path);

/// PVE wants the keys of cloud-init percent-encoded inside the value. A value that is not yet so is encoded;
/// a key as in an authorized_keys file always has a blank, an encoded one never.
void encode_sshkeys(base::JsonObject& arguments);

}  // namespace hooks
