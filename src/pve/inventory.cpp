#include "pve/inventory.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"

namespace pve {
namespace {

constexpr std::int64_t kLastVmid = 999'999'999;
constexpr std::size_t kTags = 4000;

/// What a path or another row names; a text always.
std::string id(const base::JsonObject& row, std::string_view key) {
  return base::printable(base::raw_text(row, key));
}

double amount(const base::JsonObject& row, std::string_view key) {
  return std::max(0.0, base::real(row, key, 0));
}

/// 0 where there is none.
std::int64_t vmid_of(const base::JsonObject& row) {
  const auto number = base::number(row, "vmid", 0);
  return number >= 1 && number <= kLastVmid ? number : 0;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> all;
  for (const auto word : base::split(text, ',')) {
    if (!base::trim(word).empty()) all.emplace_back(base::trim(word));
  }
  return all;
}

std::optional<Guest> guest_of(const base::JsonObject& row, bool container) {
  Guest guest;
  guest.vmid = vmid_of(row);
  guest.node = id(row, "node");
  guest.container = container;
  if (guest.vmid < 1 || guest.node.empty()) return std::nullopt;
  guest.name = base::text(row, "name");
  guest.status = guest.last_status = base::text(row, "status");
  guest.tags = base::text(row, "tags", kTags);
  guest.pool = base::text(row, "pool");
  guest.lock = base::text(row, "lock");
  guest.hastate = base::text(row, "hastate");
  guest.is_template = base::flag(row, "template");
  guest.cpu = amount(row, "cpu");
  guest.maxcpu = amount(row, "maxcpu");
  guest.mem = amount(row, "mem");
  guest.maxmem = amount(row, "maxmem");
  guest.diskio = amount(row, "diskread") + amount(row, "diskwrite");
  guest.network = amount(row, "netin") + amount(row, "netout");
  guest.uptime = amount(row, "uptime");
  return guest;
}

Node node_of(const base::JsonObject& row) {
  Node node{.name = id(row, "node"), .status = base::text(row, "status")};
  if (node.status.empty()) node.status = "unknown";
  node.cpu = amount(row, "cpu");
  node.maxcpu = amount(row, "maxcpu");
  node.mem = amount(row, "mem");
  node.maxmem = amount(row, "maxmem");
  node.disk = amount(row, "disk");
  node.maxdisk = amount(row, "maxdisk");
  return node;
}

NodeStorage storage_of(const base::JsonObject& row) {
  NodeStorage storage;
  storage.id = id(row, "storage");
  storage.node = id(row, "node");
  storage.type = base::text(row, "plugintype");
  storage.content = words(base::text(row, "content"));
  storage.status = base::text(row, "status");
  storage.shared = base::flag(row, "shared");
  storage.used = amount(row, "disk");
  storage.total = amount(row, "maxdisk");
  return storage;
}

void add(const base::JsonObject& row, Inventory& inventory) {
  const auto type = base::raw_text(row, "type");
  if (type == "qemu" || type == "lxc") {
    if (auto guest = guest_of(row, type == "lxc")) inventory.guests.push_back(*std::move(guest));
  } else if (type == "node") {
    if (auto node = node_of(row); !node.name.empty()) inventory.nodes.push_back(std::move(node));
  } else if (type == "storage") {
    if (auto storage = storage_of(row); !storage.id.empty() && !storage.node.empty())
      inventory.storages.push_back(std::move(storage));
  }
}

}  // namespace

bool NodeStorage::holds(std::string_view kind) const {
  return std::ranges::find(content, kind) != content.end();
}

const Guest* Inventory::guest(std::int64_t vmid) const {
  const auto found = std::ranges::lower_bound(guests, vmid, {}, &Guest::vmid);
  return found == guests.end() || found->vmid != vmid ? nullptr : &*found;
}

const Node* Inventory::node(std::string_view name) const {
  const auto found = std::ranges::find(nodes, name, &Node::name);
  return found == nodes.end() ? nullptr : &*found;
}

bool Inventory::online(std::string_view name) const {
  const auto* found = node(name);
  return found != nullptr && found->online();
}

std::vector<const NodeStorage*> Inventory::to_read(std::initializer_list<std::string_view> kinds) const {
  std::vector<const NodeStorage*> chosen;
  std::set<std::string_view> done;
  for (const auto& storage : storages) {
    const bool wanted = std::ranges::any_of(kinds, [&](const auto& kind) { return storage.holds(kind); });
    if (!wanted || !online(storage.node) || storage.status != "available") continue;
    if (!storage.shared || done.insert(storage.id).second) chosen.push_back(&storage);
  }
  return chosen;
}

std::optional<Inventory> inventory_of(const base::Json& data) {
  if (!data.is_array()) return std::nullopt;
  Inventory inventory;
  for (const auto& row : base::objects(data)) add(row, inventory);
  std::ranges::sort(inventory.guests, {}, &Guest::vmid);
  const auto twice = std::ranges::unique(inventory.guests, {}, &Guest::vmid);
  inventory.guests.erase(twice.begin(), twice.end());
  std::ranges::sort(inventory.nodes, {}, &Node::name);
  for (auto& guest : inventory.guests) {
    if (!inventory.online(guest.node)) guest.status = "unknown";
  }
  return inventory;
}

std::optional<std::vector<Guest>> guests_of_node(const base::Json& data, std::string_view node,
                                                 bool container) {
  if (!data.is_array()) return std::nullopt;
  std::vector<Guest> guests;
  for (const auto& row : base::objects(data)) {
    const auto vmid = vmid_of(row);
    if (vmid < 1) continue;
    auto name = base::text(row, "name");
    if (name.empty()) name = default_name(vmid, container);
    guests.push_back(
        {.vmid = vmid, .name = std::move(name), .node = std::string(node), .container = container});
  }
  return guests;
}

std::string default_name(std::int64_t vmid, bool container) {
  return (container ? "CT" : "VM ") + std::to_string(vmid);
}

}  // namespace pve
