// Reports volumes and snapshots that nothing needs, each only if everything that could need it was read.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_read.h"
#include "base/text.h"
#include "insight/read.h"
#include "insight/reports.h"
#include "insight/volume.h"

namespace insight {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kOldDays = 90;
constexpr std::size_t kOwners = 300;
constexpr std::size_t kTable = 1000;

/// A volume as a storage lists it.
struct ListedVolume {
  const NodeStorage* storage;
  std::string volid, name, content;
  std::int64_t vmid;
  double size;
  std::int64_t ctime;
};

/// Rows of the report with the sum of their sizes.
class SizedRows {
 public:
  void add(base::JsonObject row, double size) {
    bytes_ += size;
    rows_.push_back(std::move(row));
  }
  std::string total(std::string_view noun) const {
    return counted(rows_.size(), noun) + (bytes_ > 0 ? " (" + size_text(bytes_) + ")" : "");
  }
  /// Puts the rows sorted by `by`, for example the largest or the oldest first.
  void put(base::JsonObject& report, std::string_view key, std::string_view by, bool descending) {
    std::ranges::sort(rows_, [&](const base::Json& a, const base::Json& b) {
      const auto x = base::real(a.get_object(), by, 0);
      const auto y = base::real(b.get_object(), by, 0);
      return descending ? x > y : x < y;
    });
    put_rows(report, key, rows_, kTable);
  }

 private:
  base::JsonArray rows_;
  double bytes_ = 0;
};

class Orphans {
 public:
  Orphans(tool::Sources& sources, const Inventory& inventory, std::int64_t days)
      : sources_(sources), inventory_(inventory), days_(days) {}

  base::JsonObject report() {
    note_incomplete_lists();
    // Read volumes before configurations, so that the configurations already name any volume that was listed.
    read_volumes();
    read_configurations();
    read_replication();
    read_snapshots();
    read_snapshot_configurations();
    find_owners();
    check_volumes();
    const bool incomplete = sees_nothing() || !incomplete_lists_.empty() || invisible_guests_ ||
                            unchecked_ > 0 || unread_guests_ > 0 || !unread_storages_.empty();
    base::JsonObject report{
        {"verdict", fmt::format("{}{}, {}, {}, {}", incomplete ? "incomplete: " : "",
                                images_.total("orphaned image"), unused_.total("unused disk"),
                                backups_.total("orphaned backup"), snapshots_.total("old snapshot"))}};
    if (incomplete) report["incomplete"] = incompleteness();
    // Gaps come before the long lists, so that a reader cannot miss them.
    gaps_.offline(inventory_);
    gaps_.put(report);
    images_.put(report, "orphaned_images", "size", true);
    unused_.put(report, "unused_disks", "size", true);
    backups_.put(report, "backups_without_guest", "size", true);
    snapshots_.put(report, fmt::format("snapshots_over_{}_days", days_), "snaptime", false);
    report["caution"] =
        "Check each before deleting: a storage that other clusters use holds their volumes and backups too.";
    return report;
  }

 private:
  /// Returns whether the API token sees no storage or no guest: PVE omits what the token may not see and
  /// reports no error.
  bool sees_nothing() const { return inventory_.storages.empty() || inventory_.guests.empty(); }

  std::string incompleteness() const {
    std::vector<std::string> parts;
    if (sees_nothing()) {
      parts.emplace_back("this API token sees no storage or no guest at all");
    } else if (!incomplete_lists_.empty()) {
      parts.push_back("this API token may not see all " + base::join(incomplete_lists_, ", "));
    }
    if (!unread_storages_.empty()) parts.push_back("storages not read: " + listed(unread_storages_));
    if (invisible_guests_) parts.push_back("some guests are not visible to this API token");
    if (unread_guests_ > 0) parts.push_back(counted(unread_guests_, "guest") + " not read");
    if (unchecked_ > 0) parts.push_back(counted(unchecked_, "volume") + " not checked");
    std::string text;
    for (const auto& part : parts) text += base::printable(part, 160) + "; ";
    return text + "there may be more";
  }

