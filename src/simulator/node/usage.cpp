#include "simulator/node/usage.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace simulator {
namespace {

std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

double unit(std::uint64_t value) { return static_cast<double>(mix(value) >> 11U) * 0x1.0p-53; }

double smooth(std::uint64_t key, std::int64_t at, std::int64_t period) {
  const auto step = at / period;
  const auto part = static_cast<double>(at % period) / static_cast<double>(period);
  const auto weight = part * part * (3 - 2 * part);
  const auto here = unit(key ^ static_cast<std::uint64_t>(step));
  const auto there = unit(key ^ static_cast<std::uint64_t>(step + 1));
  return here + (there - here) * weight;
}

std::uint64_t bytes(double value) { return value <= 0 ? 0 : static_cast<std::uint64_t>(value); }

}  // namespace

double wave(std::uint64_t seed, std::uint64_t key, std::int64_t at) {
  const auto mixed = mix(seed * 1'000'003 + key);
  const auto seconds = std::max<std::int64_t>(at, 0);
  const auto day =
      std::sin(static_cast<double>(seconds % 86'400) / 86'400.0 * 2 * 3.14159265358979) * 0.5 + 0.5;
  return std::min(0.999,
                  0.25 * day + 0.45 * smooth(mixed, seconds, 3600) + 0.3 * smooth(mixed + 1, seconds, 120));
}

GuestUsage guest_usage(const State& state, const Guest& guest, std::int64_t at) {
  GuestUsage usage;
  if (!guest.running || at < guest.started) return usage;
  const auto seed = state.options.seed;
  const auto key = static_cast<std::uint64_t>(guest.vmid) * 16;
  const auto busy = unit(mix(seed) ^ key);
  usage.uptime = at - guest.started;
  if (guest.qmpstatus != "paused") usage.cpu = (0.005 + 0.5 * busy * busy) * (0.4 + wave(seed, key, at));
  const auto memory = static_cast<double>(memory_size(guest));
  usage.mem = bytes(memory * (0.25 + 0.45 * busy + 0.15 * wave(seed, key + 1, at)));
  if (guest.type == GuestType::Lxc) {
    usage.disk = bytes(static_cast<double>(disk_size(guest)) * (0.1 + 0.6 * busy));
  }
  const auto uptime = static_cast<double>(usage.uptime);
  usage.netin = bytes(uptime * (200 + 20'000 * busy));
  usage.netout = bytes(uptime * (100 + 30'000 * busy * busy));
  usage.diskread = bytes(uptime * (50 + 5'000 * busy));
  usage.diskwrite = bytes(uptime * (400 + 15'000 * busy));
  return usage;
}

NodeUsage node_usage(const State& state, const Node& node, std::int64_t at) {
  NodeUsage usage;
  if (at < node.booted) return usage;
  const auto seed = state.options.seed;
  const auto key = std::uint64_t{1'000'000'007} * node.id;
  usage.uptime = at - node.booted;
  usage.cpu = 0.04 + 0.3 * wave(seed, key, at);
  usage.iowait = 0.002 + 0.01 * wave(seed, key + 1, at);
  usage.load = usage.cpu * node.cores * (0.8 + 0.4 * wave(seed, key + 2, at));
  usage.mem = bytes(static_cast<double>(node.memory) * (0.45 + 0.2 * wave(seed, key + 3, at)));
  usage.disk = bytes(static_cast<double>(node.disk) * 0.18);
  usage.swap = 0;
  usage.netin = 80'000 + 900'000 * wave(seed, key + 4, at);
  usage.netout = 60'000 + 700'000 * wave(seed, key + 5, at);
  return usage;
}

StorageUsage storage_usage(const State& state, const Storage& storage, std::string_view node) {
  StorageUsage usage;
  usage.total = storage.total;
  usage.used = storage.base;
  const auto first = state.volumes.lower_bound({storage.id + ":", std::string()});
  for (auto it = first; it != state.volumes.end() && it->second.storage() == storage.id; ++it) {
    const auto& volume = it->second;
    if (!storage.shared() && volume.node != node) continue;
    usage.used += volume.used != 0 ? volume.used : volume.size;
  }
  usage.used = std::min(usage.used, usage.total);
  usage.avail = usage.total - usage.used;
  return usage;
}

}  // namespace simulator
