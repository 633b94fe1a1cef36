// What became of a guest that was started, stopped, moved or taken back.
#include <fmt/format.h>

#include <array>

#include "base/json_read.h"
#include "engine/outcome/describe_parts.h"
#include "engine/outcome/guest_state.h"
#include "view/human.h"

namespace engine {
namespace {

struct Seen {
  const Deed& deed;
  Power was;
  Power is;

  bool container() const { return deed.row.about().guest == tool::GuestKind::Container; }
  const Wording& words() const { return deed.words; }
  std::string done() const { return words().done + took(deed); }
  /// ", but it is off now" where the guest is not what it should be.
  std::string unless(Power expected) const {
    if (is == expected || is == Power::Unknown) return ".";
    return fmt::format(", but it is {} now{}.", power_word(deed.after.status), power_hint(is));
  }
};

Story started(const Seen& seen) {
  const auto* from_disk = seen.was == Power::OnDisk ? " from its state on disk" : "";
  return {seen.done() + from_disk + seen.unless(Power::Running)};
}

Story ended(const Seen& seen) {
  if (seen.was == Power::Off) return {seen.words().subject + " was off already; nothing was changed."};
  if (seen.was == Power::OnDisk)
    return {seen.words().subject +
            " was off already, suspended to disk; nothing was changed. A start brings it back."};
  return {seen.done() + seen.unless(Power::Off)};
}

Story rebooted(const Seen& seen) {
  const auto& sequel = seen.deed.sequel;
  if (sequel.state == Sequel::State::Failed)
    return {fmt::format("{} was shut down for its reboot, but its start failed: {}.", seen.words().subject,
                        sequel.why),
            true};
  if (sequel.state == Sequel::State::Open)
    return {seen.words().subject + " was shut down for its reboot; its start has not come yet."};
  return {seen.done() + seen.unless(Power::Running)};
}

Story suspended(const Seen& seen) {
  if (seen.container()) return {seen.done() + "."};
  if (base::flag(seen.deed.arguments, "todisk"))
    return {seen.done() + " to disk; it is off, and a start brings it back as it was."};
  if (seen.was == Power::Paused) return {seen.words().subject + " was paused already; nothing was changed."};
  if (seen.is == Power::Paused || seen.is == Power::Unknown)
    return {seen.done() + "; it is paused in memory."};
  return {seen.done() + seen.unless(Power::Paused)};
}

Story resumed(const Seen& seen) {
  if (seen.was == Power::Running && seen.is == Power::Running)
    return {seen.words().subject + " was running already; nothing was changed."};
  return started(seen);
}

Story reset(const Seen& seen) { return {seen.done() + seen.unless(Power::Running)}; }

/// "; it was running and is off now (snapshot without RAM)"
Story rolled_back(const Seen& seen) {
  const auto& snapshot = seen.deed.before.object;
  auto text = seen.done();
  if (const auto taken = base::number(snapshot, "snaptime"))
    text += " of " + view::human_time(*taken) + ", what came after it is lost";
  if (seen.is == Power::Unknown) return {text + "."};
  const bool ram = !base::raw_text(snapshot, "vmstate").empty();
  const auto now = power_word(seen.deed.after.status);
  if (seen.was != Power::Unknown && seen.was != seen.is) {
    text += fmt::format("; it was {} and is {} now", power_word(seen.deed.before.status), now);
    if (snapshot.is_object() && !seen.container())
      text += ram ? " (snapshot with RAM)" : " (snapshot without RAM)";
  } else {
    text += fmt::format("; it is {}", now);
  }
  return {text + "."};
}

Story snapshot_taken(const Seen& seen) {
  const bool ram = base::flag(seen.deed.arguments, "vmstate");
  auto text = seen.done();
  if (!seen.container() && seen.was == Power::Running) text += ram ? " with its RAM" : " without its RAM";
  if (seen.was != Power::Unknown && seen.is != Power::Unknown && seen.was != seen.is)
    text += fmt::format("; the guest was {} and is {} now{}", power_word(seen.deed.before.status),
                        power_word(seen.deed.after.status), power_hint(seen.is));
  return {text + "."};
}

Story snapshot_deleted(const Seen& seen) {
  const auto taken = base::number(seen.deed.before.object, "snaptime");
  return {seen.done() + (taken ? "; it was of " + view::human_time(*taken) : std::string{}) + "."};
}

Story migrated(const Seen& seen) {
  auto text = seen.done();
  if (seen.is == Power::Unknown) return {text + "."};
  text += fmt::format("; it is {} there", power_word(seen.deed.after.status));
  return {text + std::string(power_hint(seen.is)) + "."};
}

struct Telling {
  tool::Action action;
  Story (*describe)(const Seen& seen);
};

constexpr std::array kTellings{
    Telling{tool::Action::Start, started},        Telling{tool::Action::Stop, ended},
    Telling{tool::Action::Shutdown, ended},       Telling{tool::Action::Reboot, rebooted},
    Telling{tool::Action::Suspend, suspended},    Telling{tool::Action::Resume, resumed},
    Telling{tool::Action::Reset, reset},          Telling{tool::Action::TakeSnapshot, snapshot_taken},
    Telling{tool::Action::RollBack, rolled_back}, Telling{tool::Action::DeleteSnapshot, snapshot_deleted},
    Telling{tool::Action::Migrate, migrated},
};

}  // namespace

std::optional<Story> describe_power(const Deed& deed) {
  for (const auto& telling : kTellings) {
    if (telling.action == deed.row.about().action)
      return telling.describe({deed, power(deed.before.status), power(deed.after.status)});
  }
  return std::nullopt;
}

}  // namespace engine
