#include <fmt/format.h>

#include <algorithm>

#include "simulator/core/permission.h"
#include "simulator/guest/guest_create.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_new_disk.h"
#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

constexpr auto kVm = GuestType::Qemu;

std::expected<Config, Answer> options_of(Call& call) {
  Config config;
  for (const auto& [key, values] : call.parameters.all()) {
    if (!is_option(call, key)) continue;
    const auto value = call.parameters.text(key);
    if (auto bad = bad_value(kVm, key, value)) return std::unexpected(std::move(*bad));
    config[key == "cdrom" ? "ide2" : key] = normal_value(call.state, kVm, key, value);
  }
  return config;
}

/// PVE's error about a volume name that the storage's plugin cannot parse ("local:abc").
std::optional<std::string> bad_name(const Storage& storage, std::string_view volid) {
  const auto name = volid.substr(storage.id.size() + 1);
  if (keeps_files(storage)) {
    if (name.find('/') != std::string_view::npos) return std::nullopt;
    return fmt::format("unable to parse directory volume name '{}'", name);
  }
  if (name.starts_with("vm-") || name.starts_with("base-")) return std::nullopt;
  const auto type = storage.type();
  return fmt::format("unable to parse {} volume name '{}'",
                     type.starts_with("lvm")   ? "lvm"
                     : type.starts_with("zfs") ? "zfs"
                                               : type,
                     name);
}

/// Adds the default storage to disks without one. PVE's refusal if a storage cannot take its disk, or if an
/// existing volume that the call attaches is missing.
std::optional<Answer> check_disks(Call& call, Config& config) {
  const auto fallback = call.parameters.text("storage");
  for (auto& [key, disk] : disks_of(kVm, config)) {
    if (disk.volid == "none" || disk.volid == "cdrom") continue;
    if (disk.storage().empty()) {
      if (disk.volid.find_first_not_of("0123456789.") != std::string::npos) continue;
      if (fallback.empty()) return Answer::fail("no storage ID specified (and no default storage)");
      disk.volid = fallback + ":" + disk.volid;
      config[key] = disk.text();
    }
    const auto storage = disk.storage();
    if (auto bad =
            call.state.storage(storage) == nullptr || disk.wanted() || disk.volid.ends_with(":cloudinit")
                ? check_storage(call.state, kVm, storage, call.node())
                : std::nullopt) {
      return bad;
    }
    if (auto bad = refuse_import(call.state, key, disk)) return bad;
    if (disk.wanted() || disk.volid.ends_with(":cloudinit")) continue;
    if (auto bad = bad_name(*call.state.storage(storage), disk.volid)) return Answer::fail(*bad);
    if (call.state.volume(disk.volid, call.node()) == nullptr) {
      return Answer::fail(fmt::format("volume {} does not exist", disk.volid));
    }
  }
  return std::nullopt;
}

std::string default_boot(const Config& config) {
  std::vector<std::string> devices;
  for (const auto* const family : {"scsi", "virtio", "sata", "ide", "net"}) {
    for (const auto& [key, value] : config) {
      if (in_family(key, family) && value.rfind("none", 0) != 0) {
        devices.push_back(key);
        break;
      }
    }
  }
  return devices.empty() ? " " : fmt::format("order={}", fmt::join(devices, ";"));
}

void complete(State& state, Config& config) {
  config.try_emplace("boot", default_boot(config));
  config.try_emplace("smbios1", "uuid=" + random_uuid(state));
  config.try_emplace("vmgenid", random_uuid(state));
  config["meta"] = fmt::format("creation-qemu=10.1.2,ctime={}", state.now());
}

TaskEnd create_now(State& state, const NewGuest& made) {
  std::vector<std::string> log;
  auto config = made.config;
  for (const auto& [key, disk] : disks_of(kVm, config)) {
    if (const auto error = import_error(state, made.node, disk)) {
      abandon(state, made.vmid);
      return {fmt::format("unable to create VM {} - {}", made.vmid, *error), {}};
    }
  }
  allocate_disks(state, made, config, log);
  complete(state, config);
  if (auto* const guest = state.guest(made.vmid)) guest->config = std::move(config);
  settle(state, made, log);
  return {"OK", std::move(log)};
}

/// A VM to restore.
struct Restore {
  NewGuest made;
  std::string archive;
  std::string storage;
  bool unique = false;
};

/// Adds the output of vma during a restore.
void extract_lines(const Config& config, std::vector<std::string>& log) {
  std::uint64_t total = 0;
  for (const auto& [key, disk] : disks_of(kVm, config)) {
    if (!disk.is_cdrom()) total += parse_size(get(disk.options, "size", "0"));
  }
  for (const unsigned percent : {1U, 20U, 40U, 60U, 80U, 100U}) {
    log.push_back(fmt::format("progress {}% (read {} bytes, duration {} sec)", percent, total / 100 * percent,
                              percent / 10));
  }
  log.push_back(fmt::format("total bytes read {0}, sparse bytes {1} (66%)", total, total / 100 * 66));
}

