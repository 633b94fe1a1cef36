#include "change/property.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/ascii.h"
#include "base/text.h"
#include "change/value.h"

namespace change {
namespace {

// PVE 9's formats; the second value is the format's default_key.
constexpr Form kForms[] = {
    {"agent", "enabled"},
    {"amd-sev", "type"},
    {"audio", "device"},
    {"boot", "legacy"},
    {"bwlimit"},
    {"cicustom"},
    {"consent-text"},
    {"cpu", "cputype"},
    {"crs"},
    {"dev", "path"},
    {"efidisk", "file"},
    {"features"},
    {"fleecing", "enabled"},
    {"ha"},
    {"hostpci", "host"},
    {"ide", "file"},
    {"intel-tdx", "type"},
    {"ipconfig"},
    {"ivshmem"},
    {"location"},
    {"log_ratelimit", "enable"},
    {"machine", "type"},
    {"migration", "type"},
    {"mp", "volume"},
    {"net"},
    {"next-id"},
    {"notify"},
    {"numa"},
    {"performance"},
    {"prune-backups"},
    {"replication"},
    {"rng", "source"},
    {"rootfs", "volume"},
    {"sata", "file"},
    {"scsi", "file"},
    {"smbios"},
    {"spice_enhancements"},
    {"startup", "order"},
    {"tag-style"},
    {"tpmstate", "file"},
    {"u2f"},
    {"usb", "host"},
    {"user-tag-access"},
    {"vga", "type"},
    {"virtio", "file"},
    {"virtiofs", "dirid"},
    {"watchdog", "model"},
    {"webauthn"},
};

constexpr std::array<std::string_view, 14> kModels = {
    "e1000",    "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e",  "i82551", "i82557b",
    "i82559er", "ne2k_isa",      "ne2k_pci",      "pcnet",         "rtl8139", "virtio", "vmxnet3"};

struct Default {
  std::string_view family;
  std::string_view name;
  std::string_view value;
};

// The values of parts that are absent, for switches that an update may remove by mistake.
constexpr Default kDefaults[] = {{"net", "firewall", "0"}, {"net", "link_down", "0"}, {"mp", "backup", "0"},
                                 {"ide", "backup", "1"},   {"sata", "backup", "1"},   {"scsi", "backup", "1"},
                                 {"virtio", "backup", "1"}};

std::string_view default_value(std::string_view family, std::string_view name) {
  for (const auto& row : kDefaults) {
    if (row.family == family && row.name == name) return row.value;
  }
  return {};
}

void add(std::vector<Property>& all, std::string_view family, std::string_view name, std::string_view value) {
  if (family == "net" && std::ranges::find(kModels, name) != kModels.end()) {
    all.push_back({"model", std::string(name)});
    all.push_back({"macaddr", std::string(value)});
    return;
  }
  all.push_back({std::string(name), std::string(value)});
}

/// Describes the difference of one part; empty if there is none.
std::string difference(std::string_view family, std::string_view name, std::string_view before,
                       std::string_view after) {
  const auto was = before.empty() ? default_value(family, name) : before;
  const auto is = after.empty() ? default_value(family, name) : after;
  if (was == is) return {};
  const auto* row = form(family);
  const bool is_default = row != nullptr && row->default_name == name;
  const auto words =
      (is_default ? std::string() : shown(name) + " ") + (is.empty()    ? shown(was) + " removed"
                                                          : was.empty() ? shown(is) + " added"
                                                                        : shown(was) + " -> " + shown(is));
  return words;
}

}  // namespace

std::string_view family(std::string_view option) {
  while (!option.empty() && base::is_digit(option.back())) option.remove_suffix(1);
  return option;
}

const Form* form(std::string_view option) {
  // family() removes the digits at the end, but "u2f" has none there.
  const auto name = family(option);
  const auto* row = std::ranges::find(kForms, name, &Form::family);
  return row == std::end(kForms) ? nullptr : row;
}

std::vector<Property> properties(std::string_view option, std::string_view text) {
  std::vector<Property> all;
  const auto* row = form(option);
  if (row == nullptr) return all;
  for (const auto part : base::split(text, ',')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals != std::string_view::npos) {
      add(all, row->family, base::trim(part.substr(0, equals)), part.substr(equals + 1));
    } else if (row->family == "net") {
      // "virtio" without a MAC address: PVE will create one.
      all.push_back({"model", std::string(part)});
    } else {
      all.push_back({std::string(row->default_name), std::string(part)});
    }
  }
  return all;
}

std::string_view property(const std::vector<Property>& properties, std::string_view name) {
  const auto found = std::ranges::find(properties, name, &Property::name);
  return found == properties.end() ? std::string_view() : std::string_view(found->value);
}

std::string differences(std::string_view option, std::string_view before, std::string_view after,
                        const std::vector<std::string_view>& left_out) {
  const auto was = properties(option, before);
  const auto is = properties(option, after);
  std::vector<std::string_view> names;
  for (const auto* side : {&was, &is}) {
    for (const auto& part : *side) {
      if (std::ranges::find(names, part.name) == names.end()) names.emplace_back(part.name);
    }
  }
  std::string text;
  for (const auto name : names) {
    if (std::ranges::find(left_out, name) != left_out.end()) continue;
    const auto words = difference(family(option), name, property(was, name), property(is, name));
    if (!words.empty()) text += (text.empty() ? "" : ", ") + words;
  }
  return text;
}

}  // namespace change