  void note_incomplete_lists() {
    // Any disk may belong to a guest that the API token may not see.
    invisible_guests_ = gaps_.note_if_incomplete(sources_, "guests", tool::kSeesGuests);
    for (const auto& [what, rights] :
         {std::pair("storages", &tool::kSeesStorages), std::pair("disk images", &tool::kSeesImages),
          std::pair("backups", &tool::kSeesBackups)}) {
      if (gaps_.note_if_incomplete(sources_, what, *rights)) incomplete_lists_.emplace_back(what);
    }
    invisible_storages_ = std::ranges::find(incomplete_lists_, "storages") != incomplete_lists_.end();
  }

  void read_volumes() {
    const auto storages = inventory_.to_read({"images", "rootdir", "backup"});
    std::vector<tool::Read> reads;
    for (const auto* storage : storages)
      reads.push_back(
          {"/nodes/{node}/storage/{storage}/content", {{"node", storage->node}, {"storage", storage->id}}});
    const auto got = sources_.get(reads);
    for (std::size_t i = 0; i < std::min(got.size(), storages.size()); ++i) {
      if (!got[i]) {
        unread_storages_.push_back(fmt::format("{} on {}", storages[i]->id, storages[i]->node));
        gaps_.add(unread_storages_.back(), got[i].error());
        continue;
      }
      for (const auto& row : base::objects(*got[i])) add_volume(*storages[i], row);
    }
    note_unread_storages(storages);
  }

  /// Names the storages that were not asked, because their node is offline or no node can reach them.
  void note_unread_storages(const std::vector<const NodeStorage*>& asked) {
    std::set<std::string> named;
    for (const auto& storage : inventory_.storages) {
      const bool matters = storage.holds("images") || storage.holds("rootdir") || storage.holds("backup");
      const bool read = std::ranges::any_of(asked, [&](const NodeStorage* other) {
        return other->id == storage.id && (storage.shared || other->node == storage.node);
      });
      const auto name = storage.shared ? storage.id : fmt::format("{} on {}", storage.id, storage.node);
      if (matters && !read && named.insert(name).second) unread_storages_.push_back(name);
    }
  }

  void add_volume(const NodeStorage& storage, const base::JsonObject& row) {
    const auto volid = base::raw_word(row, "volid");
    const auto id = volume_of({}, volid);
    const auto content = base::raw_word(row, "content");
    const auto vmid = base::number(row, "vmid", 0);
    if (id.empty() || vmid < 100 || vmid > 999'999'999) return;
    if (content != "images" && content != "rootdir" && content != "backup") return;
    volumes_.push_back({&storage, volid, id.front().name, content, vmid,
                        std::max(0.0, base::real(row, "size", 0)), base::number(row, "ctime", 0)});
  }

  void read_configurations() {
    std::vector<const Guest*> asked;
    std::vector<tool::Read> reads;
    for (const auto& guest : inventory_.guests) {
      if (!inventory_.online(guest.node)) {
        note_unread(guest);
        continue;
      }
      asked.push_back(&guest);
      reads.push_back(of_guest(guest, "config"));
    }
    const auto got = sources_.get(reads);
    for (std::size_t i = 0; i < std::min(got.size(), asked.size()); ++i) {
      const auto* config = got[i] ? got[i]->if_object() : nullptr;
      if (config == nullptr) note_unread(*asked[i]);
      if (!got[i]) gaps_.add(fmt::format("{}", asked[i]->vmid), got[i].error());
      if (config == nullptr) continue;
      read_guests_.insert(asked[i]->vmid);
      note_references(*config, asked[i]->vmid);
      if (config->contains("parent")) with_snapshots_.push_back(asked[i]);
    }
  }

  void note_unread(const Guest& guest) {
    ++unread_guests_;
    unread_nodes_.insert(guest.node);
  }

