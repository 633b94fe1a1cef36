// What goes from step to step of a call: check, locate, prepare, send, follow, render. Each step gives what
// the next one needs, or the outcome that ends the call.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>

#include "engine/check/arguments.h"
#include "engine/cluster/cluster.h"
#include "engine/cluster/target.h"
#include "engine/outcome/describe_change.h"
#include "engine/outcome/difference.h"
#include "engine/progress.h"
#include "engine/row/row.h"
#include "engine/row/server_arguments.h"
#include "engine/row/wording.h"
#include "guard/gate.h"
#include "seam/tools.h"

namespace engine {

/// What every step may use. Refers to all but its progress; for the thread of the call.
struct Work {
  const Row& row;
  const Limits& limits;
  Cluster& cluster;
  const mcp::Call& call;
  Progress progress;
  const MayUse& may = limits.may;
};

template <class Next>
using Step = std::expected<Next, mcp::Outcome>;

/// After check.
struct Checked {
  base::JsonObject arguments;  ///< by PVE's names
  ServerArguments for_server;
  Secrets secrets;
};

/// After locate.
struct Ready {
  Target target;
  ServerArguments for_server;
  Secrets secrets;
  /// Of a change.
  Wording words;
  /// How sentences call the guest: "118 (web01)"; empty: by its number.
  std::string guest;
  /// Of a change that starts a task: what was there.
  ObjectState before;
  /// Of a change; read when all but the call itself is done.
  StateBefore state{};
  /// How long the call has waited for its turn on a node.
  std::chrono::milliseconds queued{0};
  /// When PVE first could not lock the guest (busy_lock.h).
  std::optional<base::Clock::Steady> lock_busy_since{};
  /// It goes elsewhere than at first.
  bool redirected = false;
  /// The user has confirmed this change of this object, so it must not go elsewhere.
  bool is_confirmed = false;
};

/// Nothing was changed, and the call is to be carried out once more: the guest turned out to be on another
/// node, or its name to be another guest's, and Ready goes there now; or its lock was busy.
struct SendAgain {};

/// Before a change is sent: the plan of a dry run, or what the user has to confirm first (PVE_CONFIRM).
Step<Ready> confirmed(Work& work, Ready ready);

/// Looks at what is there, for the sentences and for what the change makes of it.
void look(const Work& work, Ready& ready);
/// Reads what is about to change, and names the guest.
void compare(const Work& work, Ready& ready);

/// Sends, follows the task that PVE starts, and renders. SendAgain at most where `may_redirect`: what PVE
/// says of the second node is the answer.
std::expected<mcp::Outcome, SendAgain> carry_out(Work& work, Ready& ready, bool may_redirect);

/// What PVE answered to a call that has ended, put right and rendered.
mcp::Outcome answered(const Work& work, const Ready& ready, pve::Answer answer);

/// An error whose text comes from PVE or repeats arguments.
mcp::Result failure(const Ready& ready, std::string text);

/// Tells the client while the call waits; empty when it does not want to know, so that no log is read for it.
pve::Tasks::OnWait following(Work& work, const Ready& ready, const std::string& subject);

/// Tells a client that listens that the call goes to another node than it was sent to.
void log_redirection(const Work& work, const Ready& ready);

}  // namespace engine
