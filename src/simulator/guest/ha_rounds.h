// HA's managers: they look at each resource in rounds of ten seconds and bring its guest to where and what
// was asked for, by tasks of root@pam. Timing, states and texts as recorded on PVE 9.2, moves from memory.
#pragma once

#include <string>

#include "simulator/guest/guest.h"

namespace simulator {

/// What a call on a guest under HA asks of the managers.
struct HaRequest {
  enum class What : std::uint8_t { Start, Stop, Shutdown, Move };
  What what = What::Start;
  std::string target = {};  ///< node, of a move
  unsigned timeout = 0;     ///< seconds, of a shutdown
};

/// The task that only hands the request over: it ends long before anything happens. It fails when HA holds
/// the guest in the state error.
Answer ask_ha(Call& call, HaRequest request);

/// The managers look at the resource in their next round.
void ha_follow(State& state, const std::string& sid);
/// A new resource, which waits for its first round.
void ha_add(State& state, const std::string& sid);

/// The manager's own state of the resource: "started", "error", …; empty while it is queued.
std::string ha_crm_state(State& state, const std::string& sid);
/// What the list of HA says for people: "queued", "starting", "clearing error flag", ….
std::string ha_state_text(State& state, const std::string& sid);
/// PVE's refusal of every request but `disabled` while the resource is in the state error.
std::optional<std::string> ha_error(State& state, const std::string& sid);

}  // namespace simulator