  void note_references(const base::JsonObject& config, std::int64_t vmid) {
    for (auto& volume : volumes_in(config)) {
      if (volume.key.starts_with("unused")) {
        const auto* stored = listed_volume(volume, vmid);
        unused_.add({{"vmid", vmid},
                     {"key", volume.key},
                     {"volid", volume.text},
                     {"size", stored == nullptr ? base::Json() : base::Json(stored->size)}},
                    stored == nullptr ? 0 : stored->size);
      }
      names_.insert(volume.name);
      referenced_.insert(volume.storage + ":" + volume.name);
    }
  }

  const ListedVolume* listed_volume(const VolumeId& volume, std::int64_t vmid) const {
    const auto* guest = inventory_.guest(vmid);
    const auto found = std::ranges::find_if(volumes_, [&](const ListedVolume& stored) {
      return stored.storage->id == volume.storage && stored.name == volume.name &&
             (stored.storage->shared || (guest != nullptr && stored.storage->node == guest->node));
    });
    return found == volumes_.end() ? nullptr : &*found;
  }

  void read_replication() {
    const auto got = sources_.get({{"/cluster/replication"}});
    replication_read_ = !got.empty() && got[0];
    if (!replication_read_ && !got.empty()) gaps_.add("replication jobs", got[0].error());
    if (!replication_read_) return;
    for (const auto& row : base::objects(*got[0])) replicated_.insert(base::number(row, "guest", 0));
  }

  void read_snapshots() {
    std::vector<tool::Read> reads;
    for (const auto* guest : with_snapshots_) reads.push_back(of_guest(*guest, "snapshot"));
    const auto got = sources_.get(reads);
    for (std::size_t i = 0; i < std::min(got.size(), with_snapshots_.size()); ++i) {
      const auto& guest = *with_snapshots_[i];
      if (!got[i]) {
        gaps_.add(fmt::format("snapshots of {}", guest.vmid), got[i].error());
        read_guests_.erase(guest.vmid);
        continue;
      }
      for (const auto& row : base::objects(*got[i])) snapshot(guest, row);
    }
  }

  void snapshot(const Guest& guest, const base::JsonObject& row) {
    const auto name = base::raw_word(row, "name");
    if (name.empty() || name == "current") return;
    snapshot_configs_.push_back(of_guest(guest, "snapshot config", {{"snapname", name}}));
    snapshot_owners_.push_back(guest.vmid);
    const auto time = base::number(row, "snaptime", 0);
    if (time > 0 && sources_.now() - time > days_ * kDay)
      snapshots_.add({{"vmid", guest.vmid}, {"guest", guest.name}, {"snapshot", name}, {"snaptime", time}},
                     0);
  }

  /// A disk that only a snapshot names is still needed, to roll back to the snapshot.
  void read_snapshot_configurations() {
    const auto got = sources_.get(snapshot_configs_);
    for (std::size_t i = 0; i < std::min(got.size(), snapshot_owners_.size()); ++i) {
      const auto* config = got[i] ? got[i]->if_object() : nullptr;
      if (config == nullptr) {
        read_guests_.erase(snapshot_owners_[i]);
        continue;
      }
      for (const auto& volume : volumes_in(*config)) {
        names_.insert(volume.name);
        referenced_.insert(volume.storage + ":" + volume.name);
      }
    }
  }

  /// Finds numbers that are in use by guests that the API token may not see: PVE tells every user whether a
  /// number is free.
  void find_owners() {
    std::set<std::int64_t> unseen;
    for (const auto& volume : volumes_) {
      if (inventory_.guest(volume.vmid) == nullptr) unseen.insert(volume.vmid);
    }
    std::vector<tool::Read> reads;
    std::vector<std::int64_t> asked;
    for (const auto vmid : unseen) {
      if (asked.size() == kOwners) break;
      asked.push_back(vmid);
      reads.push_back({"/cluster/nextid", {{"vmid", vmid}}});
    }
    const auto got = sources_.get(reads);
    for (std::size_t i = 0; i < std::min(got.size(), asked.size()); ++i) {
      if (got[i]) {
        free_numbers_.insert(asked[i]);
      } else {
        invisible_guests_ = true;
      }
    }
  }

  void check_volumes() {
    for (const auto& volume : volumes_) {
      if (volume.content == "backup") {
        check_backup(volume);
      } else if (!referenced_.contains(volume.storage->id + ":" + volume.name)) {
        check_image(volume);
      } else if (!volume.storage->shared) {
        check_other_node(volume);
      }
    }
  }

