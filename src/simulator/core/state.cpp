#include "simulator/core/state.h"

#include <algorithm>

namespace simulator {

std::string Guest::shown_name() const {
  if (!name().empty()) return std::string(name());
  return (type == GuestType::Qemu ? "VM " : "CT") + std::to_string(vmid);
}

Guest* State::guest(unsigned vmid) {
  const auto found = guests.find(vmid);
  return found == guests.end() ? nullptr : &found->second;
}

Node* State::node(std::string_view name) {
  const auto found = nodes.find(name);
  return found == nodes.end() ? nullptr : &found->second;
}

Storage* State::storage(std::string_view id) {
  const auto found = storages.find(id);
  return found == storages.end() ? nullptr : &found->second;
}

bool State::online(std::string_view name) const {
  const auto found = nodes.find(name);
  return found != nodes.end() && !found->second.off && !faults.offline.contains(name) &&
         !faults.died.contains(name);
}

bool State::seems_online(std::string_view name) const {
  constexpr std::int64_t kNoticedAfterMs = 8000;
  if (faults.no_quorum && name != local_node) return false;
  const auto death = faults.died.find(name);
  if (death == faults.died.end() || faults.offline.contains(name)) return online(name);
  return now_ms - death->second.at_ms < kNoticedAfterMs;
}

std::int64_t State::last_seen(std::string_view name) const {
  const auto death = faults.died.find(name);
  return death == faults.died.end() ? now() : std::min(now(), death->second.at_ms / 1000);
}

const std::string* State::told_name(const Guest& guest) const {
  const auto found = told_names.find(guest.vmid);
  return found == told_names.end() ? nullptr : &found->second;
}

void State::tell_names() {
  constexpr std::int64_t kEveryMs = 10'000;
  if (told_ms != 0 && now_ms - told_ms < kEveryMs) return;
  told_ms = now_ms;
  for (const auto& [vmid, guest] : guests) {
    if (online(guest.node)) told_names[vmid] = guest.shown_name();
  }
}

bool State::quorate() const {
  if (faults.no_quorum) return false;
  std::size_t votes = 0;
  for (const auto& [name, node] : nodes) votes += seems_online(name) ? 1 : 0;
  return 2 * votes > nodes.size();
}

namespace {

std::string place_of(const State& state, std::string_view volid, std::string_view node) {
  const auto found = state.storages.find(volid.substr(0, volid.find(':')));
  const bool shared = found != state.storages.end() && found->second.shared();
  return shared ? std::string() : std::string(node);
}

}  // namespace

Volume* State::volume(std::string_view volid, std::string_view node) {
  const auto found = volumes.find({std::string(volid), place_of(*this, volid, node)});
  return found == volumes.end() ? nullptr : &found->second;
}

void State::put_volume(Volume volume) {
  volume.node = place_of(*this, volume.volid, volume.node);
  auto key = std::pair(volume.volid, volume.node);
  volumes.insert_or_assign(std::move(key), std::move(volume));
}

bool State::drop_volume(std::string_view volid, std::string_view node) {
  return volumes.erase({std::string(volid), place_of(*this, volid, node)}) > 0;
}

std::string State::free_volid(std::string_view storage, unsigned vmid, std::string_view node,
                              std::string_view prefix) const {
  const auto found = storages.find(storage);
  const auto type = found == storages.end() ? std::string_view{} : found->second.type();
  const bool files = type == "dir" || type == "nfs" || type == "cifs" || type == "cephfs";
  const auto number = std::to_string(vmid);
  for (unsigned index = 0;; ++index) {
    auto volid = std::string(storage) + ":";
    if (files) volid += number + "/";
    volid += std::string(prefix) + "-" + number + "-disk-" + std::to_string(index);
    if (files) volid += prefix == "subvol" ? ".subvol" : prefix == "base" ? ".qcow2" : ".raw";
    if (!volumes.contains({volid, place_of(*this, volid, node)})) return volid;
  }
}

}  // namespace simulator
