// Finds the guest or the task that a call means, and its node.
#pragma once

#include <expected>
#include <optional>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster/cluster.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/row/row.h"
#include "guard/may_use.h"

namespace engine {

/// Checked arguments with the node and the number of their target.
struct Target {
  base::JsonObject arguments;
  /// Sentences that the answer begins with; empty if the call goes where the caller sent it.
  std::string note{};
  /// The list that showed the guest's node; nullptr if no list was read.
  pve::InventoryPtr list{};
  /// The guest, if the call named it by more than its number.
  std::optional<FoundGuest> guest{};
  std::string given{};  ///< the text that named it: "web01"
};

/// Fills in the node and the number that a {vmid}, a name in its place or a {upid} means. Asks PVE only if
/// that is needed. Leaves arguments unchanged if the token cannot see their guest. A change by name goes to
/// the guest that has the name now; for a read by name, recheck_name() must confirm the guest afterwards. The
/// error is a sentence for the model. About a guest that the caller may not list, it says only that the guest
/// is not of the row's kind.
std::expected<Target, std::string> find_target(const Row& row, base::JsonObject arguments, Cluster& cluster,
                                               const guard::MayUse& may, const std::stop_token& stop);

/// True if PVE says that the guest of the call is not on that node, or that the node does not exist.
bool says_not_on_node(std::string_view message);

/// Looks for the guest again after such an answer. Returns nullopt if it is not found on another node.
std::optional<Target> find_again(const Row& row, const Target& before, Cluster& cluster,
                                 const guard::MayUse& may, const std::stop_token& stop);

/// Checks, after a read by name, that the answer `data` is about the guest that has the name. Returns nullopt
/// if it is, else the guest that has the name now. The error is a sentence for the model: no guest has the
/// name any more.
std::optional<std::expected<Target, std::string>> recheck_name(const Row& row, const Target& read,
                                                               const base::Json& data, Cluster& cluster,
                                                               const guard::MayUse& may,
                                                               const std::stop_token& stop);

/// The number and the name of a guest that was given by name, for a sentence: "100 (web01)". Empty for other
/// guests.
std::string named_guest(const Target& target);

/// The first line of the answer to a read by name: "VM 101 (web02):". Empty if the answer contains the name,
/// and for a change, whose sentence contains it.
std::string heading(const Row& row, const Target& target);

/// Checks a change by name that had to wait. Returns a sentence if the guest has another name by now, or if
/// its name cannot be read.
std::optional<std::string> renamed_while_waiting(const Row& row, const Target& target, Cluster& cluster,
                                                 const std::stop_token& stop);

}  // namespace engine
