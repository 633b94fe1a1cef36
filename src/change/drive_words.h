// What became of one drive of a guest, and of the volume behind it.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "change/drive.h"
#include "change/told.h"

namespace change {

/// One option that holds a drive, in an update of a configuration.
struct DriveChange {
  std::string_view option;
  const base::Json& before;  ///< its line, null where there was none
  const base::Json& after;
  const base::Json& asked;  ///< what the call set it to; null where it did not
  const base::JsonObject& config_before;
  const base::JsonObject& config_after;
  const base::JsonObject& sizes;  ///< as ConfigUpdate's
  std::string vmid;               ///< the guest's number
  bool destroys = false;          ///< the call frees the volume
};

/// Adds to what is told.
void tell(const DriveChange& change, Told& told);

/// "scsi0 detached", "scsi0: cache none -> writeback", of what waits for the next start.
std::string pending_drive(std::string_view option, const base::Json& now, const base::Json& then);

/// Takes a drive, or another option, out of a configuration as PVE does it: what is a disk of the guest stays
/// as unusedN, unless it is freed by force.
void take_away(base::JsonObject& config, std::string_view option, std::string_view vmid, bool force);

/// Sets a drive as PVE does it: another disk in its place stays as unusedN, and an unused volume that is
/// attached is no longer unused.
void put(base::JsonObject& config, std::string_view option, std::string_view text, std::string_view vmid);

}  // namespace change
