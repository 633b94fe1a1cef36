// Reports everything about one guest.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "insight/address.h"
#include "insight/read.h"
#include "insight/reports.h"
#include "insight/volume.h"

namespace insight {
namespace {

constexpr std::size_t kTable = 600;

/// Settings that are short and not secret.
constexpr auto kSettings =
    std::to_array<std::string_view>({"ostype", "cpu", "bios", "machine", "boot", "onboot", "startup",
                                     "protection", "agent", "unprivileged", "features"});

bool is_family(std::string_view key, std::string_view family) {
  return key.starts_with(family) && base::is_digits(key.substr(family.size()));
}

bool is_disk(std::string_view key) {
  constexpr std::array<std::string_view, 8> kFamilies = {"scsi",    "virtio",   "sata", "ide",
                                                         "efidisk", "tpmstate", "mp",   "unused"};
  return key == "rootfs" ||
         std::ranges::any_of(kFamilies, [&](auto family) { return is_family(key, family); });
}

/// Returns the first lines of the notes, with their line breaks.
std::string beginning(std::string_view notes) {
  constexpr std::size_t kMost = 300;
  std::string text;
  for (const auto line : base::split(base::trim(notes), '\n')) {
    const auto room = kMost - std::min(kMost, text.size());
    if (room < 10) return text + "\n…";
    text += (text.empty() ? "" : "\n") + base::printable(line, room);
  }
  return text;
}

class Overview {
 public:
  Overview(tool::Sources& sources, const Inventory& inventory, const Guest& guest)
      : sources_(sources), inventory_(inventory), guest_(guest) {}

  base::JsonObject report() {
    report_["guest"] = fmt::format("{} {} {} on {}", guest_.container ? "container" : "VM", guest_.vmid,
                                   base::printable(guest_.name, 100), base::printable(guest_.node, 60));
    report_["status"] = guest_.status;
    if (inventory_.online(guest_.node)) {
      own();
    } else {
      const auto* node = inventory_.node(guest_.node);
      report_["why"] = fmt::format("{} is {}, so this report has only the data of the other nodes",
                                   guest_.node, node == nullptr ? "unknown" : node->status);
      put("tags", guest_.tags);
    }
    backups();
    if (inventory_.online(guest_.node)) tasks();
    gaps_.offline(inventory_);
    gaps_.put(report_);
    return std::move(report_);
  }

 private:
  void put(std::string_view key, const std::string& text) {
    if (!text.empty()) report_[key] = base::printable(text, 200);
  }

  void own() {
    constexpr std::array<std::string_view, 5> kWhat = {"current", "config", "pending", "snapshot",
                                                       "firewall"};
    std::vector<tool::Read> reads;
    for (const auto what : kWhat) reads.push_back(of_guest(guest_, what));
    const auto got = sources_.get(reads);
    using Show = void (Overview::*)(const base::Json&);
    constexpr std::array<Show, 5> kShow = {&Overview::current, &Overview::configuration, &Overview::pending,
                                           &Overview::snapshots, &Overview::firewall};
    // In reading order: state, configuration, location.
    for (std::size_t i = 0; i < std::min(kWhat.size(), got.size()); ++i) {
      if (got[i]) {
        (this->*kShow[i])(*got[i]);
      } else {
        gaps_.add(std::string(kWhat[i]), got[i].error());
      }
      if (kWhat[i] == "config") ask_addresses();
    }
  }

  /// Asks for the addresses if the guest runs and can answer.
  void ask_addresses() {
    if (!running_ || !reports_addresses_) return;
    const auto got = sources_.get({of_guest(guest_, "interfaces")});
    if (got.empty()) return;
    if (got[0]) {
      interfaces(*got[0]);
    } else {
      gaps_.add("addresses", got[0].error());
    }
  }