  void check_backup(const ListedVolume& volume) {
    if (inventory_.guest(volume.vmid) != nullptr) return;
    if (!free_numbers_.contains(volume.vmid)) {
      ++unchecked_;
      return;
    }
    backups_.add(
        {{"vmid", volume.vmid}, {"volid", volume.volid}, {"size", volume.size}, {"ctime", volume.ctime}},
        volume.size);
  }

  void check_image(const ListedVolume& volume) {
    const auto* guest = inventory_.guest(volume.vmid);
    const bool absent = guest == nullptr && free_numbers_.contains(volume.vmid);
    const bool known = guest != nullptr && read_guests_.contains(volume.vmid) && guest->lock.empty();
    // A second storage may show the same disks under another name, and a disk may be attached to another
    // guest.
    if ((!absent && !known) || (names_.contains(volume.name) && may_show_same_disks(*volume.storage)) ||
        may_be_used(*volume.storage)) {
      ++unchecked_;
      return;
    }
    image(volume, absent ? "no such guest" : "in no configuration of its guest");
  }

  /// A configuration names the volume, but may mean the disk of the same name on the guest's own node.
  void check_other_node(const ListedVolume& volume) {
    const auto* guest = inventory_.guest(volume.vmid);
    if (guest == nullptr || guest->node == volume.storage->node) return;
    if (replication_read_ && replicated_.contains(volume.vmid)) return;
    if (!replication_read_ || !read_guests_.contains(volume.vmid) || !guest->lock.empty()) {
      ++unchecked_;
      return;
    }
    image(volume, "its guest is on " + guest->node);
  }

  /// A guest whose configuration could not be read may use a disk with another guest's number.
  bool may_be_used(const NodeStorage& storage) const {
    if (invisible_guests_) return true;
    return storage.shared ? !unread_nodes_.empty() : unread_nodes_.contains(storage.node);
  }

  bool may_show_same_disks(const NodeStorage& storage) const {
    return invisible_storages_ || std::ranges::any_of(inventory_.storages, [&](const NodeStorage& other) {
             return other.id != storage.id && other.shared == storage.shared && other.total > 0 &&
                    other.total == storage.total && (other.shared || other.node == storage.node);
           });
  }

  void image(const ListedVolume& volume, const std::string& reason) {
    base::JsonObject row{{"volid", volume.volid}, {"vmid", volume.vmid}};
    if (!volume.storage->shared) row["node"] = volume.storage->node;
    row["size"] = volume.size;
    row["reason"] = reason;
    images_.add(std::move(row), volume.size);
  }

  tool::Sources& sources_;
  const Inventory& inventory_;
  std::int64_t days_;
  std::vector<ListedVolume> volumes_;
  std::set<std::string> referenced_;  ///< "storage:name"
  std::set<std::string> names_;
  std::set<std::int64_t>
      read_guests_;  ///< guests whose configurations, with those of snapshots, were all read
  std::set<std::int64_t> free_numbers_, replicated_;
  bool replication_read_ = false;
  std::vector<const Guest*> with_snapshots_;
  std::vector<tool::Read> snapshot_configs_;
  std::vector<std::int64_t> snapshot_owners_;
  std::vector<std::string> unread_storages_;
  std::vector<std::string_view> incomplete_lists_;
  std::set<std::string> unread_nodes_;
  bool invisible_guests_ = false, invisible_storages_ = false;
  std::size_t unread_guests_ = 0;
  std::size_t unchecked_ = 0;
  SizedRows images_, unused_, backups_, snapshots_;
  Gaps gaps_;
};

}  // namespace

Reported find_orphans(tool::Sources& sources, const base::JsonObject& arguments) {
  const auto days = base::number(arguments, "snapshot_days", kOldDays);
  if (days < 1 || days > 3650) return std::unexpected("snapshot_days: give 1 to 3650 days.");
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  return Orphans(sources, inventory, days).report();
}

}  // namespace insight
