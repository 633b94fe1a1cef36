// pve_cluster_health: everything that needs a look, the worst first.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_read.h"
#include "base/text.h"
#include "catalog/insight.h"
#include "catalog/insight_findings.h"
#include "catalog/insight_read.h"

namespace catalog {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr double kFull = 0.95;
constexpr double kFilling = 0.85;
constexpr double kHigh = 0.9;
constexpr std::size_t kTable = 4300;

std::string number(const Guest& guest) { return fmt::format("{}", guest.vmid); }

/// One answer and what to make of it.
class Health {
 public:
  Health(tool::Sources& sources, const Inventory& inventory) : sources_(sources), inventory_(inventory) {}

  base::JsonObject report() {
    gaps_.thinned(sources_, "guests", kSeesGuests);
    gaps_.thinned(sources_, "storages", kSeesStorages);
    gaps_.thinned(sources_, "use of nodes", kSeesNodes);
    gaps_.thinned(sources_, "tasks of others", kSeesNodes);
    nodes();
    storages();
    locks();
    cluster();
    each_node();
    backups();
    gaps_.offline(inventory_);
    const auto running = std::ranges::count(inventory_.guests, "running", &Guest::status);
    const auto online = std::ranges::count_if(inventory_.nodes, &Node::online);
    base::JsonObject report{
        {"verdict", findings_.verdict() + (gaps_.empty() ? "" : "; not everything could be read")},
        {"seen",
         fmt::format("{} of {} online, {} ({} running)", online, counted(inventory_.nodes.size(), "node"),
                     counted(inventory_.guests.size(), "guest"), running)}};
    put_rows(report, "findings", findings_.rows(), kTable);
    if (unjudged_ > 0)
      report["not_judged"] = fmt::format("backups of {}: {}", counted(unjudged_, "guest"),
                                         backups_thinned_ ? "this token may not see every backup"
                                                          : "a storage that may hold them could not be read");
    gaps_.put(report);
    return report;
  }

 private:
  void nodes() {
    for (const auto& node : inventory_.nodes) {
      if (!node.online()) {
        const auto guests = std::ranges::count(inventory_.guests, node.name, &Guest::node);
        findings_.add("NODE_OFFLINE",
                      fmt::format("{} ({})", node.name, counted(static_cast<std::size_t>(guests), "guest")));
        continue;
      }
      if (node.mem > node.maxmem * kHigh && node.maxmem > 0)
        findings_.add("NODE_MEMORY_HIGH", fmt::format("{} {}", node.name, share_text(node.mem, node.maxmem)));
      if (node.disk > node.maxdisk * kHigh && node.maxdisk > 0)
        findings_.add("NODE_DISK_FULL", fmt::format("{} {}", node.name, share_text(node.disk, node.maxdisk)));
    }
  }

  /// A shared storage is full once, however many nodes show it.
  void storages() {
    std::set<std::string> done;
    for (const auto& storage : inventory_.storages) {
      if (!inventory_.online(storage.node) || storage.total <= 0) continue;
      if (storage.shared && !done.insert(storage.id).second) continue;
      const auto fill = storage.used / storage.total;
      if (fill <= kFilling) continue;
      const auto where = storage.shared ? storage.id : storage.id + " on " + storage.node;
      findings_.add(fill > kFull ? "STORAGE_FULL" : "STORAGE_FILLING",
                    where + " " + share_text(storage.used, storage.total));
    }
  }

  void locks() {
    for (const auto& guest : inventory_.guests) {
      if (!guest.lock.empty()) findings_.add("GUEST_LOCKED", fmt::format("{} ({})", guest.vmid, guest.lock));
    }
  }

  void cluster() {
    const auto got = sources_.get(
        {{"/cluster/status"}, {"/cluster/ha/status/current"}, {"/cluster/backup-info/not-backed-up"}});
    constexpr std::array<std::string_view, 3> kWhat = {"quorum", "HA", "backup jobs"};
    for (std::size_t i = 0; i < std::min(got.size(), kWhat.size()); ++i) {
      if (!got[i]) gaps_.add(std::string(kWhat[i]), got[i].error());
    }
    if (got.size() != kWhat.size()) return;
    if (got[0]) quorum(*got[0]);
    if (got[1]) ha(*got[1]);
    if (got[2]) jobs(*got[2]);
  }

  void quorum(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      if (base::raw_text(row, "type") == "cluster" && row.contains("quorate") && !base::flag(row, "quorate"))
        findings_.add("NO_QUORUM", base::text(row, "name"));
    }
  }