  /// Reads the present state, since the cluster's list may be ten seconds old.
  void current(const base::Json& data) {
    const auto* status = data.if_object();
    if (status == nullptr) return;
    const auto state = base::text(*status, "status");
    const auto detail = base::text(*status, "qmpstatus");
    put("status", detail.empty() || detail == state ? state : state + " (" + detail + ")");
    running_ = state == "running";
    const auto cores = base::real(*status, "cpus", guest_.maxcpu);
    const auto most = base::real(*status, "maxmem", guest_.maxmem);
    if (running_) {
      report_["uptime"] = base::real(*status, "uptime", 0);
      report_["use"] = fmt::format("{} of {:.0f} core{}, {} of {} memory",
                                   share_text(base::real(*status, "cpu", 0), 1), cores, cores == 1 ? "" : "s",
                                   size_text(base::real(*status, "mem", 0)), size_text(most));
    } else {
      report_["size"] =
          fmt::format("{:.0f} core{}, {} memory", cores, cores == 1 ? "" : "s", size_text(most));
    }
    put("lock", base::text(*status, "lock"));
    const auto* ha = base::object(*status, "ha");
    ha_ = base::flag(ha, "managed") ? base::text(ha, "state") : std::string("not managed");
  }

  void configuration(const base::Json& data) {
    const auto* config = data.if_object();
    if (config == nullptr) return;
    std::vector<std::string> settings;
    for (const auto key : kSettings) {
      const auto value = base::text(*config, key, 60);
      if (!value.empty()) settings.push_back(fmt::format("{} {}", key, value));
    }
    put("settings", listed(settings, kSettings.size()));
    reports_addresses_ = guest_.container || has_agent(*config);
    put("tags", base::text(*config, "tags"));
    put("pool", guest_.pool);
    put("ha", ha_.empty() ? "not known" : ha_);
    if (base::flag(*config, "template")) report_["template"] = true;
    if (const auto* notes = config->if_contains("description"); notes != nullptr && notes->is_string())
      report_["description"] = beginning(notes->get_string());
    base::JsonArray disks;
    base::JsonArray cards;
    for (const auto& member : *config) {
      const auto* text = member.value().if_string();
      if (text == nullptr) continue;
      const std::string key(std::string_view(member.key()));
      if (is_disk(key)) disks.push_back(base::JsonObject{{"disk", key}, {"value", *text}});
      if (is_family(key, "net")) cards.push_back(base::JsonObject{{"card", key}, {"value", *text}});
    }
    put_rows(report_, "disks", disks, kTable);
    put_rows(report_, "network", cards, kTable);
    std::vector<std::string> fixed;
    for (const auto& address : addresses_in(*config)) {
      if (!address.mac) fixed.push_back(address.text + " (" + address.card + ", configured)");
    }
    put("addresses", listed(fixed));
  }

  void interfaces(const base::Json& data) {
    std::vector<std::string> seen;
    for (const auto& address : addresses_reported(data))
      seen.push_back(address.text + " (" + address.card + ")");
    put("addresses", listed(seen, 8));
  }

  void pending(const base::Json& data) {
    std::vector<std::string> keys;
    for (const auto& row : base::objects(data)) {
      if (row.contains("pending") || row.contains("delete")) keys.push_back(base::text(row, "key"));
    }
    put("pending_changes", keys.empty() ? "none" : listed(keys, 10));
  }

  void snapshots(const base::Json& data) {
    base::JsonArray rows;
    for (const auto& row : base::objects(data)) {
      const auto name = base::text(row, "name");
      if (name != "current")
        rows.push_back(base::JsonObject{{"snapshot", name}, {"snaptime", base::number(row, "snaptime", 0)}});
    }
    put_rows(report_, "snapshots", rows, kTable);
    if (rows.empty()) report_["snapshots"] = "none";
  }

  void firewall(const base::Json& data) {
    const auto* options = data.if_object();
    if (options != nullptr) put("firewall", base::flag(*options, "enable") ? "on" : "off");
  }

