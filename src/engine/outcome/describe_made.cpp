// A guest that was created, restored from a backup, or cloned.
#include <fmt/format.h>

#include <algorithm>

#include "base/json_read.h"
#include "engine/outcome/describe_parts.h"
#include "engine/outcome/guest_state.h"
#include "engine/words/config_words.h"

namespace engine {
namespace {

bool creates(const Row& row) { return row.about().action == tool::Action::Create; }

bool clones(const Row& row) { return row.about().action == tool::Action::Clone; }

/// The backup that it was made from; empty: it was made anew.
std::string backup_of(const Deed& deed) {
  const auto archive = said(deed, "archive");
  return archive.empty() && base::flag(deed.arguments, "restore") ? said(deed, "ostemplate") : archive;
}

/// What the new guest has, a line of its own.
std::string new_things(const Deed& deed, bool copy) {
  const auto& config = deed.after.config;
  if (config.empty()) return "\nIts disks and MAC addresses are not known yet.";
  std::string text;
  const auto add = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}{}", text.empty() ? "\n" : "; ", what, value);
  };
  add("", disks_text(disks_of(config)));
  add("", macs_text(config));
  if (copy) add(clones(deed.row) ? "as in the source: " : "as in the backup: ", copied_text(config));
  return text.empty() ? text : text + ".";
}

/// How the start went that the creation asked for.
std::string start_of(const Deed& deed) {
  using State = Sequel::State;
  switch (deed.sequel.state) {
    case State::Failed:
      return ", but its start failed: " + deed.sequel.why + ".";
    case State::Open:
      return "; its start has not ended yet.";
    case State::Done:
      return "; it is running.";
    case State::None:
      break;
  }
  const auto is = power(deed.after.status);
  return is == Power::Unknown ? "." : "; it is " + power_word(deed.after.status) + ".";
}

Story created(const Deed& deed) {
  const auto backup = backup_of(deed);
  auto text = deed.words.done + (backup.empty() ? "" : " from " + backup) + took(deed);
  return {text + start_of(deed) + new_things(deed, !backup.empty()),
          deed.sequel.state == Sequel::State::Failed};
}

Story cloned(const Deed& deed) {
  auto text = deed.words.done;
  const auto& config = deed.after.config;
  const auto* key = deed.row.about().guest == tool::GuestKind::Container ? "hostname" : "name";
  if (const auto name = base::text(config, key, 60); !name.empty()) text += " (" + name + ")";
  if (const auto target = said(deed, "target"); !target.empty()) text += " on " + target;
  const auto linked = [](const std::string& line) { return line.starts_with("create linked clone"); };
  if (deed.report != nullptr && std::ranges::any_of(deed.report->log, linked))
    text += ", linked to its disks";
  return {text + took(deed) + "." + new_things(deed, true)};
}

}  // namespace

std::optional<Story> describe_made(const Deed& deed) {
  if (creates(deed.row)) return created(deed);
  if (clones(deed.row)) return cloned(deed);
  return std::nullopt;
}

std::string describe_open(const Row& row) {
  if (!creates(row) && !clones(row)) return {};
  return "Its disks and MAC addresses are not known yet.";
}

std::string describe_remains(const Deed& deed) {
  const auto& config = deed.after.config;
  if (config.empty() || !(creates(deed.row) || clones(deed.row))) return {};
  const auto vmid = said(deed, clones(deed.row) ? "newid" : "vmid");
  const auto disks = disks_of(config);
  const auto* kind = deed.row.about().subject == tool::Subject::Container ? "container" : "VM";
  if (disks.empty())
    return fmt::format("It left an empty {} {} behind, which holds the number: delete it.", kind, vmid);
  return fmt::format("It left {} {} behind, not complete: {}.", kind, vmid, disks_text(disks));
}

}  // namespace engine
