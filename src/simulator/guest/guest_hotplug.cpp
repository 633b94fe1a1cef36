#include "simulator/guest/guest_hotplug.h"

#include <fmt/format.h>

#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

/// The bridge in the line, if the node lacks it, else empty.
std::string missing_bridge(State& state, std::string_view node, std::string_view value) {
  const auto network = state.networks.find(node);
  if (network == state.networks.end()) return {};
  const auto bridge = get(parse_properties(value, "model"), "bridge");
  return bridge.empty() || network->second.active.contains(bridge) ? std::string() : bridge;
}

/// PVE's error about a device with a mapping, since the demo cluster has no mappings. From memory.
std::optional<std::string> missing_mapping(std::string_view key, std::string_view value) {
  const bool usb = in_family(key, "usb");
  if (!usb && !in_family(key, "hostpci")) return std::nullopt;
  const auto mapping = get(parse_properties(value, "host"), "mapping");
  if (mapping.empty()) return std::nullopt;
  return fmt::format("{} device mapping not found for '{}'", usb ? "USB" : "PCI", mapping);
}

}  // namespace

std::optional<std::string> device_error(State& state, const Guest& guest) {
  const bool vm = guest.type == GuestType::Qemu;
  const auto* const node = state.node(guest.node);
  if (vm && node != nullptr && core_count(guest) > node->cores) {
    return fmt::format("MAX {} vcpus allowed per VM on this node", node->cores);
  }
  for (const auto& [key, value] : guest.config) {
    if (auto missing = vm ? missing_mapping(key, value) : std::nullopt) return missing;
    if (!in_family(key, "net")) continue;
    const auto bridge = missing_bridge(state, guest.node, value);
    if (!bridge.empty()) return fmt::format("bridge '{}' does not exist", bridge);
  }
  return std::nullopt;
}

std::optional<std::string> hotplug_error(State& state, const Guest& guest, std::string_view key,
                                         std::string_view value) {
  if (!guest.running || !is_hot(guest.type, key)) return std::nullopt;
  const auto missing = in_family(key, "net") ? missing_bridge(state, guest.node, value) : std::string();
  if (guest.type == GuestType::Lxc) {
    if (missing.empty()) return std::nullopt;
    // Only the text around the error is recorded, from a mount point; the rest is from memory.
    return fmt::format("unable to hotplug {}: bridge '{}' does not exist\n", key, missing);
  }
  if (!missing.empty()) {
    return fmt::format(
        "hotplug problem - VM {} qmp command 'netdev_add' failed - network script "
        "/usr/libexec/qemu-server/pve-bridge-hotplug failed with status 512\n",
        guest.vmid);
  }
  if (const auto mapping = missing_mapping(key, value))
    return fmt::format("hotplug problem - {}\n", *mapping);
  return std::nullopt;
}

}  // namespace simulator