  void backups() {
    std::vector<const NodeStorage*> storages;
    for (const auto* storage : inventory_.to_read({"backup"})) {
      if (storage->shared || storage->node == guest_.node) storages.push_back(storage);
    }
    std::vector<tool::Read> reads;
    for (const auto* storage : storages)
      reads.push_back({"/nodes/{node}/storage/{storage}/content",
                       {{"node", storage->node},
                        {"storage", storage->id},
                        {"content", "backup"},
                        {"vmid", guest_.vmid}}});
    const auto got = sources_.get(reads);
    std::vector<base::JsonObject> found;
    for (std::size_t i = 0; i < std::min(got.size(), storages.size()); ++i) {
      if (!got[i]) {
        gaps_.add("backups on " + storages[i]->id, got[i].error());
        continue;
      }
      for (const auto& row : base::objects(*got[i])) {
        if (base::number(row, "vmid", 0) == guest_.vmid)
          found.push_back({{"ctime", base::number(row, "ctime", 0)},
                           {"size", base::number(row, "size", 0)},
                           {"volid", base::text(row, "volid")}});
      }
    }
    put_backups(std::move(found));
  }

  void put_backups(std::vector<base::JsonObject> found) {
    constexpr std::size_t kShown = 3;
    std::ranges::sort(found, std::greater{}, [](const auto& row) { return base::number(row, "ctime", 0); });
    const bool incomplete = gaps_.note_if_incomplete(sources_, "backups", tool::kSeesBackups);
    if (found.empty()) report_["backups"] = incomplete ? "not visible to this API token" : "none found";
    base::JsonArray rows;
    for (std::size_t i = 0; i < std::min(kShown, found.size()); ++i) rows.push_back(found[i]);
    put_rows(report_, "backups", rows, kTable);
    if (found.size() > kShown) report_["older_backups"] = found.size() - kShown;
  }

  void tasks() {
    const auto got =
        sources_.get({{"/nodes/{node}/tasks",
                       {{"node", guest_.node}, {"vmid", guest_.vmid}, {"limit", 5}, {"source", "all"}}}});
    gaps_.note_if_incomplete(sources_, "tasks of others", tool::kSeesNodes);
    if (got.empty()) return;
    if (!got[0]) return gaps_.add("tasks", got[0].error());
    base::JsonArray rows;
    for (const auto& row : base::objects(*got[0])) rows.push_back(task(row));
    put_rows(report_, "tasks", rows, kTable);
  }

  static base::JsonObject task(const base::JsonObject& row) {
    const auto begin = base::number(row, "starttime", 0);
    const auto end = base::number(row, "endtime");
    const auto result = end ? base::text(row, "status") : std::string("running");
    base::JsonObject shown{{"starttime", begin}, {"type", base::text(row, "type")}, {"user", user_of(row)}};
    if (end && *end >= begin) shown["duration"] = *end - begin;
    shown["result"] = result;
    if (!end || failed(result)) shown["upid"] = base::text(row, "upid");
    return shown;
  }

  tool::Sources& sources_;
  const Inventory& inventory_;
  const Guest& guest_;
  base::JsonObject report_;
  Gaps gaps_;
  bool running_ = false;
  bool reports_addresses_ = false;  ///< the guest can report its addresses
  std::string ha_;
};

}  // namespace

Reported guest_overview(tool::Sources& sources, const base::JsonObject& arguments) {
  auto wanted = base::raw_word(arguments, "vmid");
  if (wanted.empty()) wanted = base::raw_word(arguments, "guest");
  if (base::trim(wanted).empty() || base::has_control(wanted))
    return std::unexpected("vmid: give the number or the name of a guest.");
  const auto list = read_inventory(sources);
  if (!list) return std::unexpected(list.error());
  const auto& inventory = **list;
  const auto guest = the_guest(sources, inventory, base::trim(wanted));
  if (!guest) return std::unexpected(guest.error());
  return Overview(sources, inventory, *guest).report();
}

}  // namespace insight
