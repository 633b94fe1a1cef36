// The state of a guest: running, off, paused.
#pragma once

#include <cstdint>
#include <expected>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/row/row.h"
#include "pve/client.h"
#include "pve/inventory.h"

namespace engine {

enum class Power : std::uint8_t {
  Unknown,  ///< not read, or not visible to the token
  Running,
  Off,
  Paused,
  OnDisk,   ///< off, with its memory saved
  IoError,  ///< QEMU stopped it because a disk cannot be written
  Odd,      ///< any other state of PVE: prelaunch, finish-migrate, internal-error
};

/// Reads PVE's answer to GET …/status/current. Its `status` is "running" for a paused VM too.
Power power(const base::JsonObject& status);

/// "running", "off", "paused in memory", "suspended to disk"; PVE's own word for Power::Odd.
std::string power_word(const base::JsonObject& status);

/// A clause, with its comma, that says what stops the guest; empty if nothing does.
std::string_view power_hint(Power power);

bool ha_managed(const base::JsonObject& status);
/// "started", "error"; empty if PVE does not say it.
std::string ha_state(const base::JsonObject& status);

/// The members of that answer that are needed after the change: name, state, process, HA.
base::JsonObject kept_status(const base::Json& answer);

/// The guest that the row's path names or that the row creates: only its number, node and kind. The number is
/// 0 if there is none.
pve::Guest guest_of(const Row& row, const base::JsonObject& arguments);

/// `data` of a GET below the guest, such as "status/current" or "config".
std::expected<base::Json, pve::Error> read_guest(pve::Client& client, const pve::Guest& guest,
                                                 std::string_view what, const std::stop_token& stop);

}  // namespace engine
