// Which guest or task a call means, and on which node it is.
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

/// Checked arguments with the node and the number of their target filled in.
struct Target {
  base::JsonObject arguments;
  /// Sentences to begin the answer with; empty when the call goes where it was sent.
  std::string note{};
  /// The list that said where the guest is; nullptr when nobody looked.
  pve::InventoryPtr list{};
  /// The one guest that the call named by more than its number.
  std::optional<FoundGuest> guest{};
  std::string given{};  ///< what named it: "web01"
};

/// Fills in what a {vmid}, a unique name in its place or a {upid} says; the cluster is asked only where that
/// is needed. What the token cannot see stays as it was given. A change by name goes to the guest that has it
/// at this moment; of a read by name recheck_name() has the last word. The error is the sentence for the
/// model; of guests that may not be listed it says nothing but that they are not the row's.
std::expected<Target, std::string> find_target(const Row& row, base::JsonObject arguments, Cluster& cluster,
                                               const MayUse& may, const std::stop_token& stop);

/// True when PVE says that the guest of the call is not on that node.
bool says_not_on_node(std::string_view message);

/// After such an answer: where the guest is by a new look, nothing when there is no better place.
std::optional<Target> find_again(const Row& row, const Target& before, Cluster& cluster, const MayUse& may,
                                 const std::stop_token& stop);

/// After the answer `data` to a read by name: nothing when it is of the guest that has the name. Otherwise
/// the guest that has it now; the error is the sentence for the model, when none has.
std::optional<std::expected<Target, std::string>> recheck_name(const Row& row, const Target& read,
                                                               const base::Json& data, Cluster& cluster,
                                                               const MayUse& may,
                                                               const std::stop_token& stop);

/// Of a guest that was named its number and its name, for a sentence: "100 (web01)". Empty of any other.
std::string named_guest(const Target& target);

/// What the answer to a read by name begins with: "VM 101 (web02):". Empty where the answer itself says it,
/// and for a change, whose sentence does.
std::string heading(const Row& row, const Target& target);

/// Before a change by name that had to wait: a sentence when the guest has another name by now, or none can
/// be read.
std::optional<std::string> renamed_while_waiting(const Row& row, const Target& target, Cluster& cluster,
                                                 const std::stop_token& stop);

}  // namespace engine
