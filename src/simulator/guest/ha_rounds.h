// HA's managers. In rounds of ten seconds they check each resource and start, stop or move its guest as
// requested, by tasks of root@pam. Timing, states and texts are as recorded on PVE 9.2; moves are from
// memory.
#pragma once

#include <string>

#include "simulator/guest/guest.h"

namespace simulator {

/// The request to the managers in a call on a guest that HA manages.
struct HaRequest {
  enum class What : std::uint8_t { Start, Stop, Shutdown, Move };
  What what = What::Start;
  std::string target = {};  ///< node, for a move
  unsigned timeout = 0;     ///< seconds, for a shutdown
};

/// Starts the task that hands the request to HA. It ends long before HA acts, and fails if the resource is in
/// the state "error".
Answer ask_ha(Call& call, HaRequest request);

/// Makes the managers check the resource in their next round.
void ha_follow(State& state, const std::string& sid);
/// Adds a resource, which is queued until its first round.
void ha_add(State& state, const std::string& sid);

/// The manager's own state of the resource: "started", "error", …; empty while it is queued.
std::string ha_crm_state(State& state, const std::string& sid);
/// The state in the list of HA's status: "queued", "starting", "clearing error flag", ….
std::string ha_state_text(State& state, const std::string& sid);
/// PVE's refusal of every request except `disabled` if the resource is in the state "error", else nullopt.
std::optional<std::string> ha_error(State& state, const std::string& sid);

}  // namespace simulator
