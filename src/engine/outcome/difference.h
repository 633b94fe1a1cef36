// What a change is about, read before and after it, so that the answer can say what it did (change/).
#pragma once

#include <stop_token>
#include <string>

#include "base/json.h"
#include "change/told.h"
#include "engine/cluster/cluster.h"
#include "engine/row/row.h"
#include "pve/client.h"

namespace engine {

/// The object of one change before it is sent.
struct StateBefore {
  bool watched = false;      ///< of the others the row's sentence says all
  base::Json state;          ///< of the row's state; null where it could not be read
  base::JsonObject volumes;  ///< bytes by volume; null where there is none any more
};

/// Reads with the server's rights: one GET, and one for each volume whose size no configuration tells.
/// `arguments` are those of the call, by PVE's names. Where the row's change is not one that change/ knows,
/// nothing is read.
StateBefore state_before(const Row& row, const base::JsonObject& arguments, const Cluster& cluster,
                         const std::stop_token& stop);

/// Of a guest whose configuration changes its name, not to be shown as it is; else empty.
std::string guest_named(const Row& row, const StateBefore& before);

/// After the change was carried out: what it did. Empty where nothing could be read or there is nothing to
/// say.
change::Told what_changed(const Row& row, const base::JsonObject& arguments, const StateBefore& before,
                          const Cluster& cluster, const std::stop_token& stop);

/// After a change that failed, or of which no answer came: what it left behind or did all the same, or that
/// it did nothing so far. Of configurations of guests; empty of anything else, and where the refusal says
/// that nothing was done.
std::string leftovers_after_error(const Row& row, const base::JsonObject& arguments,
                                  const StateBefore& before, const pve::Error& error, const Cluster& cluster,
                                  const std::stop_token& stop);

}  // namespace engine
