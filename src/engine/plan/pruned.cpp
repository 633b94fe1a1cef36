#include "engine/plan/pruned.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <compare>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/words/guest_name.h"

namespace engine {
namespace {

constexpr std::string_view kPreview = "/nodes/{node}/storage/{storage}/prunebackups";
/// Each guest costs a request.
constexpr std::size_t kMostGuests = 20;
constexpr std::size_t kMostBackups = 20;

struct Backup {
  std::int64_t made = 0;  ///< epoch seconds
  std::string volid{};
  auto operator<=>(const Backup&) const = default;
};

/// False: PVE does not say.
bool add(const std::string& path, std::string_view retention, std::int64_t vmid, Cluster& cluster,
         const std::stop_token& stop, std::vector<Backup>& backups) {
  pve::Parameters parameters{{"vmid", std::to_string(vmid)}};
  if (!retention.empty()) parameters.emplace_back("prune-backups", retention);
  const auto answer = cluster.client.call({base::Method::Get, path, std::move(parameters)}, stop);
  if (!answer) return false;
  for (const auto& row : base::objects(answer->data)) {
    if (base::raw_text(row, "mark") == "remove")
      backups.push_back({base::number(row, "ctime", 0), base::text(row, "volid", 200)});
  }
  return true;
}

std::string day(std::int64_t seconds) {
  const auto at = std::chrono::sys_seconds(std::chrono::seconds(seconds));
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace

std::vector<std::string> pruned_by(const Row& row, const base::JsonObject& arguments, Cluster& cluster,
                                   const std::stop_token& stop) {
  const auto& about = row.about();
  const bool backs_up = about.locator == tool::Locator::Guests;
  const bool prunes = about.subject == tool::Subject::Backup && about.in_path("storage") &&
                      row.tool().call.method == base::Method::Delete;
  if (!backs_up && !prunes) return {};
  auto place = arguments;
  if (!place.contains("storage")) place["storage"] = "local";
  const auto filled = path(kPreview, place);
  const auto list = argument_text(arguments, "vmid");
  const auto guests = base::list_items(list);
  if (!filled || guests.empty() || guests.size() > kMostGuests) return {};
  std::vector<Backup> backups;
  for (const auto guest : guests) {
    const auto retention = argument_text(arguments, "prune-backups");
    if (!add(*filled, retention, guest_number(guest).value_or(0), cluster, stop, backups)) return {};
  }
  std::ranges::sort(backups);
  std::vector<std::string> clauses;
  for (const auto& backup : backups) {
    if (clauses.size() == kMostBackups) break;
    clauses.push_back(fmt::format("{} ({})", backup.volid, day(backup.made)));
  }
  if (backups.size() > clauses.size())
    clauses.push_back(fmt::format("{} more", backups.size() - clauses.size()));
  if (backs_up)
    clauses.push_back(
        fmt::format("{} one {}backup of each guest, because the retention also counts the new backup",
                    clauses.empty() ? "perhaps" : "and perhaps", clauses.empty() ? "" : "more "));
  return clauses;
}

}  // namespace engine
