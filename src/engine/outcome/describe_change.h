// Describes in sentences what a change did to its object.
#pragma once

#include <cstdint>
#include <string>

#include "base/json.h"
#include "engine/row/row.h"
#include "engine/row/wording.h"
#include "pve/tasks.h"

namespace engine {

/// What was read of the object before or after a change. A part that could not be read, or may not be, is
/// empty.
struct ObjectState {
  base::JsonObject status{};  ///< for a guest: what kept_status() keeps of GET …/status/current
  base::JsonObject config{};  ///< for a guest: GET …/config
  base::Json object{};        ///< for other objects: the GET that the row's About names; null: not read
  /// For a guest that is to be deleted: how many backups each storage has of it (kept_backups.h).
  base::JsonObject backups{};
};

/// Work that follows a task and is not part of it: the start that a creation asked for, or HA's work.
struct FollowUp {
  enum class State : std::uint8_t {
    None,    ///< nothing follows
    Done,    ///< the guest is in the wanted state
    Open,    ///< it had not ended when the wait ended
    Failed,  ///< `why` says the reason
  };
  State state = State::None;
  std::string why{};   ///< PVE's words, safe to show
  std::string upid{};  ///< of the failed task
  std::string node{};  ///< the guest's node, if it is another one than before
};

struct ChangeContext {
  const Row& row;
  const base::JsonObject& arguments;  ///< by PVE's names
  const Wording& words;
  const ObjectState& before;
  const ObjectState& after;  ///< or what is expected
  /// The task that made the change; nullptr if there was none, or if nothing has been sent.
  const pve::TaskReport* report = nullptr;
  FollowUp follow_up{};
  bool by_ha = false;  ///< the task only passed the request to HA
  /// True before the call is sent: `after` is what is expected, and the text says what would change.
  bool expected = false;
};

struct ChangeText {
  std::string text;     ///< sentences, on one or two lines
  bool failed = false;  ///< part of the request failed
  bool open = false;    ///< HA has the request and has not carried it out yet
};

/// Describes a change whose task succeeded, or one that is to be sent. Sends nothing and does not read the
/// clock.
ChangeText describe_change(const ChangeContext& context);

/// The state that a change would leave if nothing else happened meanwhile. Parts that cannot be predicted are
/// empty.
ObjectState expected_state(const Row& row, const base::JsonObject& arguments, const ObjectState& before);

/// The sentence that says whether the guest runs, for a change of its configuration. Empty for other changes,
/// and if it is not known.
std::string describe_guest(const Row& row, const ObjectState& state);

/// The sentence that says what is not known while the task runs; empty if nothing is missing.
std::string describe_unfinished(const Row& row);

/// The sentence that says what a failed change left behind; empty if nothing is known.
std::string describe_leftovers(const ChangeContext& context);

/// The sentence for a change that PVE refused because the guest is already in the wanted state. Empty if PVE
/// refused it for another reason.
std::string describe_already(const Row& row, const Wording& words, std::string_view message,
                             const ObjectState& before);

/// The remedy for a refusal that the state of the guest or of HA explains better than PVE's words: PVE calls
/// a paused VM running. Empty if nothing more is known.
std::string describe_remedy(const Row& row, std::string_view message, const ObjectState& before);

/// The sentence that replaces Wording::done if a task that should be stopped had ended before. Empty if it
/// still runs, or if that is not known.
std::string describe_ended_task(const Row& row, const Wording& words, const ObjectState& before);

}  // namespace engine
