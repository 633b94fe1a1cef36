// The cluster in one read.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "catalog/insight_read.h"

namespace catalog {
namespace {

constexpr std::int64_t kLastVmid = 999'999'999;
constexpr std::size_t kTags = 4000;

double amount(const base::JsonObject& row, std::string_view key) {
  return std::max(0.0, base::real(row, key, 0));
}

std::optional<Guest> guest_of(const base::JsonObject& row) {
  Guest guest;
  guest.vmid = base::number(row, "vmid", 0);
  guest.type = base::raw_word(row, "type");
  guest.node = base::raw_word(row, "node");
  if (guest.vmid < 1 || guest.vmid > kLastVmid || guest.node.empty()) return std::nullopt;
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
  Node node{base::raw_word(row, "node"), base::text(row, "status")};
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
  storage.id = base::raw_word(row, "storage");
  storage.node = base::raw_word(row, "node");
  storage.type = base::raw_word(row, "plugintype");
  storage.content = words(base::raw_text(row, "content"));
  storage.status = base::text(row, "status");
  storage.shared = base::flag(row, "shared");
  storage.used = amount(row, "disk");
  storage.total = amount(row, "maxdisk");
  return storage;
}

Inventory inventory_of(const base::Json& data) {
  Inventory inventory;
  for (const auto& row : base::objects(data)) {
    const auto type = base::raw_text(row, "type");
    if (type == "qemu" || type == "lxc") {
      if (auto guest = guest_of(row)) inventory.guests.push_back(*std::move(guest));
    } else if (type == "node") {
      if (auto node = node_of(row); !node.name.empty()) inventory.nodes.push_back(std::move(node));
    } else if (type == "storage") {
      if (auto storage = storage_of(row); !storage.id.empty() && !storage.node.empty())
        inventory.storages.push_back(std::move(storage));
    }
  }
  std::ranges::sort(inventory.guests, {}, &Guest::vmid);
  const auto twice = std::ranges::unique(inventory.guests, {}, &Guest::vmid);
  inventory.guests.erase(twice.begin(), twice.end());
  std::ranges::sort(inventory.nodes, {}, &Node::name);
  for (auto& guest : inventory.guests) {
    if (!inventory.online(guest.node)) guest.status = "unknown";
  }
  return inventory;
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

std::expected<Inventory, std::string> read_inventory(tool::Sources& sources) {
  auto got = sources.get({{"/cluster/resources"}});
  if (got.empty()) return std::unexpected("PVE was not asked.");
  if (got[0]) return inventory_of(*got[0]);
  const auto& why = got[0].error();
  const auto status = why.status == 0 ? std::string{} : fmt::format(" (status {})", why.status);
  return std::unexpected(fmt::format("The list of nodes and guests could not be read: {}{}",
                                     base::printable(why.sentence, 600), status));
}

std::expected<const Guest*, std::string> the_guest(const Inventory& inventory, std::string_view given) {
  if (const auto vmid = base::parse_number<std::int64_t>(given)) {
    if (const auto* guest = inventory.guest(*vmid)) return guest;
  }
  std::vector<const Guest*> named;
  for (const auto& guest : inventory.guests) {
    if (base::lower_ascii(guest.name) == base::lower_ascii(given)) named.push_back(&guest);
  }
  if (named.size() == 1) return named.front();
  const auto shown = base::printable(given, 60);
  if (named.empty())
    return std::unexpected(fmt::format(
        "guest: there is no guest \"{}\" that this token may see; pve_find_guest searches by part of a name.",
        shown));
  std::vector<std::string> numbers;
  for (const auto* guest : named) numbers.push_back(fmt::format("{} on {}", guest->vmid, guest->node));
  return std::unexpected(fmt::format("guest: {} guests are named \"{}\": {}. Give the number.", named.size(),
                                     shown, listed(numbers)));
}

}  // namespace catalog
