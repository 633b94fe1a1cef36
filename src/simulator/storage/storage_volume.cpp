#include "simulator/storage/storage_volume.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/number.h"
#include "base/text.h"

namespace simulator {
namespace {

struct Prefix {
  std::string_view name;
  std::string_view content;
  std::string_view directory;
};

constexpr auto kPrefixes = std::to_array<Prefix>({{"iso/", "iso", "template/iso/"},
                                                  {"vztmpl/", "vztmpl", "template/cache/"},
                                                  {"backup/", "backup", "dump/"},
                                                  {"snippets/", "snippets", "snippets/"},
                                                  {"import/", "import", "import/"}});

unsigned leading_number(std::string_view text) { return base::take_number<unsigned>(text).value_or(0); }

/// The owner in a name such as "vm-100-disk-0", "base-100-disk-0" or "subvol-200-disk-0".
unsigned disk_owner(std::string_view name) {
  for (const std::string_view prefix : {"vm-", "base-", "subvol-"}) {
    if (name.starts_with(prefix)) return leading_number(name.substr(prefix.size()));
  }
  return 0;
}

unsigned backup_owner(std::string_view file) {
  for (const std::string_view prefix : {"vzdump-qemu-", "vzdump-lxc-", "vzdump-openvz-", "vm/", "ct/"}) {
    if (file.starts_with(prefix)) return leading_number(file.substr(prefix.size()));
  }
  return 0;
}

}  // namespace

VolumeName parse_volume_name(std::string_view volid) {
  const auto colon = volid.find(':');
  VolumeName out{std::string(volid.substr(0, colon)), {}, {}, 0};
  if (colon == std::string_view::npos) return out;
  const auto name = volid.substr(colon + 1);
  out.name = name;
  for (const auto& prefix : kPrefixes) {
    if (!name.starts_with(prefix.name) || name.size() == prefix.name.size()) continue;
    out.content = prefix.content;
    if (prefix.content == "backup") out.vmid = backup_owner(name.substr(prefix.name.size()));
    return out;
  }
  const auto slash = name.rfind('/');
  const auto file = slash == std::string_view::npos ? name : name.substr(slash + 1);
  out.vmid = slash == std::string_view::npos ? disk_owner(file) : leading_number(name);
  if (slash != std::string_view::npos && out.vmid == 0) out.vmid = disk_owner(file);
  if (out.vmid != 0) out.content = file.starts_with("subvol-") ? "rootdir" : "images";
  return out;
}

std::string volume_path(const Storage& storage, const VolumeName& name) {
  const auto type = storage.type();
  if (type == "lvm" || type == "lvmthin") {
    return fmt::format("/dev/{}/{}", get(storage.config, "vgname"), name.name);
  }
  if (type == "zfspool") {
    const std::string_view root = name.content == "rootdir" ? "/" : "/dev/zvol/";
    return fmt::format("{}{}/{}", root, get(storage.config, "pool"), name.name);
  }
  if (type == "rbd") return fmt::format("rbd:{}/{}", get(storage.config, "pool", "rbd"), name.name);
  if (type == "pbs") {
    return fmt::format("pbs:repository={}:{}", get(storage.config, "server"),
                       get(storage.config, "datastore"));
  }
  const auto mounted = "/mnt/pve/" + storage.id;
  const auto root = get(storage.config, "path", mounted);
  for (const auto& prefix : kPrefixes) {
    if (!name.name.starts_with(prefix.name)) continue;
    return fmt::format("{}/{}{}", root, prefix.directory, name.name.substr(prefix.name.size()));
  }
  return fmt::format("{}/images/{}", root, name.name);
}

Answer unparsable(const Storage& storage, const VolumeName& name) {
  const auto type = storage.type();
  const std::string_view kind = type == "lvm" || type == "lvmthin" ? "lvm"
                                : type == "zfspool"                ? "zfs"
                                : type == "rbd"                    ? "rbd"
                                : type == "pbs"                    ? "pbs"
                                                                   : "directory";
  return Answer::fail(fmt::format("unable to parse {} volume name '{}'", kind, name.name));
}

}  // namespace simulator
