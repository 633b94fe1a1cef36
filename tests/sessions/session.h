// A recorded session: calls of tools against the simulated cluster and what they gave. Text, one step after
// another:
//
//   # a comment
//   call pve_start_qemu_vm {"node":"pve1","vmid":102}
//   ok
//     VM 102 start … Task: UPID:…
//   advance 5s
//   call pve_start_qemu_vm {"node":"nope","vmid":102}
//   error
//     …
//
// `wait 30s` lets calls wait that long for the tasks they start, `tier read-only` sets the tier, `fault
// no-quorum` switches a fault of the simulator on, `fault` alone switches all off, `as auditor@pve` (or `as
// auditor@pve separated`, `as root`) calls with a token of that user, `pve 8.4` begins anew with a cluster of
// that version, `progress` shows what later calls report while they wait, a line each before the
// result, `slow 60` begins anew with a cluster whose tasks take 60 times as long, `confirm irreversible` lets
// such changes ask first (at the beginning none does), `approval human` asks a person for those that are
// irreversible, who decides on the last plan by `decide approve` or `decide reject`, `protect tag:prod`
// protects what it means, `scope tag:web` limits the calls to these guests. The id of a plan is recorded as
// ID, and the argument "confirm":"ID" stands for the last one. The recorded lines are rewritten when
// UPDATE_GOLDEN is set.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace sessions {

class World;

struct Step {
  enum class Kind {
    Comment,
    Call,
    Advance,
    Fault,
    Tier,
    Allow,
    Deny,
    Freeze,
    Wait,
    Pve,
    As,
    Progress,
    Slow,
    Confirm,
    Approval,
    Decide,
    Protect,
    Scope
  } kind = Kind::Comment;
  std::string text{};       ///< the comment, the tool's name, the duration, the fault, the tier, the version
  std::string arguments{};  ///< of a call: JSON
  bool is_error = false;
  std::string outcome{};  ///< of a call: lines joined with '\n'
};

/// The error of a malformed file is thrown as std::runtime_error with its line: a broken session must not
/// pass.
std::vector<Step> parse(std::string_view text);
std::string print(const std::vector<Step>& steps);

/// Runs one step and notes in it what happened.
void perform(World& world, Step& step);

/// Runs the steps on a fresh simulated cluster of its own and returns them with what happened.
std::vector<Step> run(std::vector<Step> steps);

}  // namespace sessions