  void ha(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      const auto state = base::text(row, base::raw_text(row, "crm_state").empty() ? "state" : "crm_state");
      if (base::raw_text(row, "type") == "service" &&
          (state == "error" || state == "fence" || state == "recovery"))
        findings_.add("HA_ERROR", fmt::format("{} ({})", base::text(row, "sid"), state));
    }
  }

  /// Templates change as seldom as their backups need to.
  void jobs(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      const auto* guest = inventory_.guest(base::number(row, "vmid", 0));
      if (guest != nullptr && !guest->is_template) findings_.add("BACKUP_MISSING", number(*guest));
    }
  }

  void each_node() {
    const auto since = sources_.now() - kDay;
    std::vector<tool::Read> reads;
    std::vector<const Node*> nodes;
    for (const auto& node : inventory_.nodes) {
      if (!node.online()) continue;
      const base::JsonObject at{{"node", node.name}};
      nodes.push_back(&node);
      reads.push_back(
          {"/nodes/{node}/tasks", {{"node", node.name}, {"errors", 1}, {"since", since}, {"limit", 200}}});
      reads.push_back({"/nodes/{node}/certificates/info", at});
      reads.push_back({"/nodes/{node}/apt/update", at});
      reads.push_back({"/nodes/{node}/storage", {{"node", node.name}, {"enabled", 1}}});
      reads.push_back({"/nodes/{node}/replication", at});
    }
    const auto got = sources_.get(reads);
    using Judge = void (Health::*)(const Node&, const base::Json&);
    constexpr std::array<Judge, 5> kJudges = {&Health::tasks, &Health::certificates, &Health::updates,
                                              &Health::inactive, &Health::replication};
    constexpr std::array<std::string_view, 5> kWhat = {"tasks", "certificates", "updates", "storages",
                                                       "replication"};
    for (std::size_t i = 0; i < std::min(got.size(), reads.size()); ++i) {
      const auto& node = *nodes[i / kJudges.size()];
      const auto which = i % kJudges.size();
      if (got[i]) {
        (this->*kJudges[which])(node, *got[i]);
      } else {
        gaps_.add(fmt::format("{} of {}", kWhat[which], node.name), got[i].error());
      }
    }
  }

  void tasks(const Node& node, const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      const auto status = base::text(row, "status", 60);
      if (status.empty() || status == "OK" || status.starts_with("WARNINGS")) continue;
      const auto id = base::text(row, "id");
      findings_.add("TASK_FAILED", fmt::format("{}{}{} on {} ({})", base::text(row, "type"),
                                               id.empty() ? "" : " ", id, node.name, status));
    }
  }

  void certificates(const Node& node, const base::Json& data) {
    constexpr std::int64_t kSoon = 30 * kDay;
    for (const auto& row : base::objects(data)) {
      const auto until = base::number(row, "notafter", 0);
      const auto left = until - sources_.now();
      if (until <= 0 || left >= kSoon) continue;
      const auto file = base::text(row, "filename");
      if (left <= 0) {
        findings_.add("CERT_EXPIRED", fmt::format("{} {}", node.name, file));
      } else {
        findings_.add("CERT_EXPIRING", fmt::format("{} {} in {} d", node.name, file, left / kDay));
      }
    }
  }

  void updates(const Node& node, const base::Json& data) {
    if (const auto count = std::ranges::distance(base::objects(data)); count > 0)
      findings_.add("UPDATES_PENDING", fmt::format("{} ({})", node.name, count));
  }

  void inactive(const Node& node, const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      if (row.contains("active") && !base::flag(row, "active"))
        findings_.add("STORAGE_INACTIVE", fmt::format("{} on {}", base::text(row, "storage"), node.name));
    }
  }

  void replication(const Node& node, const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      if (base::number(row, "fail_count", 0) > 0)
        findings_.add("REPLICATION_FAILED", fmt::format("{} on {}", base::text(row, "id"), node.name));
    }
  }

  void backups() {
    backups_thinned_ = gaps_.thinned(sources_, "backups", kSeesBackups);
    const auto storages = inventory_.to_read({"backup"});
    std::vector<tool::Read> reads;
    for (const auto* storage : storages)
      reads.push_back({"/nodes/{node}/storage/{storage}/content",
                       {{"node", storage->node}, {"storage", storage->id}, {"content", "backup"}}});
    const auto got = sources_.get(reads);
    std::map<std::int64_t, std::int64_t> newest;
    std::set<std::string> unread;
    std::set<std::string> unread_at;
    note_unread(storages, unread, unread_at);
    for (std::size_t i = 0; i < std::min(got.size(), storages.size()); ++i) {
      if (!got[i]) {
        gaps_.add(fmt::format("backups on {} ({})", storages[i]->id, storages[i]->node), got[i].error());
        (storages[i]->shared ? unread : unread_at)
            .insert(storages[i]->shared ? storages[i]->id : storages[i]->node);
        continue;
      }
      for (const auto& row : base::objects(*got[i])) {
        auto& last = newest[base::number(row, "vmid", 0)];
        last = std::max(last, base::number(row, "ctime", 0));
      }
    }
    judge_backups(newest, !unread.empty(), unread_at);
  }

  /// Storages that were not even asked: out of reach everywhere, or on their node.
  void note_unread(const std::vector<const NodeStorage*>& asked, std::set<std::string>& shared,
                   std::set<std::string>& local) const {
    for (const auto& storage : inventory_.storages) {
      const bool read = std::ranges::any_of(asked, [&](const NodeStorage* other) {
        return other->id == storage.id && (storage.shared || other->node == storage.node);
      });
      if (storage.holds("backup") && !read)
        (storage.shared ? shared : local).insert(storage.shared ? storage.id : storage.node);
    }
  }

  /// A missing backup is only claimed where every storage that may hold it was read.
  void judge_backups(const std::map<std::int64_t, std::int64_t>& newest, bool shared_unread,
                     const std::set<std::string>& unread_at) {
    constexpr std::int64_t kOld = 7 * kDay;
    for (const auto& guest : inventory_.guests) {
      if (guest.is_template) continue;
      const auto found = newest.find(guest.vmid);
      const auto age = found == newest.end() ? -1 : sources_.now() - found->second;
      if (found != newest.end() && age <= kOld) continue;
      if (backups_thinned_ || shared_unread || unread_at.contains(guest.node) ||
          !inventory_.online(guest.node)) {
        ++unjudged_;
      } else {
        findings_.add("BACKUP_STALE", found == newest.end()
                                          ? number(guest) + " (none)"
                                          : fmt::format("{} ({} d)", guest.vmid, age / kDay));
      }
    }
  }

  tool::Sources& sources_;
  const Inventory& inventory_;
  Findings findings_;
  Gaps gaps_;
  bool backups_thinned_ = false;
  std::size_t unjudged_ = 0;
};

}  // namespace

Reported cluster_health(tool::Sources& sources, const base::JsonObject&) {
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  return Health(sources, inventory).report();
}

}  // namespace catalog
