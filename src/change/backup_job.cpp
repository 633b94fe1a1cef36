#include "change/backup_job.h"

#include <fmt/format.h>

#include "base/json_read.h"
#include "change/settings.h"
#include "change/value.h"
#include "view/human.h"

namespace change {
namespace {

std::string guests_of(const base::JsonObject& job) {
  const auto exclude = words(base::raw_word(job, "exclude"));
  const auto without = exclude.empty() ? std::string() : " but " + enumerated(exclude);
  if (base::flag(job, "all")) return "all guests" + without;
  if (const auto pool = base::text(job, "pool", 60); !pool.empty())
    return "the guests of pool \"" + pool + "\"" + without;
  const auto guests = words(base::raw_word(job, "vmid"));
  std::vector<std::string> shown_guests;
  for (const auto& guest : guests) shown_guests.push_back(shown(std::string_view(guest)));
  return fmt::format("{} guest{} ({})", guests.size(), guests.size() == 1 ? "" : "s",
                     enumerated(shown_guests));
}

std::string when(const base::JsonObject& job) {
  if (!base::flag(job, "enabled", true)) return "not enabled";
  const auto next = base::number(job, "next-run");
  return next ? "next run " + view::human_time(*next) + " UTC" : "no next run known";
}

std::string node_of(const base::JsonObject& job) {
  const auto node = base::text(job, "node", 60);
  return node.empty() ? node : " on node " + node;
}

/// Returns the job that is new; nullptr if there are several or none.
const base::JsonObject* new_job(const Change& change) {
  if (const auto id = argument(change.arguments, "id"); !id.empty()) return item(change.after, "id", id);
  const base::JsonObject* found = nullptr;
  for (const auto& job : base::objects(change.after)) {
    const auto id = base::raw_word(job, "id");
    if (item(change.before, "id", id) != nullptr) continue;
    const auto schedule = argument(change.arguments, "schedule");
    if (!schedule.empty() && base::raw_text(job, "schedule") != schedule) continue;
    if (found != nullptr) return nullptr;
    found = &job;
  }
  return found;
}

}  // namespace

Description describe_backup_job(const Change& change) {
  if (change.endpoint.method == base::Method::Put) return describe_settings(change);
  Description description;
  if (change.endpoint.method == base::Method::Delete) {
    if (const auto* job = change.before.if_object())
      description.changes.push_back(fmt::format("it backed up {}{} at {}; its backups kept", guests_of(*job),
                                                node_of(*job), shown(base::raw_text(*job, "schedule"))));
    return description;
  }
  if (!change.before.is_array() || !change.after.is_array()) return description;
  if (const auto* job = new_job(change)) {
    description.changes.push_back(fmt::format("id {}, {}{}, {}", base::text(*job, "id", 80), guests_of(*job),
                                              node_of(*job), when(*job)));
  }
  return description;
}

}  // namespace change
