// What a change did to its object, in sentences: the one place that says it.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "engine/row/row.h"
#include "engine/row/wording.h"
#include "pve/tasks.h"

namespace engine {

/// What was read of the object, before a change or after it. What is empty was not read, or may not be.
struct ObjectState {
  base::JsonObject status{};  ///< of a guest: what kept_status() leaves of GET …/status/current
  base::JsonObject config{};  ///< of a guest: GET …/config
  base::Json object{};        ///< of anything else: the GET that the row's About names; null: not read
  /// Of a guest that is to be deleted: how many backups each storage has of it (kept_backups.h).
  base::JsonObject backups{};
};

/// What follows a task without being part of it: a start that a creation asked for, the work of HA.
struct FollowUp {
  enum class State : std::uint8_t {
    None,    ///< nothing follows
    Done,    ///< the guest is what was asked for
    Open,    ///< not as long as anybody waited
    Failed,  ///< `why` says it
  };
  State state = State::None;
  std::string why{};   ///< PVE's words, printable
  std::string upid{};  ///< of the task that failed
  std::string node{};  ///< where the guest is, where that is news
};

struct ChangeContext {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const Wording& words;
  const ObjectState& before;
  const ObjectState& after;  ///< or what is expected
  /// The task that carried it out; nullptr where there was none, or nothing has been sent.
  const pve::TaskReport* report = nullptr;
  FollowUp follow_up{};
  bool by_ha = false;  ///< the task only handed the wish to HA
  /// Nothing has been sent, `after` is what is expected, and the text says what would become of it.
  bool expected = false;
};

struct ChangeText {
  std::string text;     ///< sentences; of one line or two
  bool failed = false;  ///< part of what was asked did not come about
  bool open = false;    ///< HA has it, and has not carried it out
};

/// Of a change that went well as far as its task tells, or that is to be sent. Sends nothing and reads no
/// clock.
ChangeText describe_change(const ChangeContext& context);

/// What a change would leave, where nothing else happens meanwhile. What nobody can tell ahead stays empty.
ObjectState expected_state(const Row& row, const base::JsonObject& arguments, const ObjectState& before);

/// Of a change of a configuration, what the guest is meanwhile: a sentence; empty: not known, or another
/// change.
std::string describe_guest(const Row& row, const ObjectState& state);

/// Of one whose task goes on: what cannot be said yet, a sentence; empty: nothing that is missed.
std::string describe_unfinished(const Row& row);

/// Of one that did not: what it left behind, a sentence; empty: nothing that is known.
std::string describe_leftovers(const ChangeContext& context);

/// PVE refused because the guest is already what was asked for: the sentence that says so. Empty: that is not
/// why it refused.
std::string describe_already(const Row& row, const Wording& words, std::string_view message,
                             const ObjectState& before);

/// What to do about a refusal that the guest's state explains better than PVE's words, which call a paused VM
/// running, or that HA's state does; empty: nothing more is known.
std::string describe_remedy(const Row& row, std::string_view message, const ObjectState& before);

/// Of a task that is asked to stop and had ended before: the sentence in the place of Wording::done. Empty:
/// it runs, or nobody knows.
std::string describe_ended_task(const Row& row, const Wording& words, const ObjectState& before);

}  // namespace engine
