// Describes a guest that was started, stopped, moved or rolled back.
#include <fmt/format.h>

#include <array>

#include "base/json_read.h"
#include "engine/outcome/describe_parts.h"
#include "engine/outcome/guest_state.h"
#include "view/human.h"

namespace engine {
namespace {

struct PowerChange {
  const ChangeContext& context;
  Power was;
  Power is;

  bool container() const { return context.row.about().guest == tool::GuestKind::Container; }
  const Wording& words() const { return context.words; }
  std::string done() const { return words().done + took(context); }
  /// ", but it is off now" if the guest is not in the expected state.
  std::string unless(Power expected) const {
    if (is == expected || is == Power::Unknown) return ".";
    return fmt::format(", but it is {} now{}.", power_word(context.after.status), power_hint(is));
  }
};

ChangeText started(const PowerChange& change) {
  const auto* from_disk = change.was == Power::OnDisk ? " from its state on disk" : "";
  return {change.done() + from_disk + change.unless(Power::Running)};
}

ChangeText ended(const PowerChange& change) {
  if (change.was == Power::Off) return {change.words().subject + " was off already; nothing was changed."};
  if (change.was == Power::OnDisk)
    return {change.words().subject +
            " was off already, suspended to disk; nothing was changed. The next start resumes it."};
  return {change.done() + change.unless(Power::Off)};
}

ChangeText rebooted(const PowerChange& change) {
  const auto& follow_up = change.context.follow_up;
  if (follow_up.state == FollowUp::State::Failed)
    return {fmt::format("{} was shut down for its reboot, but its start failed: {}.", change.words().subject,
                        follow_up.why),
            true};
  if (follow_up.state == FollowUp::State::Open)
    return {change.words().subject + " was shut down for its reboot; it has not started again yet."};
  return {change.done() + change.unless(Power::Running)};
}

ChangeText suspended(const PowerChange& change) {
  if (change.container()) return {change.done() + "."};
  if (base::flag(change.context.arguments, "todisk"))
    return {change.done() + " to disk; it is off, and the next start resumes it."};
  if (change.was == Power::Paused)
    return {change.words().subject + " was paused already; nothing was changed."};
  if (change.is == Power::Paused || change.is == Power::Unknown)
    return {change.done() + "; it is paused in memory."};
  return {change.done() + change.unless(Power::Paused)};
}

ChangeText resumed(const PowerChange& change) {
  if (change.was == Power::Running && change.is == Power::Running)
    return {change.words().subject + " was running already; nothing was changed."};
  return started(change);
}

ChangeText reset(const PowerChange& change) { return {change.done() + change.unless(Power::Running)}; }

/// "; it was running and is off now (snapshot without RAM)"
ChangeText rolled_back(const PowerChange& change) {
  const auto& snapshot = change.context.before.object;
  auto text = change.done();
  if (const auto taken = base::number(snapshot, "snaptime"))
    text += " (taken " + view::human_time(*taken) + "); later changes are lost";
  if (change.is == Power::Unknown) return {text + "."};
  const bool ram = !base::raw_text(snapshot, "vmstate").empty();
  const auto now = power_word(change.context.after.status);
  if (change.was != Power::Unknown && change.was != change.is) {
    text += fmt::format("; it was {} and is now {}", power_word(change.context.before.status), now);
    if (snapshot.is_object() && !change.container())
      text += ram ? " (snapshot with RAM)" : " (snapshot without RAM)";
  } else {
    text += fmt::format("; it is {}", now);
  }
  return {text + "."};
}

ChangeText snapshot_taken(const PowerChange& change) {
  const bool ram = base::flag(change.context.arguments, "vmstate");
  auto text = change.done();
  if (!change.container() && change.was == Power::Running) text += ram ? " with its RAM" : " without its RAM";
  if (change.was != Power::Unknown && change.is != Power::Unknown && change.was != change.is)
    text += fmt::format("; the guest was {} and is now {}{}", power_word(change.context.before.status),
                        power_word(change.context.after.status), power_hint(change.is));
  return {text + "."};
}

ChangeText snapshot_deleted(const PowerChange& change) {
  const auto taken = base::number(change.context.before.object, "snaptime");
  return {change.done() + (taken ? "; it was taken " + view::human_time(*taken) : std::string{}) + "."};
}

ChangeText migrated(const PowerChange& change) {
  auto text = change.done();
  if (change.is == Power::Unknown) return {text + "."};
  text += fmt::format("; it is {} there", power_word(change.context.after.status));
  return {text + std::string(power_hint(change.is)) + "."};
}

struct Describer {
  tool::Action action;
  ChangeText (*describe)(const PowerChange& change);
};

constexpr std::array kDescribers{
    Describer{tool::Action::Start, started},        Describer{tool::Action::Stop, ended},
    Describer{tool::Action::Shutdown, ended},       Describer{tool::Action::Reboot, rebooted},
    Describer{tool::Action::Suspend, suspended},    Describer{tool::Action::Resume, resumed},
    Describer{tool::Action::Reset, reset},          Describer{tool::Action::TakeSnapshot, snapshot_taken},
    Describer{tool::Action::RollBack, rolled_back}, Describer{tool::Action::DeleteSnapshot, snapshot_deleted},
    Describer{tool::Action::Migrate, migrated},
};

}  // namespace

std::optional<ChangeText> describe_power(const ChangeContext& context) {
  for (const auto& describer : kDescribers) {
    if (describer.action == context.row.about().action)
      return describer.describe({context, power(context.before.status), power(context.after.status)});
  }
  return std::nullopt;
}

}  // namespace engine
