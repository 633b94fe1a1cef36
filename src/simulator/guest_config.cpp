#include "simulator/guest_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "simulator/guest_disk.h"
#include "simulator/guest_options.h"

namespace simulator {
namespace {

/// What one call changes.
struct Change {
  Config set;
  std::vector<std::string> remove;
  std::vector<std::string> revert;
  bool force = false;  ///< removed disks are freed instead of kept as unused
};

/// `delete` and `revert` name any option of the configuration, also those that only PVE itself writes.
bool exists(const Call& call, std::string_view key) {
  return is_option(call, key) || key == "cdrom" || key == "vmstate" || key == "snaptime" || key == "parent";
}

std::optional<Answer> read_removals(const Call& call, GuestType type, Change& change) {
  // The missing quotes are PVE's own.
  const auto clash = [type](std::string_view key, std::string_view verb) {
    const auto* const quote = type == GuestType::Lxc && verb == "revert" ? "'" : "";
    return fmt::format("you can't use '-{0}' and {2}-{1} {0}' at the same time", key, verb, quote);
  };
  for (const auto& key : call.parameters.list("revert")) {
    if (!exists(call, key)) return Answer::bad("revert", fmt::format("unknown option '{}'", key));
    // For a VM PVE names the wrong parameter here.
    const std::string_view blamed = type == GuestType::Qemu ? "delete" : "revert";
    if (change.set.contains(key)) return Answer::bad(blamed, clash(key, "revert"));
    change.revert.push_back(key);
  }
  for (const auto& name : call.parameters.list("delete")) {
    const auto key = name == "cdrom" ? std::string("ide2") : name;
    if (!exists(call, key)) return Answer::bad("delete", fmt::format("unknown option '{}'", key));
    if (change.set.contains(key)) return Answer::bad("delete", clash(key, "delete"));
    if (std::ranges::find(change.revert, key) != change.revert.end()) {
      return Answer::bad("delete",
                         fmt::format("you can't use '-delete {0}' and '-revert {0}' at the same time", key));
    }
    change.remove.push_back(key);
  }
  return std::nullopt;
}

std::expected<Change, Answer> read_change(Call& call, GuestType type) {
  Change change;
  change.force = call.parameters.flag("force");
  for (const auto& [key, values] : call.parameters.all()) {
    if (is_option(call, key)) change.set[key == "cdrom" ? "ide2" : key] = call.parameters.text(key);
  }
  if (auto bad = read_removals(call, type, change)) return std::unexpected(std::move(*bad));
  if (change.set.empty() && change.remove.empty() && change.revert.empty()) {
    return std::unexpected(Answer::fail("no options specified"));
  }
  for (auto& [key, value] : change.set) {
    if (auto bad = bad_value(type, key, value)) return std::unexpected(std::move(*bad));
    value = normal_value(call.state, type, key, value);
  }
  return change;
}

std::optional<Answer> check_disk(Call& call, GuestType type, std::string_view value) {
  const auto disk = parse_disk(type, value);
  if (disk.storage().empty() || disk.volid.ends_with(":cloudinit")) return std::nullopt;
  if (disk.wanted()) return check_storage(call.state, type, disk.storage(), call.node());
  if (call.state.storage(disk.storage()) == nullptr) {
    return Answer::fail(fmt::format("storage '{}' does not exist", disk.storage()));
  }
  if (call.state.volume(disk.volid, call.node()) == nullptr) {
    return Answer::fail(fmt::format("volume {} does not exist", disk.volid));
  }
  return std::nullopt;
}

std::optional<Answer> check_change(Call& call, GuestType type, const Guest* guest, const Change& change) {
  static const Config kNone;
  const auto& present = guest == nullptr ? kNone : guest->config;
  for (const auto& key : change.remove) {
    if (auto refused = refuse_option(call, type, key, {}, {}, present)) return refused;
  }
  for (const auto& [key, value] : change.set) {
    if (auto refused = refuse_option(call, type, key, value, {}, present)) return refused;
  }
  for (const auto& [key, value] : change.set) {
    if (!is_disk_key(type, key)) continue;
    if (auto bad = check_disk(call, type, value)) return bad;
  }
  return std::nullopt;
}

std::optional<std::string> container_error(const Guest& guest, const Change& change) {
  for (const auto& key : change.remove) {
    if (!has(guest.config, key) && !has(guest.pending, key)) continue;
    if (key == "memory" || key == "rootfs" || key == "ostype") {
      return fmt::format("unable to delete required option '{}'", key);
    }
    if (key == "unprivileged") return fmt::format("unable to delete read-only option: '{}'", key);
    if (get(guest.config, "protection") == "1" && (in_family(key, "mp") || in_family(key, "unused"))) {
      return fmt::format("can't remove CT {} drive '{}' - protection mode enabled", guest.vmid, key);
    }
  }
  for (const auto& [key, value] : change.set) {
    if (key == "unprivileged") return fmt::format("unable to modify read-only option: '{}'", key);
    if (get(guest.config, "protection") == "1" && is_disk_key(GuestType::Lxc, key)) {
      return fmt::format("can't update CT {} drive '{}' - protection mode enabled", guest.vmid, key);
    }
  }
  return std::nullopt;
}

std::optional<std::string> vm_error(const Guest& guest, const Change& change) {
  const auto value_of = [&](std::string_view key) {
    if (has(change.set, key)) return get(change.set, key);
    return get(guest.pending, key, get(guest.config, key));
  };
  if (has(change.set, "memory") || has(change.set, "balloon")) {
    const Config memory{{"m", std::string(value_of("memory"))}, {"b", std::string(value_of("balloon"))}};
    if (get_number(memory, "b") > get_number(memory, "m", 512)) {
      return "balloon value too large (must be smaller than assigned memory)";
    }
  }
  const auto boot = get(change.set, "boot");
  if (boot.starts_with("order=")) {
    for (const auto& device : split_list(boot.substr(6))) {
      const bool deleted = std::ranges::find(change.remove, device) != change.remove.end();
      if (value_of(device).empty() || deleted)
        return fmt::format("invalid bootorder: device '{}' does not exist'", device);
    }
  }
  if (get(guest.config, "protection") != "1") return std::nullopt;
  for (const auto& key : change.remove) {
    if (!has(guest.config, key)) continue;
    if (is_disk_key(GuestType::Qemu, key))
      return fmt::format("can't remove drive '{}' - protection mode enabled", key);
    if (in_family(key, "unused")) {
      return fmt::format("can't remove unused disk '{}' - protection mode enabled", get(guest.config, key));
    }
  }
  return std::nullopt;
}

/// A disk that leaves its place stays in the configuration as unused, unless it is freed by force.
void detach(State& state, Guest& guest, const std::string& key, bool force) {
  const auto disk = parse_disk(guest.type, get(guest.config, key));
  guest.config.erase(key);
  if (disk.is_cdrom() || disk.storage().empty()) return;
  if (force || in_family(key, "unused")) {
    free_volume(state, disk.volid, guest.node);
  } else if (state.volume(disk.volid, guest.node) != nullptr) {
    guest.config[unused_key(guest.config)] = disk.volid;
  }
}

void drop_from_boot_order(Guest& guest, const std::string& key) {
  const auto boot = std::string(get(guest.config, "boot"));
  if (!boot.starts_with("order=")) return;
  auto devices = split_list(boot.substr(6));
  if (std::erase(devices, key) == 0) return;
  guest.config["boot"] = fmt::format("order={}", fmt::join(devices, ";"));
}

void remove_option(State& state, Guest& guest, const std::string& key, bool force) {
  guest.pending.erase(key);
  if (!has(guest.config, key)) return;
  if (guest.running && !is_hot(guest.type, key)) {
    if (std::ranges::find(guest.pending_delete, key) == guest.pending_delete.end())
      guest.pending_delete.push_back(key);
    return;
  }
  drop_from_boot_order(guest, key);
  if (is_disk_key(guest.type, key) || in_family(key, "unused")) {
    detach(state, guest, key, force);
  } else {
    guest.config.erase(key);
  }
}

/// "local-lvm:8" becomes a new volume of 8 GiB.
std::string allocated(State& state, const Guest& guest, const std::string& value) {
  auto disk = parse_disk(guest.type, value);
  if (const auto size = disk.wanted()) {
    const auto format = std::string(get(disk.options, "format"));
    disk.volid = allocate(state, guest.type, disk.storage(), guest.node, guest.vmid, *size, format).volid;
    disk.options.erase("format");
    disk.options["size"] = format_size(*size);
  } else if (const auto* const volume = state.volume(disk.volid, guest.node)) {
    disk.options["size"] = format_size(volume->size);
  }
  return disk.text();
}

void set_option(State& state, Guest& guest, const std::string& key, std::string value) {
  std::erase(guest.pending_delete, key);
  const bool disk = is_disk_key(guest.type, key);
  if (disk) value = allocated(state, guest, value);
  const bool same = get(guest.config, key) == value && has(guest.config, key);
  // A running VM changes the medium of a drive at once, but plugs no new drive into IDE or SATA.
  const bool medium = disk && has(guest.config, key) && parse_disk(guest.type, value).is_cdrom();
  if (guest.running && !same && !medium && !is_hot(guest.type, key)) {
    guest.pending[key] = std::move(value);
    return;
  }
  guest.pending.erase(key);
  if (disk && has(guest.config, key) &&
      parse_disk(guest.type, get(guest.config, key)).volid != parse_disk(guest.type, value).volid) {
    detach(state, guest, key, false);
  }
  // A volume that is attached again is no longer unused.
  if (disk) {
    const auto volid = parse_disk(guest.type, value).volid;
    std::erase_if(guest.config,
                  [&](const auto& line) { return in_family(line.first, "unused") && line.second == volid; });
  }
  guest.config[key] = std::move(value);
}

void apply(State& state, Guest& guest, const Change& change) {
  for (const auto& key : change.revert) {
    guest.pending.erase(key);
    std::erase(guest.pending_delete, key);
  }
  for (const auto& key : change.remove) remove_option(state, guest, key, change.force);
  for (const auto& [key, value] : change.set) set_option(state, guest, key, value);
  // A stopped guest keeps nothing pending: the first change takes everything over.
  if (!guest.running) apply_pending(guest);
}

std::optional<Answer> check_guest(const Call& call, const Guest& guest, const Change& change) {
  const bool vm = guest.type == GuestType::Qemu;
  const auto digest = call.parameters.text("digest");
  const bool stale = !digest.empty() && digest != guest_digest(guest);
  if (vm && stale) return Answer::fail("checksum mismatch (file change by other user?)");
  const bool drops_state =
      vm && guest.lock() == "suspended" && std::ranges::find(change.remove, "vmstate") != change.remove.end();
  if (auto locked = lock_error(guest); locked && !drops_state) return Answer::fail(*locked);
  if (stale) return Answer::fail("detected modified configuration - file changed by other user? Try again.");
  if (auto error = vm ? vm_error(guest, change) : container_error(guest, change)) return Answer::fail(*error);
  return std::nullopt;
}

void finish_change(State& state, Guest& guest, const Change& change) {
  if (std::ranges::find(change.remove, "vmstate") != change.remove.end() && guest.lock() == "suspended") {
    free_volume(state, get(guest.config, "vmstate"), guest.node);
    guest.config.erase("lock");
  }
  apply(state, guest, change);
}

/// "update VM 100: -cores 2 -memory 2048", as in the log.
std::string summary(const Call& call) {
  auto line = fmt::format("update VM {}:", call.vmid());
  for (const auto& [key, values] : call.parameters.all()) {
    if (key == "node" || key == "vmid" || key == "digest" || key == "background_delay") continue;
    line += fmt::format(" -{} {}", key,
                        key == "cipassword" ? "<hidden>" : fmt::format("{}", fmt::join(values, ",")));
  }
  return line;
}

struct Checked {
  Guest* guest = nullptr;
  Change change;
};

std::expected<Checked, Answer> prepare(Call& call, GuestType type) {
  if (auto refused = root_only(call, {"skiplock"})) return std::unexpected(std::move(*refused));
  auto* const known = guest_on(call.state, call.node(), type, call.vmid());
  auto change = read_change(call, type);
  if (!change) return std::unexpected(std::move(change.error()));
  if (known == nullptr) return std::unexpected(Answer::fail(config_missing(type, call.node(), call.vmid())));
  if (auto refused = check_change(call, type, known, *change)) return std::unexpected(std::move(*refused));
  if (auto refused = check_guest(call, *known, *change)) return std::unexpected(std::move(*refused));
  return Checked{known, std::move(*change)};
}

}  // namespace

Answer update_config(Call& call, GuestType type) {
  auto checked = prepare(call, type);
  if (!checked) return checked.error();
  if (auto busy = lock_file_busy(call, type)) return *busy;
  finish_change(call.state, *checked->guest, checked->change);
  return Answer::of();
}

Answer update_config_task(Call& call) {
  auto checked = prepare(call, GuestType::Qemu);
  if (!checked) return checked.error();
  GuestTask task{.type = "qmconfig", .log = {summary(call)}};
  task.check = [](State&, Guest& guest) { return lock_error(guest); };
  task.work = [change = std::move(checked->change)](State& state, Guest& guest) {
    finish_change(state, guest, change);
    return TaskEnd{};
  };
  return run_guest_task(call, GuestType::Qemu, std::move(task));
}

Answer update_snapshot(Call& call, GuestType type) {
  if (!call.parameters.has("description")) return Answer::of();
  const auto found = find_guest(call, type);
  if (!found) return found.error();
  if (auto locked = lock_error(**found)) return Answer::fail(*locked);
  auto* const snapshot = (*found)->snapshot(call.parameters.text("snapname"));
  if (snapshot == nullptr) {
    return Answer::fail(fmt::format("snapshot '{}' does not exist", call.parameters.text("snapname")));
  }
  snapshot->description = call.parameters.text("description");
  return Answer::of();
}

Answer unlink_disks(Call& call) {
  const auto found = find_guest(call, GuestType::Qemu);
  if (!found) return found.error();
  Change change;
  change.remove = call.parameters.list("idlist");
  change.force = call.parameters.flag("force");
  if (auto refused = check_guest(call, **found, change)) return *refused;
  finish_change(call.state, **found, change);
  return Answer::of();
}

}  // namespace simulator
