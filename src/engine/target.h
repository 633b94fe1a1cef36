// Which guest or task a call means, and on which node it is.
#pragma once

#include <expected>
#include <stop_token>
#include <string>

#include "base/json.h"
#include "engine/cluster.h"
#include "engine/may_use.h"
#include "engine/row.h"

namespace engine {

/// Checked arguments with the node and the number of their target filled in.
struct Target {
  base::JsonObject arguments;
  /// A sentence to begin the answer with; empty when the call goes where it was sent.
  std::string note;
  /// The list that said where the guest is; nullptr when nobody looked.
  pve::GuestList list;
};

/// Fills in what a {vmid}, a unique name in its place or a {upid} says; the cluster is asked only where that
/// is needed. What the token cannot see stays as it was given. The error is the sentence for the model; of
/// guests that may not be listed it says nothing but that they are not the row's.
std::expected<Target, std::string> find_target(const Row& row, base::JsonObject arguments, Cluster& cluster,
                                               const MayUse& may, const std::stop_token& stop);

/// True when PVE says that the guest of the call is not on that node.
bool says_elsewhere(std::string_view message);

/// After such an answer: where the guest is by a new look, nothing when there is no better place.
std::optional<Target> find_again(const Row& row, const Target& before, Cluster& cluster,
                                 const std::stop_token& stop);

}  // namespace engine
