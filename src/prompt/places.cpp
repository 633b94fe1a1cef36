#include "prompt/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "engine/answer/visibility.h"
#include "engine/cluster/parallel.h"
#include "engine/words/remedies.h"
#include "prompt/arguments.h"

namespace prompt {
namespace {

/// The error says why there is none.
std::expected<pve::InventoryPtr, std::string> inventory(engine::Cluster& cluster,
                                                        const std::stop_token& stop) {
  constexpr std::string_view kCall = "GET /cluster/resources";
  std::optional<std::expected<pve::InventoryPtr, std::string>> got;
  engine::in_parallel(1, 1, kListTime, stop, [&](std::size_t, const std::stop_token& ended) {
    auto list = cluster.inventory.get(ended);
    if (list) {
      got = *std::move(list);
    } else if (!ended.stop_requested()) {
      // Its words for what was stopped are none for what took too long.
      got = std::unexpected(engine::explanation(list.error(), kCall, cluster.client.base_url(), {}));
    }
  });
  if (got) return *std::move(got);
  return std::unexpected(fmt::format("{}: no answer within {} s.", kCall, kListTime.count()));
}

struct Storage {
  bool shared = false;
  std::set<std::string> nodes;
};

using Storages = std::map<std::string, Storage>;

Storages storages_in(const pve::Inventory& list, std::string_view wanted) {
  Storages found;
  for (const auto& storage : list.storages) {
    if (!storage.holds("backup") || !is_plain_name(storage.id) || !is_plain_name(storage.node)) continue;
    if (!wanted.empty() && storage.id != wanted) continue;
    auto& entry = found[storage.id];
    entry.shared = entry.shared || storage.shared;
    entry.nodes.insert(storage.node);
  }
  return found;
}

std::vector<std::string> names(const std::vector<Place>& places) {
  std::vector<std::string> names;
  for (const auto& place : places) names.push_back(place.node);
  return names;
}

}  // namespace

const std::expected<pve::InventoryPtr, std::string>& Map::list() {
  if (!list_) list_ = inventory(cluster_, stop_);
  return *list_;
}

const std::expected<Places, std::string>& Map::nodes() {
  if (nodes_) return *nodes_;
  const auto& known = list();
  if (!known) return nodes_.emplace(std::unexpected(known.error()));
  Places places;
  for (const auto& node : (*known)->nodes) {
    if (!is_plain_name(node.name)) continue;
    if (node.status == "offline") {
      places.offline.push_back(node.name);
    } else {
      places.all.push_back({.node = node.name});
    }
  }
  return nodes_.emplace(std::move(places));
}

std::expected<Places, std::string> Map::backup_storages(std::string_view first, std::string_view storage) {
  const auto& cluster = nodes();
  if (!cluster) return std::unexpected(cluster.error());
  auto order = names(cluster->all);
  const auto front = std::ranges::find(order, first);
  if (front != order.end()) std::rotate(order.begin(), front, std::next(front));
  Places places;
  std::vector<Place> local;
  std::set<std::string> offline;
  for (const auto& [name, found] : storages_in(**list(), storage)) {
    std::vector<std::string> nodes;
    for (const auto& node : order) {
      if (found.nodes.contains(node)) nodes.push_back(node);
    }
    if (!found.shared || nodes.empty()) {
      for (const auto& node : cluster->offline) {
        if (found.nodes.contains(node)) offline.insert(node);
      }
    }
    if (found.shared && !nodes.empty()) {
      places.all.push_back({nodes.front(), name, {std::next(nodes.begin()), nodes.end()}, true});
    } else {
      for (auto& node : nodes) local.push_back({.node = std::move(node), .storage = name});
    }
  }
  places.all.insert(places.all.end(), local.begin(), local.end());
  places.offline.assign(offline.begin(), offline.end());
  return places;
}

bool Map::is_offline(std::string_view node) {
  const auto& all = nodes();
  return all && std::ranges::find(all->offline, node) != all->offline.end();
}

std::string Map::no_storage() const {
  // As the tool that lists storages has it: PVE thins out both lists by the same rights.
  static constexpr tool::ListRights kRights{{{{"Datastore.Audit", "Datastore.AllocateSpace"}, "/storage"}}};
  constexpr tool::View kView{.noun = "storages", .list_rights = &kRights};
  std::string text = "The API token sees no storage with backups.";
  const auto omissions = engine::omission_note(kView, {}, engine::Shape::EmptyList, cluster_, stop_);
  return omissions.empty() ? text : text + " " + omissions;
}

}  // namespace prompt
