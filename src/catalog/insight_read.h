// What the reports of the category `insight` share: the cluster as /cluster/resources has it, how amounts and
// lists are written, and what could not be read.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "catalog/rights.h"
#include "tool/tool.h"

namespace catalog {

/// "1.5 GiB"
std::string size_text(double bytes);
/// "87%"; "?" of nothing.
std::string share_text(double part, double whole);
/// "100, 101, 102 and 497 more"
std::string listed(const std::vector<std::string>& items, std::size_t most = 5);
/// "1 guest", "2 guests"
std::string counted(std::size_t count, std::string_view noun);
/// The words between PVE's separators: comma, semicolon, blank.
std::vector<std::string> words(std::string_view text);
/// Whether `text` fits `pattern`, in which * and ? stand for any; without regard to the case of letters.
bool fits(std::string_view pattern, std::string_view text);

struct Guest {
  std::int64_t vmid = 0;
  std::string type{};  ///< "qemu" or "lxc"
  std::string name{};  ///< printable, as all texts below but the node's
  std::string node{};
  std::string status{};       ///< "unknown" on a node that is not online, whatever PVE still says
  std::string last_status{};  ///< what PVE says
  std::string tags{}, pool{}, lock{}, hastate{};
  bool is_template = false;
  double cpu = 0, maxcpu = 0, mem = 0, maxmem = 0;
  double diskio = 0, network = 0;  ///< bytes since the start
  double uptime = 0;
};

/// "vm:100" or "ct:200", as HA says it.
std::string sid(const Guest& guest);
/// The GET of `what` below the guest: "config", "snapshot".
tool::Read of_guest(const Guest& guest, std::string_view what, base::JsonObject arguments = {});

struct Node {
  std::string name{};
  std::string status{};
  double cpu = 0, maxcpu = 0, mem = 0, maxmem = 0, disk = 0, maxdisk = 0;
  bool online() const { return status == "online"; }
};

/// A storage as one node has it.
struct NodeStorage {
  std::string id{}, node{}, type{};
  std::vector<std::string> content{};
  std::string status{};
  bool shared = false;
  double used = 0, total = 0;
  bool holds(std::string_view kind) const;
};

struct Inventory {
  std::vector<Guest> guests{};  ///< by number
  std::vector<Node> nodes{};    ///< by name
  std::vector<NodeStorage> storages{};

  const Guest* guest(std::int64_t vmid) const;
  const Node* node(std::string_view name) const;
  bool online(std::string_view name) const;
  /// The storages that hold one of the `kinds`, a shared one once, on a node that is online.
  std::vector<const NodeStorage*> to_read(std::initializer_list<std::string_view> kinds) const;
};

/// The error is the sentence for the model: without this read there is no report.
std::expected<Inventory, std::string> read_inventory(tool::Sources& sources);

/// The guest by its number or, where only one has it, its name. The error says what to give instead.
std::expected<const Guest*, std::string> the_guest(const Inventory& inventory, std::string_view given);

/// What a report could not read, by reason.
class Gaps {
 public:
  void add(std::string what, const tool::Unseen& why);
  /// Notes it where PVE may have left out some of `what`, and says whether it may.
  bool thinned(tool::Sources& sources, std::string what, const tool::Sight& sight);
  void offline(const Inventory& inventory);
  bool empty() const { return unanswered_.empty() && forbidden_.empty() && thinned_.empty(); }
  /// As the members `unanswered`, `not_permitted` and, where one is known, `remedy`.
  void put(base::JsonObject& report) const;

 private:
  using ByReason = std::map<std::string, std::vector<std::string>>;
  ByReason unanswered_;
  ByReason forbidden_;
  ByReason thinned_;
  std::vector<std::string> grants_, cautions_;
};

/// Adds as many of `rows` as fit into `bytes`, texts made short, and says in `<key>_left_out` how many did
/// not. Nothing is added where there are none.
void put_rows(base::JsonObject& report, std::string_view key, const base::JsonArray& rows, std::size_t bytes);

}  // namespace catalog
