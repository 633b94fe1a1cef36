// What PVE's schema does not say about its parameters, as a table. Sources: PVE's API modules (which options
// they keep for root@pam, which they store as secrets) and refusals seen on a PVE 9.2.
#include <algorithm>
#include <span>

#include "facts/facts.h"
#include "facts/parse.h"

namespace facts {
namespace {

constexpr std::string_view kEverywhere = "";

struct Row {
  std::string_view name;
  std::uint8_t marks;
  /// Beginning of the path template; empty: wherever the parameter occurs.
  std::string_view prefix = kEverywhere;
};

constexpr std::uint8_t kLose = kFullTier | kIrreversible;
constexpr std::uint8_t kRootFull = kFullTier | kRootOnly;

// Only where PVE changes something: a GET loses nothing, and asks root for nothing.
constexpr Row kWrites[] = {
    {"prune-backups", kLose},
    {"remove", kLose},
    {"force", kLose},
    {"archive", kFullTier},
    {"restore", kFullTier},
    {"skiplock", kRootFull},
    {"script", kRootFull},
    {"dumpdir", kRootFull},
    {"tmpdir", kRootFull},
    {"job-id", kRootOnly, "/nodes/{node}/vzdump"},
    {"purge", kIrreversible},
    {"destroy-unreferenced-disks", kIrreversible},
    {"cleanup", kIrreversible},
    {"cleanup-disks", kIrreversible},
    {"remove-vanished", kIrreversible},
    {"delete", kIrreversible, "/nodes/{node}/qemu/{vmid}/config"},
    {"delete", kIrreversible, "/nodes/{node}/lxc/{vmid}/config"},
    {"args", kRootOnly, "/nodes/{node}/qemu"},
    {"lock", kRootOnly, "/nodes/{node}/qemu"},
    {"parallel", kRootOnly, "/nodes/{node}/qemu"},
    {"hookscript", kRootOnly},
    {"force-cpu", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/start"},
    {"stateuri", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/start"},
    {"targetstorage", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/start"},
    {"migratedfrom", kRootOnly, "/nodes/{node}/qemu/{vmid}/status"},
    {"keepActive", kRootOnly, "/nodes/{node}/qemu/{vmid}/status"},
    {"nocheck", kRootOnly, "/nodes/{node}/qemu/{vmid}/status/resume"},
    {"migration_type", kRootOnly, "/nodes/{node}/qemu/{vmid}"},
    {"migration_network", kRootOnly, "/nodes/{node}/qemu/{vmid}"},
    {"force", kRootOnly, "/nodes/{node}/qemu/{vmid}/migrate"},
};

constexpr Row kSecrets[] = {
    {"password", kSecret},
    {"cipassword", kSecret},
    {"confirmation-password", kSecret},
    {"encryption-key", kSecret},
    {"keyring", kSecret},
    {"eab-hmac-key", kSecret},
    {"client-key", kSecret},
    {"otp", kSecret},
    {"secret", kSecret},
    {"tfa-challenge", kSecret},
    {"ticket", kSecret},
    {"vncticket", kSecret},
    {"otel-headers", kSecret},
    {"target-endpoint", kSecret},
    {"header", kSecret, "/cluster/notifications/endpoints/webhook"},
    {"token", kSecret, "/cluster/"},
    {"key", kSecret, "/cluster/sdn/dns"},
    {"key", kSecret, "/nodes/{node}/certificates/custom"},
    {"key", kSecret, "/nodes/{node}/subscription"},
    {"data", kSecret, "/cluster/acme/plugins"},
    {"keys", kSecret, "/access/users"},
    {"value", kSecret, "/access/tfa"},
    {"totp", kSecret, "/access/tfa"},
};

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
  for (const auto& row : rows) {
    if (row.name == name && endpoint.path.starts_with(row.prefix)) {
      marks = static_cast<std::uint8_t>(marks | row.marks);
    }
  }
  return marks;
}

}  // namespace

void mark(Endpoint& endpoint) {
  for (auto& parameter : endpoint.parameters) {
    auto marks = marks_of(kSecrets, endpoint, parameter.name);
    if (endpoint.method != base::Method::Get) {
      marks = static_cast<std::uint8_t>(marks | marks_of(kWrites, endpoint, parameter.name));
    }
    parameter.marks = marks;
    if (!parameter.indexed) continue;
    for (const auto& family : kFamilies) {
      if (family.name == parameter.name && endpoint.path.starts_with(family.prefix)) {
        parameter.count = family.count;
      }
    }
  }
}

bool secret_name(std::string_view name) {
  return std::ranges::any_of(
      kSecrets, [name](const Row& row) { return row.prefix == kEverywhere && row.name == name; });
}

}  // namespace facts
