// The releases of PVE that the simulator knows, and their version texts.
#pragma once

#include <span>
#include <string_view>

#include "facts/version.h"

namespace simulator {

struct Release {
  facts::Version version;
  std::string_view full;    ///< "9.2.11"
  std::string_view repoid;  ///< the commit of pve-manager's source
  std::string_view kernel;  ///< "6.17.2-1-pve"
  std::string_view kernel_build;
  std::string_view qemu;
  std::string_view machine;
};

/// Their names, oldest first: "8.4", "9.0", "9.2".
std::span<const std::string_view> release_names();

/// The release of that version, or the newest before it, or the oldest.
const Release& release_of(facts::Version version);

}  // namespace simulator
