// What PVE's schema does not say about its parameters, as a table. Sources: PVE's API modules (which options
// they keep for root@pam, which they store as secrets) and refusals seen on a PVE 9.2.
#include <algorithm>
#include <span>

#include "facts/facts.h"
#include "facts/parse.h"

namespace facts {
namespace {

constexpr std::string_view kEverywhere;

struct Row {
  std::string_view name;
  std::uint8_t marks;
  /// Beginning of the path template; empty: wherever the parameter occurs.
  std::string_view prefix = kEverywhere;
};

constexpr std::uint8_t kRootFull = kFullTier | kRootOnly;

// Sorted by name. Only where PVE changes something: a GET loses nothing, and asks root for nothing.
constexpr Row kWrites[] = {
    {"archive", kFullTier},
    {"args", kRootOnly, "/nodes/{node}/qemu"},
    {"dumpdir", kRootFull},
    {"force", kFullTier},
    {"force", kRootOnly, "/nodes/{node}/qemu/{vmid}/migrate"},
    {"force-cpu", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/start"},
    {"hookscript", kRootOnly},
    {"job-id", kRootOnly, "/nodes/{node}/vzdump"},
    {"keepActive", kRootOnly, "/nodes/{node}/qemu/{vmid}/status"},
    {"lock", kRootOnly, "/nodes/{node}/qemu"},
    {"maxfiles", kFullTier},
    {"migratedfrom", kRootOnly, "/nodes/{node}/qemu/{vmid}/status"},
    {"migration_network", kRootOnly, "/nodes/{node}/qemu/{vmid}"},
    {"migration_type", kRootOnly, "/nodes/{node}/qemu/{vmid}"},
    {"nocheck", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/resume"},
    {"parallel", kRootOnly, "/nodes/{node}/qemu"},
    {"prune-backups", kFullTier},
    {"remove", kFullTier},
    {"restore", kFullTier},
    {"script", kRootFull},
    {"skiplock", kRootFull},
    {"stateuri", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/start"},
    {"targetstorage", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/start"},
    {"tmpdir", kRootFull},
};

constexpr Row kSecrets[] = {
    {"cipassword", kSecret},
    {"client-key", kSecret},
    {"confirmation-password", kSecret},
    {"data", kSecret, "/cluster/acme/plugins"},
    {"eab-hmac-key", kSecret},
    {"encryption-key", kSecret},
    {"header", kSecret, "/cluster/notifications/endpoints/webhook"},
    {"key", kSecret, "/cluster/sdn/dns"},
    {"key", kSecret, "/nodes/{node}/certificates/custom"},
    {"key", kSecret, "/nodes/{node}/subscription"},
    {"keyring", kSecret},
    {"keys", kSecret, "/access/users"},
    {"otel-headers", kSecret},
    {"otp", kSecret},
    {"password", kSecret},
    {"secret", kSecret},
    {"target-endpoint", kSecret},
    {"tfa-challenge", kSecret},
    {"ticket", kSecret},
    {"token", kSecret, "/cluster/"},
    {"totp", kSecret, "/access/tfa"},
    {"value", kSecret, "/access/tfa"},
    {"vncticket", kSecret},
};

// Searched for each of thousands of parameters.
static_assert(std::ranges::is_sorted(kWrites, {}, &Row::name));
static_assert(std::ranges::is_sorted(kSecrets, {}, &Row::name));

struct Family {
  std::string_view name;
  std::uint16_t count;
  std::string_view prefix = kEverywhere;
};

constexpr Family kFamilies[] = {
    {"net", 32},     {"scsi", 31},     {"virtio", 16},   {"ide", 4},
    {"sata", 6},     {"unused", 256},  {"mp", 256},      {"dev", 256},
    {"hostpci", 16}, {"usb", 14},      {"serial", 4},    {"parallel", 3},
    {"numa", 8},     {"ipconfig", 32}, {"virtiofs", 10}, {"link", 8, "/cluster/config"},
};

std::uint8_t marks_of(std::span<const Row> rows, const Endpoint& endpoint, std::string_view name) {
  std::uint8_t marks = kNoMark;
  for (const auto& row : std::ranges::equal_range(rows, name, {}, &Row::name)) {
    if (endpoint.path.starts_with(row.prefix)) marks = static_cast<std::uint8_t>(marks | row.marks);
  }
  return marks;
}

void mark_parameter(const Endpoint& endpoint, Parameter& parameter) {
  auto marks = marks_of(kSecrets, endpoint, parameter.name);
  if (endpoint.method != base::Method::Get) {
    marks = static_cast<std::uint8_t>(marks | marks_of(kWrites, endpoint, parameter.name));
  }
  parameter.marks = marks;
  if (!parameter.indexed) return;
  for (const auto& family : kFamilies) {
    if (family.name == parameter.name && endpoint.path.starts_with(family.prefix)) {
      parameter.count = family.count;
    }
  }
}

}  // namespace

void mark(Endpoint& endpoint) {
  for (auto& parameter : endpoint.parameters) mark_parameter(endpoint, parameter);
  for (auto& parameter : endpoint.former) mark_parameter(endpoint, parameter);
}

bool secret_name(std::string_view name) {
  const auto rows = std::ranges::equal_range(kSecrets, name, {}, &Row::name);
  return std::ranges::any_of(rows, [](const Row& row) { return row.prefix == kEverywhere; });
}

bool secret_at(std::string_view path, std::string_view name) {
  const auto rows = std::ranges::equal_range(kSecrets, name, {}, &Row::name);
  return std::ranges::any_of(rows, [&](const Row& row) { return path.starts_with(row.prefix); });
}

}  // namespace facts
