#include "engine/outcome/kept_backups.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/answer/sources.h"

namespace engine {
namespace {

constexpr std::size_t kMost = 4;
constexpr std::chrono::seconds kLongest{5};

std::string shown(const pve::NodeStorage& storage, const pve::Guest& guest) {
  const bool plain = storage.shared || storage.node == guest.node;
  return plain ? fmt::format("\"{}\"", storage.id) : fmt::format("\"{}\" of {}", storage.id, storage.node);
}

using Storages = std::vector<const pve::NodeStorage*>;

/// Puts shared storages and those of the guest's node first, because most backups are there. Keeps the order
/// otherwise, without std::stable_sort: clang refuses libstdc++ 12's as deprecated.
Storages nearest_first(const Storages& storages, const pve::Guest& guest) {
  std::vector<std::pair<bool, std::size_t>> places;
  for (std::size_t i = 0; i < storages.size(); ++i)
    places.emplace_back(!storages[i]->shared && storages[i]->node != guest.node, i);
  std::ranges::sort(places);
  Storages sorted;
  for (const auto& place : places) sorted.push_back(storages[place.second]);
  return sorted;
}

}  // namespace

base::JsonObject kept_backups(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop) {
  base::JsonObject counts;
  const auto list = cluster.inventory.get(stop);
  if (!list) return counts;
  const auto storages = nearest_first((*list)->to_read({"backup"}), guest);
  std::vector<tool::Read> reads;
  for (const auto* storage : storages) {
    counts[shown(*storage, guest)] = nullptr;
    if (reads.size() < kMost)
      reads.push_back(
          {"/nodes/{node}/storage/{storage}/content",
           {{"node", storage->node}, {"storage", storage->id}, {"content", "backup"}, {"vmid", guest.vmid}}});
  }
  const auto got = ParallelReads(cluster, stop).get_within(reads, kLongest);
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] && got[i]->is_array())
      counts[shown(*storages[i], guest)] = static_cast<std::int64_t>(got[i]->get_array().size());
  }
  return counts;
}

}  // namespace engine
