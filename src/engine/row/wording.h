// Makes the sentences about a change from the verbs of its row.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "engine/row/row.h"

namespace engine {

/// The sentences about one change, without a full stop.
struct Wording {
  std::string doing;     ///< "Starting VM 118 (web01) on pve2"
  std::string done;      ///< "VM 118 (web01) on pve2 started"
  std::string not_done;  ///< "VM 118 (web01) on pve2 was not started"
  std::string subject;   ///< "VM 118 (web01) on pve2"
  /// Like not_done, of a change that PVE did not begin: "The backup on pve2 was not started".
  std::string not_sent;
};

/// For a row that is a change. The arguments have PVE's names; a missing or secret one leaves its place
/// empty. `guest`, such as "118 (web01)", replaces the {vmid} unless it is empty.
Wording wording(const Row& row, const base::JsonObject& arguments, std::string_view guest = {});

/// The arguments, by PVE's names, that wording() and describe_change() need to describe the end of the task.
/// None of them is secret.
base::JsonObject worded_arguments(const Row& row, const base::JsonObject& arguments,
                                  std::string_view guest = {});

/// "Still starting VM 118 (web01) on pve2"
std::string still_doing(std::string_view doing);

}  // namespace engine
