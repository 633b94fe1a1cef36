// What a guest is at a moment: running, off, paused.
#pragma once

#include <cstdint>
#include <expected>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "pve/client.h"
#include "pve/inventory.h"

namespace engine {

enum class Power : std::uint8_t {
  Unknown,  ///< nobody has looked, or nobody may
  Running,
  Off,
  Paused,
  OnDisk,   ///< off, its memory saved
  IoError,  ///< held by QEMU: a disk cannot be written
  Odd,      ///< any other word of PVE: prelaunch, finish-migrate, internal-error
};

/// Of PVE's answer to GET …/status/current, whose `status` says "running" of a paused VM too.
Power power(const base::JsonObject& status);

/// "running", "off", "paused in memory", "suspended to disk"; PVE's own word where it is Odd.
std::string power_word(const base::JsonObject& status);

/// A clause to put behind what hinders the guest, with its comma; empty where nothing does.
std::string_view power_hint(Power power);

bool ha_managed(const base::JsonObject& status);
/// "started", "error"; empty: none is said.
std::string ha_state(const base::JsonObject& status);

/// Of that answer what is worth keeping from before a change: name, state, process, HA.
base::JsonObject kept_status(const base::Json& answer);

/// `data` of a GET below the guest: "status/current", "config".
std::expected<base::Json, pve::Error> read_guest(pve::Client& client, const pve::Guest& guest,
                                                 std::string_view what, const std::stop_token& stop);

}  // namespace engine
