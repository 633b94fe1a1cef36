// The health report: everything that needs attention, the most severe first.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_read.h"
#include "base/text.h"
#include "insight/exam.h"
#include "insight/reports.h"

namespace insight {
namespace {

constexpr double kFull = 0.95;
constexpr double kFilling = 0.85;
constexpr double kHigh = 0.9;
constexpr std::size_t kTable = 3900;
/// A node that has not sent its version by then is reported as not answering.
constexpr std::chrono::seconds kVersionLimit{3};

/// The nodes by name, with whether /cluster/status calls them online; empty if it cannot be read.
using Online = std::map<std::string, bool, std::less<>>;

Online quorum(Exam& exam, const base::Json& data, bool& quorate) {
  Online online;
  for (const auto& row : base::objects(data)) {
    const auto type = base::raw_text(row, "type");
    if (type == "node") online[base::text(row, "name")] = base::flag(row, "online");
    if (type != "cluster" || !row.contains("quorate") || base::flag(row, "quorate")) continue;
    quorate = false;
    exam.findings.add("NO_QUORUM", base::text(row, "name"));
  }
  return online;
}

bool ha_gave_up(std::string_view state) {
  return state == "error" || state == "fence" || state == "recovery";
}

void ha(Exam& exam, const base::Json& data, bool quorate) {
  std::set<std::string> nodes;
  for (const auto& row : base::objects(data)) {
    if (base::raw_text(row, "type") != "service") continue;
    const auto state = base::text(row, base::raw_text(row, "crm_state").empty() ? "state" : "crm_state");
    if (ha_gave_up(state))
      exam.findings.add("HA_ERROR", fmt::format("{} ({})", base::text(row, "sid"), state));
    if (state == "started") nodes.insert(base::text(row, "node"));
  }
  if (quorate) return;
  for (const auto& node : nodes) exam.findings.add("HA_FENCING", node);
}

std::string with_guests(const Exam& exam, const std::string& node) {
  const auto guests = std::ranges::count(exam.inventory.guests, node, &Guest::node);
  return fmt::format("{} ({})", node, counted(static_cast<std::size_t>(guests), "guest"));
}

/// pveproxy answers with 595 to 599 if it cannot reach a node; 0 means no answer at all.
bool is_no_answer(const tool::ReadFailure& why) {
  return why.status == 0 || (why.status >= 595 && why.status <= 599);
}

void ask_versions(Exam& exam, const std::vector<std::string>& nodes) {
  std::vector<tool::Read> reads;
  for (const auto& node : nodes) reads.push_back({"/nodes/{node}/version", {{"node", node}}});
  const auto got = exam.sources.get_within(reads, kVersionLimit);
  std::map<std::string, std::vector<std::string>> versions;
  for (std::size_t i = 0; i < std::min(got.size(), nodes.size()); ++i) {
    if (!got[i] && is_no_answer(got[i].error())) {
      exam.findings.add("NODE_SILENT", with_guests(exam, nodes[i]));
      exam.gaps.add(nodes[i], {"does not answer"});
      continue;
    }
    exam.answering.push_back(nodes[i]);
    if (!got[i])
      exam.gap("versions", "version of " + nodes[i], got[i].error());
    else if (const auto* row = got[i]->if_object())
      versions[base::text(*row, "version")].push_back(nodes[i]);
  }
  if (versions.size() < 2) return;
  for (const auto& [version, on] : versions)
    exam.findings.add("VERSIONS_MIXED", fmt::format("{} on {}", version, listed(on)));
}

void use_of_nodes(Exam& exam) {
  for (const auto& node : exam.inventory.nodes) {
    if (!node.online()) continue;
    if (node.mem > node.maxmem * kHigh && node.maxmem > 0)
      exam.findings.add("NODE_MEMORY_HIGH",
                        fmt::format("{} {}", node.name, share_text(node.mem, node.maxmem)));
    if (node.disk > node.maxdisk * kHigh && node.maxdisk > 0)
      exam.findings.add("NODE_DISK_FULL",
                        fmt::format("{} {}", node.name, share_text(node.disk, node.maxdisk)));
  }
}

/// Reports a shared storage once, although every node lists it.
void storages(Exam& exam) {
  std::set<std::string> done;
  for (const auto& storage : exam.inventory.storages) {
    if (!exam.inventory.online(storage.node) || storage.total <= 0) continue;
    if (storage.shared && !done.insert(storage.id).second) continue;
    const auto fill = storage.used / storage.total;
    if (fill <= kFilling) continue;
    const auto where = storage.shared ? storage.id : storage.id + " on " + storage.node;
    exam.findings.add(fill > kFull ? "STORAGE_FULL" : "STORAGE_FILLING",
                      where + " " + share_text(storage.used, storage.total));
  }
}

std::string seen(const Exam& exam) {
  const auto& inventory = exam.inventory;
  const auto running = std::ranges::count(inventory.guests, "running", &Guest::status);
  return fmt::format(
      "{} of {} {}, {} ({} running)", exam.answering.size(), counted(inventory.nodes.size(), "node"),
      exam.answering.size() == 1 ? "answers" : "answer", counted(inventory.guests.size(), "guest"), running);
}

base::JsonObject report(const Exam& exam) {
  base::JsonObject report{
      {"verdict", exam.findings.verdict() + (exam.gaps.empty() ? "" : "; some reads failed")},
      {"seen", seen(exam)}};
  put_rows(report, "findings", exam.findings.rows(), kTable);
  if (const auto good = exam.findings.good(exam.unread); !good.empty())
    report["good"] = listed(good, good.size());
  if (exam.findings.ignored() > 0)
    report["ignored"] =
        fmt::format("{}, by PVE_IGNORE_FINDINGS", counted(exam.findings.ignored(), "finding"));
  if (!exam.not_checked.empty()) report["not_judged"] = exam.not_checked;
  exam.gaps.put(report);
  return report;
}

}  // namespace

void examine_cluster(Exam& exam) {
  const auto got = exam.sources.get({{"/cluster/status"}, {"/cluster/ha/status/current"}});
  if (got.size() != 2) return;
  bool quorate = true;
  Online online;
  if (got[0])
    online = quorum(exam, *got[0], quorate);
  else
    exam.gap("quorum", "quorum", got[0].error());
  if (got[1])
    ha(exam, *got[1], quorate);
  else
    exam.gap("HA", "HA", got[1].error());
  std::vector<std::string> asked;
  for (const auto& node : exam.inventory.nodes) {
    const auto said = online.find(node.name);
    if (said == online.end() ? node.online() : said->second) {
      asked.push_back(node.name);
      continue;
    }
    exam.findings.add("NODE_OFFLINE", with_guests(exam, node.name));
    exam.gaps.add(node.name, {"offline"});
  }
  ask_versions(exam, asked);
}

Reported cluster_health(tool::Sources& sources, const base::JsonObject&) {
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  Exam exam(sources, **list);
  exam.note_if_incomplete({"guest states", "locks", "backup jobs", "backups"}, "guests", tool::kSeesGuests);
  exam.note_if_incomplete({"storages"}, "storages", tool::kSeesStorages);
  exam.note_if_incomplete({"nodes"}, "usage of nodes", tool::kSeesNodes);
  exam.note_if_incomplete({"tasks"}, "tasks of others", tool::kSeesNodes);
  examine_cluster(exam);
  use_of_nodes(exam);
  storages(exam);
  examine_nodes(exam);
  examine_guests(exam);
  examine_backups(exam);
  return report(exam);
}

}  // namespace insight
