// Describes what happened to one drive of a guest and to its volume.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "change/description.h"
#include "change/drive.h"

namespace change {

/// One drive in an update of a configuration.
struct DriveChange {
  std::string_view option;
  const base::Json& before;  ///< the option's line; null if there was none
  const base::Json& after;
  const base::Json& asked;  ///< the value that the call sets; null if it sets none
  const base::JsonObject& config_before;
  const base::JsonObject& config_after;
  const base::JsonObject& sizes;  ///< like ConfigUpdate::sizes
  std::string vmid;               ///< the guest's number
  bool destroys = false;          ///< the call frees the volume
};

/// Appends to `description`.
void describe(const DriveChange& change, Description& description);

/// Describes a drive that is pending until the guest's next start: "scsi0 detached", "scsi0: cache none ->
/// writeback".
std::string pending_drive(std::string_view option, const base::Json& now, const base::Json& then);

/// Removes a drive or another option from a configuration and its boot order as PVE does: a disk of the guest
/// is kept as unusedN unless `force` destroys it.
void remove_option(base::JsonObject& config, std::string_view option, std::string_view vmid, bool force);

/// Sets a drive as PVE does: a disk that it replaces is kept as unusedN, and an unused volume that is
/// attached loses its unusedN.
void set_drive(base::JsonObject& config, std::string_view option, std::string_view text,
               std::string_view vmid);

}  // namespace change
