#include "prompt/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/parallel.h"
#include "engine/remedies.h"
#include "engine/visibility.h"
#include "prompt/arguments.h"

namespace prompt {
namespace {

using Rows = std::expected<base::JsonArray, std::string>;

/// What is a plain name; else empty.
std::string name_in(const base::JsonObject& row, std::string_view key) {
  const auto text = base::raw_text(row, key);
  return is_plain_name(text) ? std::string(text) : std::string{};
}

/// The error says why there are none.
Rows rows(pve::Client& client, const pve::Call& call, const std::stop_token& stop) {
  std::optional<Rows> got;
  engine::in_parallel(1, 1, kListTime, stop, [&](std::size_t, const std::stop_token& ended) {
    auto answer = client.call(call, ended);
    if (!answer) {
      // Its words for what was stopped are none for what took too long.
      if (ended.stop_requested()) return;
      got = std::unexpected(
          engine::explanation(answer.error(), fmt::format("GET {}", call.path), client.base_url(), {}));
    } else if (auto* array = answer->data.if_array()) {
      got = std::move(*array);
    } else {
      got = base::JsonArray{};
    }
  });
  if (got) return *std::move(got);
  return std::unexpected(fmt::format("GET {}: no answer within {} s.", call.path, kListTime.count()));
}

bool holds_backups(const base::JsonObject& row) {
  const auto kinds = base::split(base::raw_text(row, "content"), ',');
  return std::ranges::find(kinds, "backup") != kinds.end();
}

struct Storage {
  bool shared = false;
  std::set<std::string> nodes;
};

using Storages = std::map<std::string, Storage>;

Storages storages_in(const base::JsonArray& rows, std::string_view wanted) {
  Storages found;
  for (const auto& item : rows) {
    const auto* row = item.if_object();
    if (row == nullptr || !holds_backups(*row)) continue;
    auto storage = name_in(*row, "storage");
    auto node = name_in(*row, "node");
    if (storage.empty() || node.empty() || (!wanted.empty() && storage != wanted)) continue;
    auto& entry = found[std::move(storage)];
    entry.shared = entry.shared || base::flag(*row, "shared");
    entry.nodes.insert(std::move(node));
  }
  return found;
}

std::vector<std::string> names(const std::vector<Place>& places) {
  std::vector<std::string> names;
  for (const auto& place : places) names.push_back(place.node);
  return names;
}

}  // namespace

const std::expected<Places, std::string>& Map::nodes() {
  if (nodes_) return *nodes_;
  const auto list = rows(cluster_.client, {base::Method::Get, "/nodes", {}}, stop_);
  if (!list) return nodes_.emplace(std::unexpected(list.error()));
  std::set<std::string> online;
  std::set<std::string> offline;
  for (const auto& item : *list) {
    const auto* row = item.if_object();
    if (row != nullptr)
      (base::raw_text(*row, "status") == "offline" ? offline : online).insert(name_in(*row, "node"));
  }
  online.erase("");
  offline.erase("");
  Places places;
  for (const auto& name : online) places.all.push_back({.node = name});
  places.offline.assign(offline.begin(), offline.end());
  return nodes_.emplace(std::move(places));
}

std::expected<Places, std::string> Map::backup_storages(std::string_view first, std::string_view storage) {
  const auto& cluster = nodes();
  if (!cluster) return std::unexpected(cluster.error());
  const pve::Call call{base::Method::Get, "/cluster/resources", {{"type", "storage"}}};
  const auto list = rows(cluster_.client, call, stop_);
  if (!list) return std::unexpected(list.error());
  auto order = names(cluster->all);
  const auto front = std::ranges::find(order, first);
  if (front != order.end()) std::rotate(order.begin(), front, std::next(front));
  Places places;
  std::vector<Place> local;
  std::set<std::string> offline;
  for (const auto& [name, found] : storages_in(*list, storage)) {
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
  static constexpr tool::Sight kSight{{{{"Datastore.Audit", "Datastore.AllocateSpace"}, "/storage"}}};
  constexpr tool::View kView{.noun = "storages", .seen_with = &kSight};
  std::string text = "There is no storage with backups to ask.";
  const auto unseen = engine::unseen_note(kView, {}, true, cluster_, stop_);
  return unseen.empty() ? text : text + " " + unseen;
}

}  // namespace prompt
