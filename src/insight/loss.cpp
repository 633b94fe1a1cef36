// Reports the consequences of losing one node.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/json_read.h"
#include "base/text.h"
#include "insight/read.h"
#include "insight/reports.h"
#include "insight/volume.h"

namespace insight {
namespace {

constexpr std::size_t kDown = 2200;
constexpr std::size_t kOthers = 800;

struct Affinity {
  std::set<std::string, std::less<>> resources, nodes;
};

std::set<std::string, std::less<>> set_of(std::string_view text) {
  const auto all = words(text);
  return {all.begin(), all.end()};
}

/// Returns the nodes of "pve1:2,pve2:1" without their priorities.
std::set<std::string, std::less<>> nodes_in(std::string_view text) {
  std::set<std::string, std::less<>> names;
  for (const auto& word : words(text)) names.insert(word.substr(0, word.find(':')));
  return names;
}

/// What happens to one guest.
struct Outcome {
  const Guest* guest;
  std::string after;  ///< "down", "restarts, fits on pve2", "off, unavailable", "unknown"
  std::string reason;
};

class Loss {
 public:
  Loss(tool::Sources& sources, const Inventory& inventory, const Node& node)
      : sources_(sources), inventory_(inventory), lost_(node) {
    for (const auto& other : inventory.nodes) {
      if (!other.online() || other.name == node.name) continue;
      if (other.maxmem > 0) {
        free_[other.name] = std::max(0.0, other.maxmem - other.mem);
      } else {
        memory_unknown_.push_back(other.name);
      }
    }
    for (const auto& guest : inventory.guests) {
      if (guest.node == node.name) guests_.push_back(&guest);
    }
    // Assign the largest guest first, since it is the hardest to place.
    std::ranges::sort(guests_, [](const auto* a, const auto* b) { return a->maxmem > b->maxmem; });
  }

  base::JsonObject report() {
    gaps_.note_if_incomplete(sources_, "guests", tool::kSeesGuests);
    storages_incomplete_ = gaps_.note_if_incomplete(sources_, "storages", tool::kSeesStorages);
    memory_incomplete_ = gaps_.note_if_incomplete(sources_, "usage of nodes", tool::kSeesNodes);
    read_cluster();
    read_configurations();
    const auto quorum = quorum_after();
    for (const auto* guest : guests_) outcomes_.push_back(outcome_of(*guest));
    base::JsonObject report{{"verdict", verdict()}, {"quorum", quorum}};
    if (!lost_.online()) report["now"] = fmt::format("{} is already {}", lost_.name, lost_.status);
    report["capacity"] = capacity();
    // Gaps come before the long lists, so that a reader cannot miss them.
    gaps_.put(report);
    put_rows(report, "down", rows("down"), kDown);
    put_rows(report, "restarting", rows("restarts"), kOthers);
    put_rows(report, "cannot_be_told", rows("unknown"), kOthers);
    if (const auto off = guests_off(); !off.empty()) report["off_or_template"] = listed(off, 20);
    if (!replicas_.empty()) report["replication"] = listed(replicas_);
    if (const auto local = local_storages(); !local.empty()) report["local_storages_lost"] = listed(local);
    return report;
  }

 private:
  void read_cluster() {
    const auto got = sources_.get({{"/cluster/status"},
                                   {"/cluster/ha/resources"},
                                   {"/cluster/ha/rules"},
                                   {"/cluster/replication"},
                                   {"/cluster/config/nodes"},
                                   {"/cluster/config/qdevice"}});
    constexpr std::array<std::string_view, 4> kWhat = {"quorum", "HA resources", "HA rules",
                                                       "replication jobs"};
    for (std::size_t i = 0; i < std::min(got.size(), kWhat.size()); ++i) {
      if (!got[i]) gaps_.add(std::string(kWhat[i]), got[i].error());
    }
    if (got.size() != kWhat.size() + 2) return;
    if (got[0]) members(*got[0]);
    ha_read_ = got[1].has_value();
    if (got[1]) {
      for (const auto& row : base::objects(*got[1])) {
        const auto state = base::text(row, "state");
        managed_[base::raw_word(row, "sid")] = state.empty() ? "started" : state;
      }
    }
    rules_read_ = got[2].has_value();
    replication_read_ = got[3].has_value();
    if (got[2]) rules(*got[2]);
    if (got[3]) replication(*got[3]);
    if (got[4]) votes(*got[4]);
    if (got[5]) quorum_device(*got[5]);
  }

