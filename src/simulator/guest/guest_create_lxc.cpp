#include <fmt/format.h>

#include "base/text.h"
#include "simulator/core/permission.h"
#include "simulator/guest/guest_create.h"
#include "simulator/guest/guest_disk.h"
#include "simulator/guest/guest_options.h"

namespace simulator {
namespace {

constexpr auto kCt = GuestType::Lxc;

struct Container {
  NewGuest made;
  std::string archive = {};  ///< the template, or the backup of a restore
  std::string storage = {};  ///< for disks without a storage
  bool restore = false;
  bool unique = false;
};

std::expected<Config, Answer> options_of(Call& call, std::string_view storage) {
  Config config;
  for (const auto& [key, values] : call.parameters.all()) {
    if (!is_option(call, key) || in_family(key, "unused")) continue;
    auto value = call.parameters.text(key);
    const bool disk = is_disk_key(kCt, key);
    if (disk && value.find_first_not_of("0123456789.") == std::string::npos)
      value = fmt::format("{}:{}", storage, value);
    if (auto bad = bad_value(kCt, key, value)) return std::unexpected(std::move(*bad));
    config[key] = normal_value(call.state, kCt, key, value);
  }
  return config;
}

std::optional<Answer> check_disks(Call& call, const Container& container) {
  const auto disks = disks_of(kCt, container.made.config);
  const bool root = has(container.made.config, "rootfs");
  if (!disks.empty() && !root)
    return Answer::fail("mount points configured, but 'rootfs' not set - aborting");
  for (const auto& [key, disk] : disks) {
    if (disk.storage().empty()) return Answer::fail("Only root can pass arbitrary filesystem paths.");
    if (auto bad = check_storage(call.state, kCt, disk.storage(), call.node())) return bad;
  }
  if (root) return std::nullopt;
  if (auto bad = check_storage(call.state, kCt, container.storage, call.node())) return bad;
  return refuse(call, "/storage/" + container.storage, {"Datastore.AllocateSpace"});
}

std::string file_of(State& state, std::string_view volid) {
  const auto colon = volid.find(':');
  const auto* const storage = state.storage(volid.substr(0, colon));
  const auto path =
      storage == nullptr ? std::string_view("/var/lib/vz") : get(storage->config, "path", "/var/lib/vz");
  const auto name = volid.substr(volid.find('/') + 1);
  const bool backup = volid.find(":backup/") != std::string_view::npos;
  return fmt::format("{}/{}/{}", path, backup ? "dump" : "template/cache", name);
}

void add_filesystem_lines(State& state, std::uint64_t size, std::vector<std::string>& log) {
  const auto blocks = size / 4096;
  log.push_back(fmt::format("Creating filesystem with {} 4k blocks and {} inodes", blocks, blocks / 4));
  log.push_back("Filesystem UUID: " + random_uuid(state));
  log.emplace_back("Superblock backups stored on blocks: ");
  std::vector<std::uint64_t> backups;
  for (const std::uint64_t group : {1U, 3U, 5U, 7U, 9U, 25U, 27U, 49U}) {
    if (group * 32768 < blocks) backups.push_back(group * 32768);
  }
  log.push_back(fmt::format("\t{}", fmt::join(backups, ", ")));
}

std::string os_of(std::string_view archive) {
  for (const auto* const name :
       {"alpine", "archlinux", "centos", "debian", "fedora", "gentoo", "opensuse", "ubuntu"}) {
    if (archive.find(name) != std::string_view::npos) return name;
  }
  return "unmanaged";
}

TaskEnd fail(State& state, const Container& container, std::vector<std::string> log) {
  const auto vmid = container.made.vmid;
  abandon(state, vmid);
  if (!container.restore) log.push_back(fmt::format("volume '{}' does not exist", container.archive));
  return {fmt::format("unable to {} CT {} - volume '{}' does not exist",
                      container.restore ? "restore" : "create", vmid, container.archive),
          std::move(log)};
}

/// The call's configuration, or for a restore the one in the archive with the call's changes.
std::optional<Config> first_config(State& state, const Container& container, std::vector<std::string>& log) {
  if (!container.restore) return container.made.config;
  log.push_back(fmt::format("recovering backed-up configuration from '{}'", container.archive));
  auto config = config_in_archive(state, kCt, container.archive, container.made.node, container.storage);
  if (!config) return std::nullopt;
  if (has(container.made.config, "rootfs")) {
    for (const auto& [key, disk] : disks_of(kCt, *config)) config->erase(key);
  }
  for (const auto& [key, value] : container.made.config) (*config)[key] = value;
  if (container.unique) renew_macs(state, kCt, *config);
  return config;
}

void complete(const Container& container, Config& config) {
  if (!container.restore) config.try_emplace("unprivileged", "1");
  if (get(config, "unprivileged") == "0") config.erase("unprivileged");
  config.try_emplace("hostname", fmt::format("CT{}", container.made.vmid));
  config.try_emplace("memory", "512");
  config.try_emplace("swap", "512");
  config.try_emplace("arch", "amd64");
  config.try_emplace("ostype", os_of(container.archive));
}

TaskEnd create_now(State& state, const Container& container) {
  const auto& made = container.made;
  std::vector<std::string> log;
  auto config = first_config(state, container, log);
  if (!config) return fail(state, container, std::move(log));
  if (!has(*config, "rootfs")) (*config)["rootfs"] = container.storage + ":4";
  const auto root = parse_disk(kCt, get(*config, "rootfs"));
  add_filesystem_lines(state, root.wanted().value_or(0), log);
  const auto* const archive = state.volume(container.archive, made.node);
  if (archive == nullptr) return fail(state, container, std::move(log));
  const auto read = archive->size;
  allocate_disks(state, made, *config, log);
  if (container.restore) log.push_back(fmt::format("restoring '{}' now..", container.archive));
  log.push_back(fmt::format("extracting archive '{}'", file_of(state, container.archive)));
  log.push_back(
      fmt::format("Total bytes read: {} ({:.1f}MiB, 105MiB/s)", read, static_cast<double>(read) / (1 << 20)));
  log.emplace_back(container.restore ? "merging backed-up and given configuration.."
                                     : "Detected container architecture: amd64");
  complete(container, *config);
  if (auto* const guest = state.guest(made.vmid)) guest->config = std::move(*config);
  settle(state, made, log);
  return {"OK", std::move(log)};
}

std::optional<Answer> check_archive(Call& call, const Container& container) {
  const auto storage = container.archive.substr(0, container.archive.find(':'));
  if (container.archive == "-") return Answer::fail("pipe requires cli environment");
  if (container.archive.find(':') == std::string::npos) {
    return Answer::fail("Only root can pass arbitrary filesystem paths.");
  }
  if (call.state.storage(storage) == nullptr)
    return Answer::fail(fmt::format("storage '{}' does not exist", storage));
  const auto path = "/storage/" + storage;
  if (may_any(call, path, {"Datastore.AllocateSpace", "Datastore.Audit"})) return std::nullopt;
  return Answer::denied(path, "Datastore.AllocateSpace|Datastore.Audit");
}

/// PVE's refusal if the id is in use, unless a forced restore may replace a stopped container.
std::optional<Answer> clear_place(Call& call, const Container& container) {
  auto* const old = call.state.guest(container.made.vmid);
  if (old == nullptr) return std::nullopt;
  const bool here = old->type == kCt && old->node == container.made.node;
  if (!here || !container.restore || !call.parameters.flag("force")) {
    return Answer::fail(*id_in_use(call.state, container.made.vmid));
  }
  if (old->running) return Answer::fail("can't overwrite running container");
  if (get(old->config, "protection") == "1") {
    return Answer::fail(
        fmt::format("unable to restore CT {} - protection mode enabled", container.made.vmid));
  }
  return std::nullopt;
}

}  // namespace

Answer create_container(Call& call) {
  Container container{.made = new_guest(call)};
  container.archive = call.parameters.text("ostemplate");
  container.storage = call.parameters.text("storage", "local");
  container.restore = call.parameters.flag("restore");
  container.unique = call.parameters.flag("unique");
  auto& made = container.made;
  const bool privileged = !container.restore && !call.parameters.flag("unprivileged", true);
  if (privileged) {
    if (auto refused = refuse(call, "/", {"Sys.Modify"})) return *refused;
  }
  if (auto taken = clear_place(call, container)) return *taken;
  auto options = options_of(call, container.storage);
  if (!options) return options.error();
  made.config = std::move(*options);
  if (auto refused = check_new_guest(call, made)) return *refused;
  if (auto refused = check_archive(call, container)) return *refused;
  if (auto refused = check_disks(call, container)) return *refused;
  if (auto* const old = call.state.guest(made.vmid)) {
    if (auto locked = lock_error(*old)) {
      return Answer::fail(fmt::format("unable to restore CT {} - {}", made.vmid, *locked));
    }
    abandon(call.state, made.vmid);
  }
  auto spec = creation(made, container.restore ? "vzrestore" : "vzcreate");
  spec.duration = std::chrono::milliseconds(container.restore ? 1300 : 900);
  reserve(call.state, made);
  spec.work = [container = std::move(container)](State& state) { return create_now(state, container); };
  return Answer::of(base::Json(start_task(call.state, std::move(spec))));
}

}  // namespace simulator
