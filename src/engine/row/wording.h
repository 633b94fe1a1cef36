// A change in sentences, by its row's verbs.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/row/row.h"

namespace engine {

/// Of one change; none has a full stop.
struct Wording {
  std::string doing;     ///< "Starting VM 118 (web01) on pve2"
  std::string done;      ///< "VM 118 (web01) on pve2 started"
  std::string not_done;  ///< "VM 118 (web01) on pve2 was not started"
  std::string subject;   ///< "VM 118 (web01) on pve2"
};

/// The row is a change. Arguments by PVE's names; what is missing or a secret leaves its place empty. Where
/// `guest` is not empty, it is the word for the {vmid}: "118 (web01)".
Wording wording(const Row& row, const base::JsonObject& arguments, std::string_view guest = {});

/// The arguments, by PVE's names, that wording() and describe_change() tell an end by; none is a secret.
base::JsonObject worded_arguments(const Row& row, const base::JsonObject& arguments,
                                  std::string_view guest = {});

/// "Still starting VM 118 (web01) on pve2"
std::string still_doing(std::string_view doing);

}  // namespace engine
