#include "engine/plan/dependents.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "base/json_read.h"
#include "base/plural.h"
#include "base/text.h"
#include "engine/answer/sources.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"
#include "engine/words/config_words.h"

namespace engine {
namespace {

constexpr std::size_t kLongest = 60;

/// Reads lists, and remembers those that could not be read.
class Lists {
 public:
  Lists(Cluster& cluster, const std::stop_token& stop) : cluster_(cluster), stop_(stop) {}

  base::Json get(std::string_view what, const std::string& path) {
    auto answer = cluster_.client.call({base::Method::Get, path, {}}, stop_);
    if (answer) return std::move(answer->data);
    // An older PVE has no such list.
    return answer.error().status == 501 ? base::Json() : missed(what);
  }
  base::Json firewall_rules(const pve::Guest& guest) {
    auto list = read_guest(cluster_.client, guest, "firewall/rules", stop_);
    return list ? *std::move(list) : missed("its firewall rules");
  }
  base::Json snapshots(const pve::Guest& guest) {
    auto list = read_guest(cluster_.client, guest, "snapshot", stop_);
    return list ? *std::move(list) : missed("its snapshots");
  }

  /// A clause that names the lists that could not be read; empty if there are none.
  std::string unread() const {
    return unread_.empty() ? std::string() : fmt::format("{} could not be read", unread_);
  }

 private:
  base::Json missed(std::string_view what) {
    unread_ += (unread_.empty() ? "" : ", ") + std::string(what);
    return nullptr;
  }