/// The configuration inside the archive with its disks allocated, since they exist while PVE fills them.
std::optional<Config> begin_restore(State& state, const Restore& restore, std::vector<std::string>& log) {
  const auto& made = restore.made;
  auto config = config_in_archive(state, kVm, restore.archive, made.node, restore.storage);
  if (!config) return config;
  log.push_back(fmt::format("restore vma archive: {}", restore.archive));
  for (const auto& [key, value] : made.config) (*config)[key] = value;
  if (restore.unique) {
    renew_macs(state, kVm, *config);
    (*config)["smbios1"] = "uuid=" + random_uuid(state);
  }
  (*config)["vmgenid"] = random_uuid(state);
  allocate_disks(state, made, *config, log);
  std::erase_if(log, [](const std::string& line) {
    return line.find("successfully created disk") != std::string::npos;
  });
  extract_lines(*config, log);
  return config;
}

TaskEnd finish_restore(State& state, const NewGuest& made, const Config& config) {
  std::vector<std::string> log{"rescan volumes..."};
  if (auto* const guest = state.guest(made.vmid)) guest->config = config;
  settle(state, made, log);
  return {"OK", std::move(log)};
}

/// PVE's refusal if the id is in use. With `force` a stopped VM of that id is removed instead.
std::optional<Answer> clear_place(Call& call, const NewGuest& made) {
  const auto emsg = fmt::format("unable to restore VM {} - ", made.vmid);
  auto* const old = call.state.guest(made.vmid);
  if (old == nullptr) return std::nullopt;
  const bool here = old->type == kVm && old->node == made.node;
  if (!call.parameters.flag("force") || !here) return Answer::fail(emsg + *id_in_use(call.state, made.vmid));
  if (auto locked = lock_error(*old)) return Answer::fail(emsg + *locked);
  if (get(old->config, "protection") == "1") return Answer::fail(emsg + "- protection mode enabled");
  if (old->running) return failing_task(call, "qmrestore", std::to_string(made.vmid), emsg + "vm is running");
  abandon(call.state, made.vmid);
  return std::nullopt;
}

Answer restore_vm(Call& call, NewGuest made) {
  Restore restore{std::move(made), call.parameters.text("archive"), call.parameters.text("storage"),
                  call.parameters.flag("unique")};
  for (const auto& [key, value] : restore.made.config) {
    if (is_disk_key(kVm, key)) return Answer::bad(key, "option conflicts with option 'archive'");
  }
  if (restore.archive == "-") return Answer::fail("pipe requires cli environment");
  const auto storage = restore.archive.substr(0, restore.archive.find(':'));
  if (call.state.storage(storage) == nullptr)
    return Answer::fail(fmt::format("storage '{}' does not exist", storage));
  if (!restore.storage.empty()) {
    if (auto bad = check_storage(call.state, kVm, restore.storage, call.node())) return *bad;
  }
  if (call.state.volume(restore.archive, call.node()) == nullptr) {
    return Answer::fail(fmt::format("volume '{}' does not exist", restore.archive));
  }
  if (auto refused = clear_place(call, restore.made)) return *refused;
  auto spec = creation(restore.made, "qmrestore");
  spec.duration = std::chrono::milliseconds(1900);
  reserve(call.state, restore.made);
  auto config = begin_restore(call.state, restore, spec.log);
  spec.on_stop = [vmid = restore.made.vmid, config](State& state) {
    // With its configuration, abandon() frees the disks too.
    if (auto* const guest = state.guest(vmid); guest != nullptr && config) guest->config = *config;
    abandon(state, vmid);
  };
  spec.work = [made = std::move(restore.made), config = std::move(config),
               archive = restore.archive](State& state) -> TaskEnd {
    if (config) return finish_restore(state, made, *config);
    abandon(state, made.vmid);
    return {fmt::format("unable to restore VM {} - volume '{}' does not exist", made.vmid, archive), {}};
  };
  return Answer::of(base::Json(start_task(call.state, std::move(spec))));
}

}  // namespace

Answer create_vm(Call& call) {
  auto options = options_of(call);
  if (!options) return options.error();
  auto made = new_guest(call);
  made.config = std::move(*options);
  if (auto refused = check_new_guest(call, made)) return *refused;
  if (made.ha_managed) {
    if (auto refused = refuse(call, "/", {"Sys.Console"})) return *refused;
  }
  if (call.parameters.has("archive")) return restore_vm(call, std::move(made));
  if (auto refused = check_disks(call, made.config)) return *refused;
  if (auto used = id_in_use(call.state, made.vmid)) {
    return Answer::fail(fmt::format("unable to create VM {} - {}", made.vmid, *used));
  }
  auto spec = creation(made, "qmcreate");
  spec.duration = std::chrono::milliseconds(600);
  reserve(call.state, made);
  spec.work = [made = std::move(made)](State& state) { return create_now(state, made); };
  return Answer::of(base::Json(start_task(call.state, std::move(spec))));
}

}  // namespace simulator
