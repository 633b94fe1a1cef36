#include "change/drive.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/number.h"
#include "base/text.h"
#include "view/human.h"

namespace change {
namespace {

constexpr std::array<std::string_view, 6> kDrives = {"ide", "sata", "scsi", "virtio", "efidisk", "tpmstate"};
constexpr double kGiB = 1024.0 * 1024 * 1024;

/// Returns the part after the storage.
std::string_view name_of(std::string_view volume) {
  const auto colon = volume.find(':');
  return colon == std::string_view::npos ? std::string_view() : volume.substr(colon + 1);
}

std::string_view last_of(std::string_view name) {
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::optional<double> gibibytes(std::string_view volume) {
  return base::parse_number<double>(name_of(volume));
}

}  // namespace

bool is_unused(std::string_view option) { return family(option) == "unused" && option.size() > 6; }

bool is_drive(std::string_view option) {
  if (option == "rootfs" || is_unused(option)) return true;
  const auto name = family(option);
  return name.size() < option.size() && (name == "mp" || std::ranges::find(kDrives, name) != kDrives.end());
}

Drive drive(std::string_view option, std::string_view text) {
  Drive drive{std::string(option), {}, {}};
  if (is_unused(option)) {
    drive.volume = text;
    return drive;
  }
  drive.parts = properties(option, text);
  const auto* row = form(option);
  if (row != nullptr) drive.volume = property(drive.parts, row->default_name);
  return drive;
}

bool Drive::is_cd() const {
  return (property(parts, "media") == "cdrom" || volume == "none" || volume == "cdrom") && !is_cloud_init();
}

bool Drive::is_cloud_init() const {
  auto name = last_of(name_of(volume));
  if (const auto dash = name.find('-'); name.starts_with("vm-") && dash != std::string_view::npos) {
    const auto second = name.find('-', dash + 1);
    if (second == std::string_view::npos) return false;
    name = name.substr(second + 1);
  }
  return name == "cloudinit" || name.starts_with("cloudinit.");
}

bool Drive::on_storage() const { return !volume.starts_with('/') && !name_of(volume).empty(); }

bool Drive::to_be_made() const {
  return on_storage() && (gibibytes(volume) || !source().empty() || name_of(volume) == "cloudinit");
}

std::string_view Drive::storage() const {
  const std::string_view text(volume);
  return on_storage() ? text.substr(0, text.find(':')) : std::string_view();
}

std::string_view Drive::source() const { return property(parts, "import-from"); }

std::optional<std::int64_t> Drive::owner() const {
  auto name = last_of(name_of(volume));
  for (const std::string_view prefix : {"vm-", "base-", "subvol-", "basevol-"}) {
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    return base::take_number<std::int64_t>(name);
  }
  return std::nullopt;
}

std::string Drive::size() const {
  if (to_be_made()) {
    const auto wanted = gibibytes(volume);
    return wanted && *wanted > 0 ? view::human_bytes(*wanted * kGiB) : std::string();
  }
  return size_in_words(property(parts, "size"));
}

std::string size_in_words(std::string_view size) {
  if (size.empty()) return {};
  double factor = 1;
  switch (size.back()) {
    case 'K':
      factor = 1024;
      break;
    case 'M':
      factor = 1024.0 * 1024;
      break;
    case 'G':
      factor = kGiB;
      break;
    case 'T':
      factor = kGiB * 1024;
      break;
    default:
      break;
  }
  if (!base::is_digit(size.back())) size.remove_suffix(1);
  const auto number = base::parse_number<double>(size);
  return number && *number >= 0 ? view::human_bytes(*number * factor) : std::string();
}

}  // namespace change
