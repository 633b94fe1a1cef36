// What a cluster has and where: the rows of GET /cluster/resources.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace pve {

/// All texts of these rows are printable. Figures are as PVE gives them, and 0 where it does not.
struct Guest {
  std::int64_t vmid = 0;
  /// Need not be unique. Of a guest without one "VM 100" or "CT100". In /cluster/resources it is up to ten
  /// seconds old, and empty of a guest that is newer than that.
  std::string name{};
  std::string node{};
  bool container = false;
  std::string status{};       ///< "unknown" on a node that is not online, whatever PVE still says
  std::string last_status{};  ///< what PVE says
  std::string tags{}, pool{}, lock{}, hastate{};
  bool is_template = false;
  double cpu = 0, maxcpu = 0, mem = 0, maxmem = 0;
  double diskio = 0, network = 0;  ///< bytes since the start
  double uptime = 0;

  /// As PVE has it in paths and types: "qemu" or "lxc".
  std::string_view type() const { return container ? "lxc" : "qemu"; }
};

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

/// What the token may see of the cluster at one moment: PVE leaves out guests without VM.Audit and storages
/// without a right to them.
struct Inventory {
  std::vector<Guest> guests{};  ///< by number, each once
  std::vector<Node> nodes{};    ///< by name
  std::vector<NodeStorage> storages{};
  std::string limit{};  ///< as Client::limit()
  std::string gaps{};   ///< as Client::gaps()

  /// nullptr when it has none.
  const Guest* guest(std::int64_t vmid) const;
  const Node* node(std::string_view name) const;
  bool online(std::string_view name) const;
  /// The storages that hold one of the `kinds`, a shared one once, on a node that is online.
  std::vector<const NodeStorage*> to_read(std::initializer_list<std::string_view> kinds) const;
};

using InventoryPtr = std::shared_ptr<const Inventory>;

/// `data` of GET /cluster/resources; nothing if it is not a list. Rows without an identifier are left out.
std::optional<Inventory> inventory_of(const base::Json& data);

/// `data` of GET /nodes/{node}/qemu or /lxc, whose names come from the configurations; nothing if it is not a
/// list. Only number, name, node and kind of each guest are set.
std::optional<std::vector<Guest>> guests_of_node(const base::Json& data, std::string_view node,
                                                 bool container);

/// What PVE's lists call a guest whose configuration has no name.
std::string default_name(std::int64_t vmid, bool container);

}  // namespace pve
