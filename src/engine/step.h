// The values that the steps of a call pass on: check, locate, prepare, send, follow, render. Each step
// returns what the next one needs, or the outcome that ends the call.
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

/// What every step of a call may use. Refers to everything but its progress. For the thread of the call.
struct Work {
  const Row& row;
  const Limits& limits;
  Cluster& cluster;
  const mcp::Call& call;
  Progress progress;
  const guard::MayUse& may = limits.may;
};

template <class Next>
using Step = std::expected<Next, mcp::Outcome>;

/// The result of the step check.
struct Checked {
  base::JsonObject arguments;  ///< by PVE's names
  ServerArguments for_server;
  Secrets secrets;
};

/// The result of the step locate.
struct Ready {
  Target target;
  ServerArguments for_server;
  Secrets secrets;
  /// The sentences about a change; empty for a read.
  Wording words;
  /// The guest in sentences: "118 (web01)". Empty: its number is used.
  std::string guest;
  /// The object before a change that starts a task.
  ObjectState before;
  /// The object before a change that needs no task. It is read last, directly before the call is sent.
  StateBefore state{};
  /// How long the call has waited for a slot on its node.
  std::chrono::milliseconds queued{0};
  /// When PVE first failed to lock the guest (busy_lock.h).
  std::optional<base::Clock::Steady> lock_busy_since{};
  /// The call was sent to another guest or node than the first time.
  bool redirected = false;
  /// The user has confirmed this change of this object, so the call must not go to another one.
  bool is_confirmed = false;
  guard::Approval approval{};
  /// What identifies the object of a change; empty: not read yet.
  base::JsonObject identity{};
  /// The record of the attempt whose outcome is not recorded yet (record.h).
  guard::Audit::Begun begun{};
  /// Sentences for the answer about what the audit could not record.
  std::string audit_note{};
};

/// Nothing was changed, and the call must be sent once more: the guest is on another node, its name belongs
/// to another guest now, or its lock was busy. Ready has the new target.
struct SendAgain {};

/// Runs before a change is sent. Returns the plan of a dry run, or asks the user to confirm the change if
/// PVE_CONFIRM wants that.
Step<Ready> confirmed(Work& work, Ready ready);

/// Reads the object before the change, for the sentences and for the comparison after it.
void look(const Work& work, Ready& ready);
/// Reads the state that the change is compared with afterwards, and takes the guest's name from it.
void compare(const Work& work, Ready& ready);

/// Sends the call, follows the task that PVE starts, and renders the result. Looks for a new target only if
/// `may_redirect`: the answer of the second target is final.
std::expected<mcp::Outcome, SendAgain> carry_out(Work& work, Ready& ready, bool may_redirect);

/// Corrects and renders PVE's answer to a call that has ended.
mcp::Outcome answered(const Work& work, const Ready& ready, pve::Answer answer);

/// An error whose text may repeat arguments. Secrets are removed.
mcp::Result failure(const Ready& ready, std::string text);

/// Reports progress to the client while the call waits. Empty if the client does not want progress; no log is
/// read for it then.
pve::Tasks::OnWait following(Work& work, const Ready& ready, const std::string& subject);

/// Sends the client a log message if the call goes to another node than the one it named.
void log_redirection(const Work& work, const Ready& ready);

}  // namespace engine
