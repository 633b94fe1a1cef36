#include "facts/formats.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"

namespace facts {
namespace {

bool all_of(std::string_view text, std::string_view more) {
  return std::ranges::all_of(
      text, [more](char c) { return base::is_alnum(c) || more.find(c) != std::string_view::npos; });
}

/// Labels of letters, digits and inner hyphens, joined by dots.
bool dns_name(std::string_view name) {
  return std::ranges::all_of(base::split(name, '.'), [](std::string_view label) {
    return !label.empty() && all_of(label, "-") && label.front() != '-' && label.back() != '-';
  });
}

bool is_address(int family, std::string_view text) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(family, std::string(text).c_str(), bytes.data()) == 1;
}

/// An address with its prefix length; PVE takes none below 8.
bool is_network(int family, std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const auto length = base::parse_number<unsigned>(text.substr(slash + 1));
  const unsigned longest = family == AF_INET ? 32 : 128;
  return length && *length >= 8 && *length <= longest && is_address(family, text.substr(0, slash));
}

bool is_mac(std::string_view text) {
  if (text.size() != 17) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 3 == 2 ? text[i] != ':' : !base::is_hex(text[i])) return false;
  }
  // The lowest bit of the first byte makes it a group's.
  return std::string_view("02468ACEace").find(text[1]) != std::string_view::npos;
}

/// "local:100/vm-100-disk-0.qcow2".
bool is_volume_id(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon + 1 == text.size()) return false;
  const auto storage = text.substr(0, colon);
  return base::is_letter(storage.front()) && all_of(storage, "-_.") && base::is_alnum(storage.back());
}

bool is_disk_size(std::string_view text) {
  if (!text.empty() && std::string_view("KMGT").find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
  const auto dot = text.find('.');
  const auto whole = text.substr(0, dot);
  return base::is_digits(whole) && (dot == std::string_view::npos || base::is_digits(text.substr(dot + 1)));
}

std::optional<std::string> unless(bool good, std::string text) {
  return good ? std::nullopt : std::optional(std::move(text));
}

/// Volumes and sizes, as they stand in disks.
std::optional<std::string> disk_misfit(std::string_view format, std::string_view value) {
  if (format == "disk-size") {
    return unless(is_disk_size(value),
                  fmt::format("value does not look like a valid disk size: {}\n", value));
  }
  const bool path = format == "pve-volume-id-or-qm-path" || format == "pve-volume-id-or-absolute-path";
  if (!path && format != "pve-volume-id") return std::nullopt;
  const bool drive = format == "pve-volume-id-or-qm-path" && (value == "none" || value == "cdrom");
  if (drive || (path && value.starts_with('/'))) return std::nullopt;
  return unless(is_volume_id(value), fmt::format("unable to parse volume ID '{}'\n", value));
}

/// The verifiers of names that other modules of PVE register.
std::optional<std::string> other_misfit(std::string_view format, std::string_view value) {
  if (format == "pve-poolid") {
    const auto parts = base::split(value, '/');
    const bool empty = std::ranges::any_of(parts, &std::string_view::empty);
    if (empty || !all_of(value, "._-/")) {
      return fmt::format("pool name '{}' contains invalid characters\n", value);
    }
  } else if (format == "pve-storage-path") {
    if (value.size() < 2 || value.front() != '/' || std::string_view(";()").find(value[1]) < 3) {
      return "value does not look like a valid absolute path\n";
    }
  } else if (format == "pve-storage-content") {
    constexpr std::string_view kKinds[] = {"images", "rootdir",  "vztmpl", "iso",
                                           "backup", "snippets", "import", "none"};
    if (std::ranges::find(kKinds, value) == std::end(kKinds)) {
      return fmt::format("invalid content type '{}'\n", value);
    }
  } else if (format == "email-opt") {
    // Only what no mail address can be.
    const bool wrong = value.find('@') == std::string_view::npos || value.find(' ') != std::string_view::npos;
    if (!value.empty() && wrong) return "value does not look like a valid email address\n";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> format_misfit(std::string_view format, std::string_view value) {
  if (format == "pve-vmid") {
    if (!base::is_digits(value) || value.front() == '0' || value.size() < 3 || value.size() > 9) {
      return "value does not look like a valid VM ID\n";
    }
  } else if (format == "pve-node") {
    if (value.empty() || !all_of(value, "-") || value.front() == '-' || value.back() == '-') {
      return "value does not look like a valid node name\n";
    }
  } else if (format == "pve-configid") {
    if (value.size() < 2 || !base::is_letter(value.front()) || !all_of(value, "_-")) {
      return fmt::format("invalid configuration ID '{}'\n", value);
    }
  } else if (format == "pve-storage-id") {
    if (value.size() < 2) return fmt::format("storage ID '{}' cannot be shorter than 2 characters\n", value);
    if (!base::is_letter(value.front()) || !all_of(value, "-_.") ||
        !all_of(value.substr(value.size() - 1), "")) {
      return fmt::format("storage ID '{}' contains illegal characters\n", value);
    }
  } else if (format == "dns-name") {
    if (!dns_name(value)) return "value does not look like a valid DNS name\n";
  } else {
    return other_misfit(format, value);
  }
  return std::nullopt;
}

std::optional<std::string> written_misfit(std::string_view format, std::string_view value) {
  const bool four = is_address(AF_INET, value);
  const bool six = is_address(AF_INET6, value);
  if (format == "ip") return unless(four || six, "value does not look like a valid IP address\n");
  if (format == "ipv4") return unless(four, "value does not look like a valid IPv4 address\n");
  if (format == "ipv6") return unless(six, "value does not look like a valid IPv6 address\n");
  if (format == "CIDR") {
    return unless(is_network(AF_INET, value) || is_network(AF_INET6, value),
                  "value does not look like a valid CIDR network\n");
  }
  if (format == "pve-ipv4-config") {
    const bool good = value == "dhcp" || value == "manual" || is_network(AF_INET, value);
    return unless(good, "value does not look like a valid ipv4 network configuration\n");
  }
  if (format == "pve-ipv6-config") {
    const bool word = value == "auto" || value == "dhcp" || value == "manual";
    return unless(word || is_network(AF_INET6, value),
                  "value does not look like a valid ipv6 network configuration\n");
  }
  if (format == "mac-addr") {
    return unless(is_mac(value), "value does not look like a valid unicast MAC address\n");
  }
  if (format == "pve-bridge-id") {
    return unless(!value.empty() && all_of(value, "-_."), fmt::format("invalid bridge ID '{}'\n", value));
  }
  return disk_misfit(format, value);
}

}  // namespace facts
