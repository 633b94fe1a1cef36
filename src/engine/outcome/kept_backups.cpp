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
  return plain ? storage.id : fmt::format("{} of {}", storage.id, storage.node);
}

}  // namespace

base::JsonObject kept_backups(const pve::Guest& guest, Cluster& cluster, const std::stop_token& stop) {
  base::JsonObject counts;
  const auto list = cluster.inventory.get(stop);
  if (!list) return counts;
  auto storages = (*list)->to_read({"backup"});
  // Most are where the guest is, or shared. The index keeps the order of the others: a stable algorithm of
  // this library needs a function that clang refuses as deprecated.
  std::vector<std::pair<bool, std::size_t>> order;
  for (std::size_t i = 0; i < storages.size(); ++i)
    order.emplace_back(!storages[i]->shared && storages[i]->node != guest.node, i);
  std::ranges::sort(order);
  std::vector<tool::Read> reads;
  for (const auto& place : order) {
    const auto* storage = storages[place.second];
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