  void members(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      if (base::raw_text(row, "type") == "node")
        online_[base::raw_word(row, "name")] = base::flag(row, "online");
    }
  }

  void rules(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      if (base::raw_text(row, "type") != "node-affinity" || !base::flag(row, "strict") ||
          base::flag(row, "disable"))
        continue;
      strict_.push_back({set_of(base::raw_text(row, "resources")), nodes_in(base::raw_text(row, "nodes"))});
    }
  }

  void replication(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      const auto vmid = base::number(row, "guest", 0);
      const auto target = base::raw_word(row, "target");
      const auto* guest = inventory_.guest(vmid);
      if (base::flag(row, "disable") || guest == nullptr) continue;
      if (guest->node == lost_.name) copies_[vmid].insert(target);
      if (guest->node == lost_.name) replicas_.push_back(fmt::format("{} has a copy on {}", vmid, target));
      if (target == lost_.name) replicas_.push_back(fmt::format("{} loses its copy", vmid));
    }
  }

  void votes(const base::Json& data) {
    for (const auto& row : base::objects(data)) {
      const auto name = base::raw_word(row, base::raw_word(row, "name").empty() ? "node" : "name");
      votes_[name] = std::clamp<std::int64_t>(base::number(row, "quorum_votes", 1), 0, 1000);
    }
  }

  /// PVE answers with an empty object if there is no QDevice.
  void quorum_device(const base::Json& data) {
    const auto* device = data.if_object();
    if (device == nullptr || device->empty()) return;
    device_ = true;
    device_connected_ = base::raw_text(*device, "State") == "Connected";
    device_splits_ = base::lower_ascii(base::raw_text(*device, "Algorithm")).find("lms") == std::string::npos;
  }

  std::int64_t votes_of(const std::string& name) const {
    const auto found = votes_.find(name);
    return found == votes_.end() ? 1 : found->second;
  }

  std::string quorum_after() {
    if (online_.empty()) return "unknown";
    std::int64_t all = 0;
    std::int64_t left = 0;
    for (const auto& [name, online] : online_) {
      all += votes_of(name);
      if (online && name != lost_.name) left += votes_of(name);
    }
    if (device_) {
      // With the algorithm ffsplit the QDevice has one vote, with lms one less than the nodes.
      const auto votes = device_splits_ ? 1 : std::max<std::int64_t>(1, all - 1);
      all += votes;
      if (device_connected_) left += votes;
    }
    const auto needed = all / 2 + 1;
    keeps_quorum_ = left >= needed;
    return fmt::format("{}, {} of {} votes left, {} needed{}{}",
                       *keeps_quorum_ ? "kept" : "LOST (the other nodes could not change or start anything)",
                       left, all, needed, votes_.empty() ? " (one vote per node assumed)" : "",
                       !device_            ? ""
                       : device_connected_ ? " (with the QDevice)"
                                           : " (the QDevice is not connected)");
  }

  /// Finds the guests with local disks, which cannot start on another node.
  void read_configurations() {
    if (!lost_.online()) {
      if (!guests_.empty()) gaps_.add("configurations of " + lost_.name, {lost_.status});
      return;
    }
    std::vector<tool::Read> reads;
    reads.reserve(guests_.size());
    for (const auto* guest : guests_) reads.push_back(of_guest(*guest, "config"));
    const auto got = sources_.get(reads);
    for (std::size_t i = 0; i < std::min(got.size(), guests_.size()); ++i) {
      const auto* config = got[i] ? got[i]->if_object() : nullptr;
      if (!got[i]) gaps_.add(fmt::format("{}", guests_[i]->vmid), got[i].error());
      if (config == nullptr) continue;
      auto& local = local_disks_[guests_[i]->vmid];
      for (const auto& volume : volumes_in(*config)) {
        if (is_local(volume)) local.push_back(volume.text);
        if (storages_incomplete_ && !is_seen(volume)) invisible_disks_[guests_[i]->vmid] = volume.text;
      }
    }
  }

  bool is_local(const VolumeId& volume) const {
    return std::ranges::any_of(inventory_.storages, [&](const NodeStorage& storage) {
      return storage.id == volume.storage && storage.node == lost_.name && !storage.shared;
    });
  }

  bool is_seen(const VolumeId& volume) const {
    return std::ranges::find(inventory_.storages, volume.storage, &NodeStorage::id) !=
           inventory_.storages.end();
  }

  Outcome outcome_of(const Guest& guest) {
    if (guest.is_template) return {&guest, "unavailable", "template" + disks(guest)};
    const auto managed = managed_.find(sid(guest));
    if (managed == managed_.end()) {
      const bool told = ha_read_ || guest.last_status != "running" || keeps_quorum_ == false;
      return {&guest,
              !told                            ? "unknown"
              : guest.last_status == "running" ? "down"
                                               : "off, unavailable",
              (ha_read_ ? "not managed by HA" : "HA could not be read") + disks(guest)};
    }
    if (managed->second != "started") return {&guest, "stays off", "HA state " + managed->second};
    if (keeps_quorum_ == false) return {&guest, "down", "HA cannot act without quorum"};
    return restart(guest);
  }

  std::string disks(const Guest& guest) const {
    const auto local = local_disks_.find(guest.vmid);
    return local == local_disks_.end() || local->second.empty()
               ? std::string{}
               : "; its disk is on the node (" + listed(local->second, 2) + ")";
  }

  Outcome restart(const Guest& guest) {
    const auto local = local_disks_.find(guest.vmid);
    if (local == local_disks_.end()) return {&guest, "unknown", "configuration not read"};
    if (const auto disk = invisible_disks_.find(guest.vmid); disk != invisible_disks_.end())
      return {&guest, "unknown",
              "the API token may not see the storage of " + disk->second + ", which may be on the node"};
    const bool has_local_disk = !local->second.empty();
    const auto copies = copies_.find(guest.vmid);
    if (has_local_disk && !replication_read_)
      return {&guest, "unknown", "replication jobs not read" + disks(guest)};
    if (has_local_disk && copies == copies_.end())
      return {&guest, "down", "HA cannot start it elsewhere" + disks(guest)};
    const auto fits = [&](const std::string& name) {
      return (!has_local_disk || copies->second.contains(name)) && allowed(guest, name);
    };
    std::string best;
    for (const auto& [name, free] : free_) {
      if (fits(name) && (best.empty() || free > free_[best])) best = name;
    }
    const auto unknown = std::ranges::find_if(memory_unknown_, fits);
    if (best.empty() && unknown == memory_unknown_.end())
      return {&guest, "down", "no node left where HA may start it"};
    auto reason = fmt::format("HA{}{}", has_local_disk ? ", from its replica" : "",
                              rules_read_ ? "" : "; its rules were not read");
    if (unknown != memory_unknown_.end() && (best.empty() || free_[best] < guest.maxmem))
      return {&guest, fmt::format("restarts, memory of {} unknown", *unknown), std::move(reason)};
    return {&guest, placement(guest, best), std::move(reason)};
  }

  /// Estimates whether the guest fits: HA starts it even without enough memory, and chooses the node itself.
  std::string placement(const Guest& guest, const std::string& best) {
    auto& free = free_[best];
    if (free < guest.maxmem) {
      ++short_of_memory_;
      return fmt::format("restarts, SHORT of memory ({} has {} left)", best, size_text(free));
    }
    free -= guest.maxmem;
    return "restarts, fits on " + best;
  }

  bool allowed(const Guest& guest, std::string_view node) const {
    return std::ranges::all_of(strict_, [&](const Affinity& rule) {
      return !rule.resources.contains(sid(guest)) || rule.nodes.contains(node);
    });
  }

  std::size_t count(std::string_view after) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        outcomes_, [&](const Outcome& outcome) { return outcome.after.starts_with(after); }));
  }

  std::string verdict() const {
    const auto off = count("off") + count("stays") + count("unavailable");
    const auto quorum = !keeps_quorum_ ? "unknown" : *keeps_quorum_ ? "kept" : "LOST";
    // If HA could not be read, "0 would restart" would be a guess.
    if (!ha_read_ && count("unknown") > 0)
      return fmt::format(
          "HA could not be read, so the server cannot predict whether {} would restart; {} are off or "
          "templates; quorum {}",
          counted(count("unknown"), "guest"), off, quorum);
    auto text =
        fmt::format("{} would go down, {} would restart elsewhere, {} are off or templates; quorum {}",
                    counted(count("down"), "guest"), count("restarts"), off, quorum);
    if (short_of_memory_ > 0)
      text += fmt::format("; the memory left is too small for {} that restart", short_of_memory_);
    if (count("unknown") > 0)
      text += fmt::format("; the server cannot predict whether {} would restart", count("unknown"));
    return text;
  }

  std::string capacity() const {
    std::vector<std::string> left;
    for (const auto& [name, free] : free_) left.push_back(fmt::format("{} {}", name, size_text(free)));
    const auto needed = memory_of("down");
    double all = 0;
    for (const auto& [name, free] : free_) all += free;
    auto text = fmt::format("memory of {} is not {}", listed(memory_unknown_, 8),
                            memory_incomplete_ ? "visible to this API token" : "known");
    if (memory_unknown_.empty() || !left.empty())
      text = fmt::format("memory free {}: {}{}{}",
                         ha_read_ ? "after HA has restarted the guests that it manages"
                                  : "before HA restarts the guests that it manages",
                         left.empty() ? "none" : listed(left, 8), memory_unknown_.empty() ? "" : "; ",
                         memory_unknown_.empty() ? "" : text);
    if (ha_read_ || needed > 0)
      text += fmt::format("; the guests that stay down need {}{}", size_text(needed),
                          needed > all && memory_unknown_.empty() ? ", MORE THAN IS LEFT" : "");
    if (!ha_read_)
      text += fmt::format("; the guests whose restart cannot be predicted need {}",
                          size_text(memory_of("unknown")));
    return text;
  }

  /// Returns the memory of the guests with that outcome, in bytes.
  double memory_of(std::string_view after) const {
    double bytes = 0;
    for (const auto& outcome : outcomes_) bytes += outcome.after == after ? outcome.guest->maxmem : 0;
    return bytes;
  }

  base::JsonArray rows(std::string_view after) const {
    std::map<std::int64_t, const Outcome*> chosen;
    for (const auto& outcome : outcomes_) {
      if (outcome.after.starts_with(after)) chosen[outcome.guest->vmid] = &outcome;
    }
    base::JsonArray rows;
    for (const auto& [vmid, outcome] : chosen) {
      base::JsonObject row{{"vmid", vmid},
                           {"name", outcome->guest->name},
                           {"type", outcome->guest->type()},
                           {"maxmem", outcome->guest->maxmem}};
      if (after == "restarts") row["after"] = outcome->after;
      row["reason"] = outcome->reason;
      rows.push_back(std::move(row));
    }
    return rows;
  }

  /// Returns the guests that are off: they cannot be started while the node is lost.
  std::vector<std::string> guests_off() const {
    std::set<std::int64_t> vmids;
    for (const auto& outcome : outcomes_) {
      if (outcome.after.starts_with("off") || outcome.after.starts_with("stays") ||
          outcome.after == "unavailable")
        vmids.insert(outcome.guest->vmid);
    }
    std::vector<std::string> texts;
    for (const auto vmid : vmids) texts.push_back(fmt::format("{}", vmid));
    return texts;
  }

  std::vector<std::string> local_storages() const {
    std::vector<std::string> names;
    for (const auto& storage : inventory_.storages) {
      if (storage.node == lost_.name && !storage.shared) names.push_back(storage.id);
    }
    return names;
  }

  tool::Sources& sources_;
  const Inventory& inventory_;
  const Node& lost_;
  std::vector<const Guest*> guests_;
  std::map<std::string, double, std::less<>> free_;
  std::vector<std::string> memory_unknown_;  ///< online nodes whose memory is not known
  std::map<std::string, bool> online_;
  std::map<std::string, std::int64_t> votes_;
  std::map<std::string, std::string> managed_;
  std::vector<Affinity> strict_;
  std::map<std::int64_t, std::set<std::string, std::less<>>> copies_;
  std::vector<std::string> replicas_;
  std::map<std::int64_t, std::vector<std::string>> local_disks_;
  std::map<std::int64_t, std::string>
      invisible_disks_;  ///< by guest: a disk on a storage that may be local to the node
  std::optional<bool> keeps_quorum_;
  bool memory_incomplete_ = false, storages_incomplete_ = false;
  bool ha_read_ = false, rules_read_ = false, replication_read_ = false;
  bool device_ = false, device_connected_ = false, device_splits_ = true;
  std::size_t short_of_memory_ = 0;
  std::vector<Outcome> outcomes_;
  Gaps gaps_;
};

}  // namespace

Reported node_loss_impact(tool::Sources& sources, const base::JsonObject& arguments) {
  const auto name = base::raw_word(arguments, "node");
  if (name.empty() || base::has_control(name)) return std::unexpected("node: give the name of a node.");
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  if (const auto* node = inventory.node(name)) return Loss(sources, inventory, *node).report();
  std::vector<std::string> names;
  for (const auto& node : inventory.nodes) names.push_back(node.name);
  return std::unexpected(fmt::format("node: no node is named \"{}\"; there are {}.",
                                     base::printable(name, 60), listed(names, 20)));
}

}  // namespace insight
