// Describes a guest that was deleted: what was destroyed with it, and what remains.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "engine/outcome/describe_parts.h"
#include "engine/outcome/guest_state.h"
#include "engine/words/config_words.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

struct Disks {
  std::vector<change::Drive> own;
  std::vector<change::Drive> foreign;
};

Disks disks(const ChangeContext& context) {
  const auto vmid = guest_number(said(context, "vmid"));
  Disks disks;
  for (auto& disk : disks_of(context.before.config))
    (disk.owner() == vmid ? disks.own : disks.foreign).push_back(std::move(disk));
  return disks;
}

/// "Destroyed: … Not its own, so kept: …"
std::string volumes(const ChangeContext& context) {
  const auto [own, foreign] = disks(context);
  std::string text;
  if (!own.empty()) text += "Destroyed: " + disks_text(own) + ".";
  if (!foreign.empty())
    text += (text.empty() ? "" : " ") + ("Not its own, so kept: " + disks_text(foreign) + ".");
  return text;
}

/// `3 backups remain on "backup-nfs", 1 on "local"`
std::string backups(const ChangeContext& context) {
  std::string held;
  std::string seen;
  bool all = !context.before.backups.empty();
  for (const auto& [storage, value] : context.before.backups) {
    const auto count = base::number(value);
    if (!count) {
      all = false;
      continue;
    }
    const auto name = base::printable(storage, 60);
    seen += (seen.empty() ? "" : ", ") + name;
    if (*count == 0) continue;
    const auto counted = base::count_of(static_cast<std::size_t>(*count), "backups");
    held += held.empty() ? fmt::format("{} {} on {}", counted, *count == 1 ? "remains" : "remain", name)
                         : fmt::format(", {} on {}", *count, name);
  }
  if (!held.empty()) return held + (all ? "" : ", and there may be more elsewhere");
  return all ? "no backup of it was seen on " + seen : "its backups remain";
}

/// The backup jobs that name the guest, from the list that was read before the deletion.
std::string jobs(const ChangeContext& context) {
  const auto vmid = std::to_string(guest_number(said(context, "vmid")).value_or(0));
  std::string ids;
  for (const auto& job : base::objects(context.before.object)) {
    const auto guests = base::split(base::raw_text(job, "vmid"), ',');
    if (std::ranges::find(guests, vmid) == guests.end()) continue;
    ids += fmt::format("{}\"{}\"", ids.empty() ? "" : ", ", base::text(job, "id", 60));
  }
  return ids;
}

/// The guest's state, if the deletion destroyed it.
std::string lost(const ChangeContext& context) {
  switch (power(context.before.status)) {
    case Power::OnDisk:
      return " It was suspended to disk; its saved memory is gone.";
    case Power::Running:
    case Power::Paused:
    case Power::IoError:
    case Power::Odd:
      return fmt::format(" It was {} until then.", power_word(context.before.status));
    case Power::Unknown:
    case Power::Off:
      break;
  }
  return {};
}

std::string left_behind(const ChangeContext& context) {
  const bool purged = base::flag(context.arguments, "purge");
  const auto named = jobs(context);
  auto text = backups(context) + "; PVE also removed its ACL entries and its pool membership";
  if (base::is_lower(text.front())) text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (purged) {
    text += ", and its entries in backup jobs, replication and HA";
  } else if (!named.empty()) {
    text += "; backup job " + named + " still names it";
  }
  return text + ".";
}

}  // namespace

std::string describe_loss(const ChangeContext& context) {
  if (context.row.about().action != tool::Action::Delete) return {};
  const auto [own, foreign] = disks(context);
  std::string text;
  if (!own.empty()) text += "the deletion destroys " + disks_text(own) + " for good; ";
  if (!foreign.empty()) text += "the deletion keeps " + disks_text(foreign) + ", which is not its own; ";
  return text + backups(context);
}

std::optional<ChangeText> describe_deleted(const ChangeContext& context) {
  if (context.row.about().action != tool::Action::Delete) return std::nullopt;
  const auto gone = volumes(context);
  return ChangeText{context.words.done + took(context) + "." + (gone.empty() ? "" : " ") + gone +
                    lost(context) + "\n" + left_behind(context)};
}

}  // namespace engine
