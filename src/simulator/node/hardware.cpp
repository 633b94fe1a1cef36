// The PCI and USB devices of a node: an example server with the node's disks.
#include <fmt/format.h>

#include "simulator/core/routes.h"
#include "simulator/core/store.h"

namespace simulator {
namespace {

using base::JsonArray;
using base::JsonObject;

struct Device {
  std::string_view id;
  std::string_view device_class;
  std::string_view vendor;
  std::string_view device;
  std::string_view vendor_name;
  std::string_view device_name;
  int group;
};

constexpr Device kDevices[] = {
    {"0000:00:00.0", "0x060000", "0x1022", "0x1480", "Advanced Micro Devices, Inc. [AMD]",
     "Starship/Matisse Root Complex", 0},
    {"0000:01:00.0", "0x020000", "0x8086", "0x1563", "Intel Corporation", "Ethernet Controller X550", 14},
    {"0000:01:00.1", "0x020000", "0x8086", "0x1563", "Intel Corporation", "Ethernet Controller X550", 15},
    {"0000:03:00.0", "0x030000", "0x1a03", "0x2000", "ASPEED Technology, Inc.", "ASPEED Graphics Family", 21},
    {"0000:41:00.0", "0x030200", "0x10de", "0x2235", "NVIDIA Corporation", "GA102GL [A40]", 33},
};

JsonObject row_of(const Device& device, bool verbose) {
  JsonObject row{{"id", device.id}, {"class", device.device_class}};
  if (!verbose) return row;
  row["vendor"] = device.vendor;
  row["device"] = device.device;
  row["vendor_name"] = device.vendor_name;
  row["device_name"] = device.device_name;
  row["iommugroup"] = device.group;
  row["subsystem_vendor"] = device.vendor;
  row["subsystem_device"] = device.device;
  row["subsystem_vendor_name"] = device.vendor_name;
  return row;
}

/// PVE leaves out memory, bridges and processors unless the caller says otherwise.
Answer pci(Call& call) {
  const auto excluded = call.parameters.has("pci-class-blacklist")
                            ? call.parameters.list("pci-class-blacklist")
                            : std::vector<std::string>{"05", "06", "0b"};
  JsonArray rows;
  for (const auto& device : kDevices) {
    const bool left_out = std::ranges::any_of(excluded, [&](const std::string& prefix) {
      return device.device_class.substr(2).starts_with(prefix);
    });
    if (!left_out) rows.push_back(row_of(device, call.parameters.flag("verbose", true)));
  }
  return Answer::of(std::move(rows));
}

/// PVE does not check that the device exists.
Answer pci_device(Call&) { return Answer::of(JsonArray{base::Json(JsonObject{{"method", "mdev"}})}); }

Answer mediated(Call&) { return Answer::of(JsonArray()); }

Answer usb(Call&) {
  return Answer::of(JsonArray{base::Json(JsonObject{{"busnum", 1},
                                                    {"devnum", 3},
                                                    {"port", 2},
                                                    {"level", 1},
                                                    {"usbpath", "2"},
                                                    {"class", 0},
                                                    {"speed", "12"},
                                                    {"vendid", "1050"},
                                                    {"prodid", "0407"},
                                                    {"manufacturer", "Yubico"},
                                                    {"product", "YubiKey OTP+FIDO+CCID"}})});
}

using enum base::Method;
constexpr Route kHardwareRoutes[] = {
    {Get, "/nodes/{node}/hardware/pci", pci},
    {Get, "/nodes/{node}/hardware/pci/{pci-id-or-mapping}", pci_device},
    {Get, "/nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev", mediated},
    {Get, "/nodes/{node}/hardware/usb", usb},
};

}  // namespace

std::span<const Route> hardware_routes() { return kHardwareRoutes; }

}  // namespace simulator