  Cluster& cluster_;
  const std::stop_token& stop_;
  std::string unread_;
};

bool is_listed(const base::JsonObject& job, std::string_view key, std::string_view vmid) {
  const auto guests = base::list_items(base::raw_text(job, key));
  return std::ranges::find(guests, vmid) != guests.end();
}

/// Whether the job backs up the guest: by its number, by its pool, or with all guests.
bool backs_up(const base::JsonObject& job, const pve::Guest& guest, std::string_view pool) {
  const auto vmid = std::to_string(guest.vmid);
  const auto of_pool = base::raw_text(job, "pool");
  const auto node = base::raw_text(job, "node");
  if (is_listed(job, "vmid", vmid)) return true;
  const bool chosen = of_pool.empty() ? base::flag(job, "all") : of_pool == pool;
  return chosen && !is_listed(job, "exclude", vmid) && (node.empty() || node == guest.node);
}

/// A name, in quotes because it can read as a word of the sentence.
std::string quoted(const base::JsonObject& item, std::string_view key) {
  return "\"" + base::text(item, key, kLongest) + "\"";
}

/// `snapshots "a", "b"`: lists eight at most, and counts the others.
std::string listed(std::string_view what, const std::vector<std::string>& all) {
  constexpr std::size_t kMost = 8;
  if (all.empty()) return {};
  std::string text(all.size() == 1 ? base::singular(what) : std::string(what));
  for (std::size_t i = 0; i < std::min(all.size(), kMost); ++i) text += (i == 0 ? " " : ", ") + all[i];
  return text + (all.size() > kMost ? fmt::format(" and {} more", all.size() - kMost) : "");
}

std::vector<std::string> snapshots(Lists& lists, const pve::Guest& guest) {
  std::vector<std::string> all;
  const auto list = lists.snapshots(guest);
  for (const auto& snapshot : base::objects(list)) {
    if (base::raw_text(snapshot, "name") != "current") all.push_back(quoted(snapshot, "name"));
  }
  return all;
}

/// Volumes made from a disk of this template, by their names or their `parent`.
std::vector<std::string> linked_clones(Lists& lists, const std::string& node, std::string_view vmid,
                                       const base::JsonObject& config) {
  std::set<std::string> storages;
  for (const auto& disk : disks_of(config)) storages.emplace(disk.storage());
  const auto base_name = fmt::format("base-{}-disk-", vmid);
  std::set<std::string> clones;
  for (const auto& storage : storages) {
    const auto path = fmt::format("/nodes/{}/storage/{}/content", base::percent_encode(node),
                                  base::percent_encode(storage));
    const auto list = lists.get("the volumes of " + base::printable(storage, kLongest), path);
    for (const auto& volume : base::objects(list)) {
      const auto owner = base::raw_word(volume, "vmid");
      const bool of_template = base::raw_text(volume, "volid").find(base_name) != std::string_view::npos ||
                               base::raw_text(volume, "parent").find(base_name) != std::string_view::npos;
      if (of_template && owner != vmid) clones.insert(base::printable(owner, kLongest));
    }
  }
  return {clones.begin(), clones.end()};
}

std::vector<std::string> of_guest(const pve::Guest& guest, const Object& object, Cluster& cluster,
                                  Lists& lists) {
  const auto vmid = std::to_string(guest.vmid);
  std::string pool;
  if (const auto list = cluster.inventory.get({}); list) {
    if (const auto* known = (*list)->guest(guest.vmid); known != nullptr) pool = known->pool;
  }
  const auto ha_id = (guest.container ? "ct:" : "vm:") + vmid;
  std::vector<std::string> clauses;
  clauses.push_back(listed("snapshots", snapshots(lists, guest)));
  std::vector<std::string> jobs;
  const auto all_jobs = lists.get("the backup jobs", "/cluster/backup");
  for (const auto& job : base::objects(all_jobs)) {
    if (backs_up(job, guest, pool)) jobs.push_back(quoted(job, "id"));
  }
  clauses.push_back(listed("backup jobs", jobs));
  const auto resources = lists.get("the HA resources", "/cluster/ha/resources");
  for (const auto& resource : base::objects(resources)) {
    if (base::raw_text(resource, "sid") == ha_id) clauses.push_back("HA resource " + ha_id);
  }
  std::vector<std::string> rules;
  const auto all_rules = lists.get("the HA rules", "/cluster/ha/rules");
  for (const auto& rule : base::objects(all_rules)) {
    if (is_listed(rule, "resources", ha_id)) rules.push_back(quoted(rule, "rule"));
  }
  clauses.push_back(listed("HA rules", rules));
  std::vector<std::string> replications;
  const auto all_replications = lists.get("the replication jobs", "/cluster/replication");
  for (const auto& job : base::objects(all_replications)) {
    if (base::raw_word(job, "guest") == vmid) replications.push_back(base::text(job, "id", kLongest));
  }
  clauses.push_back(listed("replication jobs", replications));
  if (!pool.empty()) clauses.push_back("pool \"" + pool + "\"");
  const auto firewall = lists.firewall_rules(guest);
  if (const auto* all = firewall.if_array(); all != nullptr && !all->empty())
    clauses.push_back(base::count_of(all->size(), "firewall rules"));
  if (base::flag(object.config, "template"))
    clauses.push_back(
        listed("linked clones of guests", linked_clones(lists, guest.node, vmid, object.config)));
  return clauses;
}

std::vector<std::string> of_storage(const base::JsonObject& arguments, Cluster& cluster, Lists& lists,
                                    const std::stop_token& stop) {
  const auto storage = argument_text(arguments, "storage");
  std::vector<std::string> jobs;
  const auto all_jobs = lists.get("the backup jobs", "/cluster/backup");
  for (const auto& job : base::objects(all_jobs)) {
    if (base::raw_text(job, "storage") == storage) jobs.push_back(quoted(job, "id"));
  }
  std::set<std::int64_t> guests;
  if (const auto list = cluster.inventory.get(stop); list) {
    for (const auto& place : (*list)->storages) {
      if (place.id != storage || !(*list)->online(place.node)) continue;
      const auto path = fmt::format("/nodes/{}/storage/{}/content", base::percent_encode(place.node),
                                    base::percent_encode(storage));
      const auto volumes = lists.get("its volumes on " + place.node, path);
      for (const auto& volume : base::objects(volumes)) {
        const auto content = base::raw_text(volume, "content");
        if (content != "images" && content != "rootdir") continue;
        if (const auto vmid = base::number(volume, "vmid")) guests.insert(*vmid);
      }
      if (place.shared) break;
    }
  }
  std::vector<std::string> shown;
  for (const auto vmid : guests) shown.push_back(std::to_string(vmid));
  return {listed("backup jobs", jobs), listed("disks of guests", shown)};
}

std::vector<std::string> of_user(const Object& object) {
  std::vector<std::string> tokens;
  std::vector<std::string> groups;
  if (const auto* named = base::object(object.present, "tokens")) {
    for (const auto& [name, token] : *named) tokens.push_back(base::printable(name, kLongest));
  }
  for (const auto& token : base::objects(object.present, "tokens"))
    tokens.push_back(base::text(token, "tokenid", kLongest));
  for (const auto& group : base::list(object.present, "groups"))
    groups.push_back(base::text(group, kLongest));
  return {listed("API tokens", tokens), listed("groups", groups)};
}

}  // namespace

std::vector<std::string> dependents_of(const Row& row, const base::JsonObject& arguments,
                                       const Object& object, Cluster& cluster, const std::stop_token& stop) {
  Lists lists(cluster, stop);
  std::vector<std::string> clauses;
  const bool deletes = row.tool().call.method == base::Method::Delete;
  if (row.about().action == tool::Action::Delete) {
    clauses = of_guest(guest_of(row, arguments), object, cluster, lists);
  } else if (deletes && row.about().subject == tool::Subject::Storage) {
    clauses = of_storage(arguments, cluster, lists, stop);
  } else if (deletes && row.about().subject == tool::Subject::User) {
    clauses = of_user(object);
  }
  clauses.push_back(lists.unread());
  std::erase(clauses, std::string());
  return clauses;
}

}  // namespace engine
