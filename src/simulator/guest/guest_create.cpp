#include "simulator/guest/guest_create.h"

#include <fmt/format.h>

#include "simulator/core/permission.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_new_disk.h"
#include "simulator/guest/guest_options.h"
#include "simulator/guest/guest_power.h"
#include "simulator/guest/ha_rounds.h"

namespace simulator {
namespace {

constexpr double kGiB = 1024.0 * 1024.0 * 1024.0;

/// The size in GiB with at most six digits: "4", "0.5".
std::string gibibytes(std::uint64_t size) { return fmt::format("{:.6g}", static_cast<double>(size) / kGiB); }

void autostart(State& state, const NewGuest& made) {
  TaskSpec spec;
  spec.node = made.node;
  spec.type = task_type(made.type, "start");
  spec.id = std::to_string(made.vmid);
  spec.user = made.user;
  spec.duration = std::chrono::milliseconds(1000);
  spec.work = [type = made.type, vmid = made.vmid, node = made.node](State& later) -> TaskEnd {
    auto* const guest = guest_on(later, node, type, vmid);
    if (guest == nullptr) return {config_missing(type, node, vmid), {}};
    if (auto error = start_error(later, *guest)) return {std::move(*error), {}};
    start_guest(later, *guest);
    return {};
  };
  start_task(state, std::move(spec));
}

}  // namespace

NewGuest new_guest(const Call& call) {
  NewGuest made;
  made.type = call.guest_type();
  made.vmid = call.vmid();
  made.node = call.node();
  made.pool = call.parameters.text("pool");
  made.user = call.identity.full();
  made.start = call.parameters.flag("start");
  made.ha_managed = call.parameters.flag("ha-managed");
  return made;
}

TaskSpec creation(const NewGuest& made, std::string_view type) {
  TaskSpec spec;
  spec.node = made.node;
  spec.type = type;
  spec.id = std::to_string(made.vmid);
  spec.user = made.user;
  spec.on_stop = [vmid = made.vmid](State& state) { abandon(state, vmid); };
  return spec;
}

std::optional<Answer> check_new_guest(Call& call, const NewGuest& guest) {
  if (!guest.pool.empty() && !call.state.pools.contains(guest.pool)) {
    return Answer::fail(fmt::format("pool '{}' does not exist", guest.pool));
  }
  const auto path = fmt::format("/vms/{}", guest.vmid);
  const bool pool = !guest.pool.empty() && may(call, "/pool/" + guest.pool, "VM.Allocate");
  if (!pool && !may(call, path, "VM.Allocate")) return Answer::denied({}, {});
  if (guest.start && !(pool && may(call, "/pool/" + guest.pool, "VM.PowerMgmt"))) {
    if (auto refused = refuse(call, path, {"VM.PowerMgmt"})) return refused;
  }
  static const Config kNone;
  for (const auto& [key, value] : guest.config) {
    if (auto refused = refuse_option(call, guest.type, key, value, guest.pool, kNone)) return refused;
  }
  return std::nullopt;
}

Guest& reserve(State& state, const NewGuest& made) {
  Guest guest;
  guest.vmid = made.vmid;
  guest.type = made.type;
  guest.node = made.node;
  guest.config["lock"] = "create";
  return state.guests.insert_or_assign(made.vmid, std::move(guest)).first->second;
}

void abandon(State& state, unsigned vmid) {
  auto* const guest = state.guest(vmid);
  if (guest == nullptr) return;
  free_volumes(state, guest->type, guest->config, guest->node);
  state.guests.erase(vmid);
  state.guest_firewalls.erase(vmid);
}

void allocate_disks(State& state, const NewGuest& made, Config& config, std::vector<std::string>& log) {
  const Place place{made.type, made.node, made.vmid};
  for (auto& [key, disk] : disks_of(made.type, config)) {
    config[key] = make_disk(state, place, key, std::move(disk), log).text();
  }
}

void settle(State& state, const NewGuest& made, std::vector<std::string>& log) {
  if (auto* const guest = state.guest(made.vmid)) guest->pool = made.pool;
  if (made.ha_managed) {
    log.emplace_back("Add as HA resource");
    state.ha_resources[ha_id(made.type, made.vmid)] = {{"state", made.start ? "started" : "stopped"}};
    ha_add(state, ha_id(made.type, made.vmid));
  }
  if (!made.start) return;
  if (made.type == GuestType::Qemu) log.emplace_back("Execute autostart");
  autostart(state, made);
}

std::optional<Config> config_in_archive(State& state, GuestType type, std::string_view archive,
                                        std::string_view node, std::string_view storage) {
  const auto* const volume = state.volume(archive, node);
  if (volume == nullptr || volume->content != "backup") return std::nullopt;
  auto config = volume->guest_config;
  for (auto& [key, disk] : disks_of(type, config)) {
    if (disk.is_cdrom() || disk.storage().empty()) continue;
    const auto size = parse_size(get(disk.options, "size", "4G"));
    disk.volid = fmt::format("{}:{}", storage.empty() ? disk.storage() : storage, gibibytes(size));
    disk.options.erase("size");
    config[key] = disk.text();
  }
  for (const auto* const key : {"lock", "parent", "vmstate", "digest"}) config.erase(key);
  return config;
}

}  // namespace simulator
