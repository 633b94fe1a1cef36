#include "simulator/guest/guest_config.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_hotplug.h"
#include "simulator/guest/guest_new_disk.h"
#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

/// The changes that one call asks for.
struct Change {
  Config set;
  std::vector<std::string> remove;
  std::vector<std::string> revert;
  bool force = false;  ///< removed disks are freed instead of kept as unused
};

/// Whether `delete` and `revert` may name the option. PVE accepts options there that only PVE itself writes.
bool exists(const Call& call, std::string_view key) {
  return is_option(call, key) || key == "cdrom" || key == "vmstate" || key == "snaptime" || key == "parent";
}

std::optional<Answer> read_removals(const Call& call, Change& change) {
  const auto type = call.guest_type();
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

std::expected<Change, Answer> read_change(Call& call) {
  Change change;
  change.force = call.parameters.flag("force");
  for (const auto& [key, values] : call.parameters.all()) {
    if (is_option(call, key)) change.set[key == "cdrom" ? "ide2" : key] = call.parameters.text(key);
  }
  if (auto bad = read_removals(call, change)) return std::unexpected(std::move(*bad));
  if (change.set.empty() && change.remove.empty() && change.revert.empty()) {
    return std::unexpected(Answer::fail("no options specified"));
  }
  for (auto& [key, value] : change.set) {
    if (auto bad = bad_value(call.guest_type(), key, value)) return std::unexpected(std::move(*bad));
    value = normal_value(call.state, call.guest_type(), key, value);
  }
  return change;
}

std::optional<Answer> check_disk(Call& call, std::string_view key, std::string_view value) {
  const auto type = call.guest_type();
  const auto disk = parse_disk(type, value);
  if (disk.storage().empty()) return std::nullopt;
  if (disk.wanted() || disk.volid.ends_with(":cloudinit")) {
    if (auto bad = check_storage(call.state, type, disk.storage(), call.node())) return bad;
    return refuse_import(call.state, key, disk);
  }
  if (call.state.storage(disk.storage()) == nullptr) {
    return Answer::fail(fmt::format("storage '{}' does not exist", disk.storage()));
  }
  if (call.state.volume(disk.volid, call.node()) == nullptr) {
    return Answer::fail(fmt::format("volume {} does not exist", disk.volid));
  }
  return std::nullopt;
}

std::optional<Answer> check_change(Call& call, const Guest& guest, const Change& change) {
  const auto type = guest.type;
  const auto& present = guest.config;
  for (const auto& key : change.remove) {
    if (auto refused = refuse_option(call, type, key, {}, {}, present)) return refused;
  }
  for (const auto& [key, value] : change.set) {
    if (auto refused = refuse_option(call, type, key, value, {}, present)) return refused;
  }
  for (const auto& [key, value] : change.set) {
    if (!is_disk_key(type, key)) continue;
    if (auto bad = check_disk(call, key, value)) return bad;
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

/// PVE's refusal of a second cloud-init drive.
std::optional<std::string> second_cloudinit(const Guest& guest, const Change& change) {
  for (const auto& [key, value] : change.set) {
    if (!is_disk_key(GuestType::Qemu, key) ||
        !parse_disk(GuestType::Qemu, value).volid.ends_with(":cloudinit"))
      continue;
    for (const auto& [other, disk] : disks_of(GuestType::Qemu, guest.config)) {
      if (other == key || disk.volid.find("-cloudinit") == std::string::npos) continue;
      return fmt::format("{} - cloud-init drive is already attached at '{}'", key, other);
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
  if (auto error = second_cloudinit(guest, change)) return error;
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

/// Removes the disk from its key. It stays in the configuration as unused, unless `force` frees it.
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

void set_option(State& state, Guest& guest, const std::string& key, std::string value,
                std::vector<std::string>& log) {
  std::erase(guest.pending_delete, key);
  const bool disk = is_disk_key(guest.type, key);
  if (disk) {
    const Place place{guest.type, guest.node, guest.vmid};
    value = make_disk(state, place, key, parse_disk(guest.type, value), log).text();
  }
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

base::JsonObject apply(State& state, Guest& guest, const Change& change, std::vector<std::string>& log) {
  base::JsonObject errors;
  for (const auto& key : change.revert) {
    guest.pending.erase(key);
    std::erase(guest.pending_delete, key);
  }
  for (const auto& key : change.remove) remove_option(state, guest, key, change.force);
  for (const auto& [key, value] : change.set) {
    if (auto error = hotplug_error(state, guest, key, value)) {
      guest.pending[key] = value;
      errors[key] = *error;
    } else {
      set_option(state, guest, key, value, log);
    }
  }
  // Nothing stays pending on a stopped guest: its first change applies everything.
  if (!guest.running) apply_pending(guest);
  return errors;
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

/// Applies the change. Returns an error for each option that cannot be hot-plugged and stays pending.
base::JsonObject finish_change(State& state, Guest& guest, const Change& change,
                               std::vector<std::string>& log) {
  if (std::ranges::find(change.remove, "vmstate") != change.remove.end() && guest.lock() == "suspended") {
    free_volume(state, get(guest.config, "vmstate"), guest.node);
    guest.config.erase("lock");
  }
  return apply(state, guest, change, log);
}

std::optional<std::string> missing_import(State& state, const Guest& guest, const Change& change) {
  for (const auto& [key, value] : change.set) {
    if (!is_disk_key(guest.type, key)) continue;
    if (auto error = import_error(state, guest.node, parse_disk(guest.type, value))) return error;
  }
  return std::nullopt;
}

Answer answer_of(base::JsonObject errors) {
  if (errors.empty()) return Answer::of();
  auto answer = Answer::fail("Parameter verification failed.", 400);
  answer.errors = std::move(errors);
  return answer;
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

std::expected<Checked, Answer> prepare(Call& call) {
  if (auto refused = root_only(call, {"skiplock"})) return std::unexpected(std::move(*refused));
  auto change = read_change(call);
  if (!change) return std::unexpected(std::move(change.error()));
  const auto known = find_guest(call);
  if (!known) return std::unexpected(known.error());
  if (auto refused = check_change(call, **known, *change)) return std::unexpected(std::move(*refused));
  if (auto refused = check_guest(call, **known, *change)) return std::unexpected(std::move(*refused));
  return Checked{*known, std::move(*change)};
}

}  // namespace

Answer update_config(Call& call) {
  auto checked = prepare(call);
  if (!checked) return checked.error();
  if (auto busy = lock_file_busy(call)) return *busy;
  if (auto error = missing_import(call.state, *checked->guest, checked->change)) return Answer::fail(*error);
  std::vector<std::string> unseen;
  return answer_of(finish_change(call.state, *checked->guest, checked->change, unseen));
}

Answer update_config_task(Call& call) {
  auto checked = prepare(call);
  if (!checked) return checked.error();
  GuestTask task{.type = "qmconfig", .log = {summary(call)}};
  task.check = [](State&, Guest& guest) { return lock_error(guest); };
  task.work = [change = std::move(checked->change)](State& state, Guest& guest) -> TaskEnd {
    if (auto error = missing_import(state, guest, change)) return {std::move(*error), {}};
    std::vector<std::string> log;
    const auto errors = finish_change(state, guest, change, log);
    // PVE makes the text of the exception the status of the task. Written from memory.
    std::string status = errors.empty() ? "OK" : "400 Parameter verification failed.";
    for (const auto& error : errors) {
      status +=
          fmt::format(" {}: {}", std::string_view(error.key()), std::string_view(error.value().get_string()));
    }
    return {std::string(base::trim(status)), std::move(log)};
  };
  return run_guest_task(call, std::move(task));
}

Answer update_snapshot(Call& call) {
  if (!call.parameters.has("description")) return Answer::of();
  const auto found = find_guest(call);
  if (!found) return found.error();
  if (auto locked = lock_error(**found)) return Answer::fail(*locked);
  auto* const snapshot = (*found)->snapshot(call.parameters.text("snapname"));
  if (snapshot == nullptr) {
    return Answer::fail(fmt::format("snapshot '{}' does not exist", call.parameters.text("snapname")));
  }
  snapshot->description = call.parameters.text("description");
  return Answer::of();
}

Answer unlink_disks(Call& call, Guest& guest) {
  Change change;
  change.remove = call.parameters.list("idlist");
  change.force = call.parameters.flag("force");
  if (auto refused = check_guest(call, guest, change)) return *refused;
  std::vector<std::string> unseen;
  return answer_of(finish_change(call.state, guest, change, unseen));
}

}  // namespace simulator
