// Describes a guest that was created, restored from a backup, or cloned.
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

/// The backup that the guest was made from; empty if there is none.
std::string backup_of(const ChangeContext& context) {
  const auto archive = said(context, "archive");
  return archive.empty() && base::flag(context.arguments, "restore") ? said(context, "ostemplate") : archive;
}

/// The disks and addresses of the new guest, on a line of their own.
std::string new_things(const ChangeContext& context, bool copy) {
  const auto& config = context.after.config;
  if (config.empty()) return "\nIts disks and MAC addresses are not known yet.";
  std::string text;
  const auto add = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("{}{}{}", text.empty() ? "\n" : "; ", what, value);
  };
  add("", disks_text(disks_of(config)));
  add("", macs_text(config));
  if (copy) add(clones(context.row) ? "as in the source: " : "as in the backup: ", copied_text(config));
  return text.empty() ? text : text + ".";
}

/// The result of the start that the creation asked for.
std::string start_of(const ChangeContext& context) {
  using State = FollowUp::State;
  switch (context.follow_up.state) {
    case State::Failed:
      return ", but its start failed: " + context.follow_up.why + ".";
    case State::Open:
      return "; its start has not ended yet.";
    case State::Done:
      return "; it is running.";
    case State::None:
      break;
  }
  const auto is = power(context.after.status);
  return is == Power::Unknown ? "." : "; it is " + power_word(context.after.status) + ".";
}

ChangeText created(const ChangeContext& context) {
  const auto backup = backup_of(context);
  auto text = context.words.done + (backup.empty() ? "" : " from " + backup) + took(context);
  return {text + start_of(context) + new_things(context, !backup.empty()),
          context.follow_up.state == FollowUp::State::Failed};
}

ChangeText cloned(const ChangeContext& context) {
  auto text = context.words.done;
  const auto& config = context.after.config;
  const auto* key = context.row.about().guest == tool::GuestKind::Container ? "hostname" : "name";
  if (const auto name = base::text(config, key, 60); !name.empty()) text += " (" + name + ")";
  if (const auto target = said(context, "target"); !target.empty()) text += " on " + target;
  const auto linked = [](const std::string& line) { return line.starts_with("create linked clone"); };
  if (context.report != nullptr && std::ranges::any_of(context.report->log, linked))
    text += ", as a linked clone";
  return {text + took(context) + "." + new_things(context, true)};
}

}  // namespace

std::optional<ChangeText> describe_created(const ChangeContext& context) {
  if (creates(context.row)) return created(context);
  if (clones(context.row)) return cloned(context);
  return std::nullopt;
}

std::string describe_unfinished(const Row& row) {
  if (!creates(row) && !clones(row)) return {};
  return "Its disks and MAC addresses are not known yet.";
}

std::string describe_leftovers(const ChangeContext& context) {
  const auto& config = context.after.config;
  if (config.empty() || !(creates(context.row) || clones(context.row))) return {};
  const auto vmid = said(context, clones(context.row) ? "newid" : "vmid");
  const auto disks = disks_of(config);
  const auto* kind = context.row.about().subject == tool::Subject::Container ? "container" : "VM";
  if (disks.empty())
    return fmt::format("It left an empty {} {} behind, which holds the number: delete it.", kind, vmid);
  return fmt::format("It left {} {} behind, not complete: {}.", kind, vmid, disks_text(disks));
}

}  // namespace engine
