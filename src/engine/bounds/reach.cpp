#include "engine/bounds/reach.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/text.h"
#include "engine/bounds/guest_names.h"
#include "engine/cluster/guest_lookup.h"
#include "engine/cluster/request.h"
#include "engine/outcome/guest_state.h"
#include "facts/irreversible.h"

namespace engine {
namespace {

using tool::Action;
using tool::Subject;
using Names = std::set<std::string>;

/// PVE answers so to a method that a path does not have in its version: before 9 no rule keeps guests
/// together.
constexpr unsigned kNotImplemented = 501;

bool says_missing(const pve::Error& error) {
  if (error.kind != pve::Error::Kind::Refused || error.status == 403) return false;
  const auto says = [](std::string_view text) {
    const auto lower = base::lower_ascii(text);
    return lower.find("does not exist") != std::string::npos || lower.find("no such ") != std::string::npos;
  };
  return says(error.message) ||
         std::ranges::any_of(error.errors, [&](const auto& entry) { return says(entry.second); });
}

/// The storage of the volumes in a value that belong to the guest: PVE destroys no others with it.
void add_storages(std::string_view value, std::int64_t vmid, Names& storages) {
  for (auto part : base::split(value, ',')) {
    for (const std::string_view key : {"file=", "volume="}) {
      if (part.starts_with(key)) part.remove_prefix(key.size());
    }
    const auto owners = volume_owners(part);
    const auto colon = part.find(':');
    if (colon != std::string_view::npos && !owners.empty() && owners.back().vmid == vmid)
      storages.emplace(part.substr(0, colon));
  }
}

void add_storages(const base::Json& config, std::int64_t vmid, Names& storages) {
  const auto* object = config.if_object();
  if (object == nullptr) return;
  for (const auto& [key, value] : *object) {
    if (key != "description") add_storages(base::raw_text(value), vmid, storages);
  }
}

/// The keys of the configuration whose volumes the call destroys.
std::vector<std::string> destroyed_keys(const Row& row, const base::JsonObject& arguments,
                                        const base::JsonObject* config) {
  std::vector<std::string> keys;
  if (row.endpoint() == nullptr) return keys;
  for (const auto& loss : facts::irreversible(*row.endpoint(), arguments, config)) {
    keys.push_back(loss.value);
    keys.push_back(loss.parameter);
    // A move that deletes its source names the disk.
    for (const auto* const name : {"disk", "volume"}) keys.push_back(argument_text(arguments, name));
  }
  return keys;
}

/// True if the call removes all volumes of its guest from their storages.
bool empties_guest(const Row& row, const base::JsonObject& arguments) {
  const auto action = row.about().action;
  if (action == Action::Create) return base::flag(arguments, "force");
  if (action == Action::RemoteMigrate) return base::flag(arguments, "delete");
  const bool maps = arguments.contains("targetstorage") || arguments.contains("target-storage");
  return action == Action::Delete || (action == Action::Migrate && maps);
}

/// True if the storage lies on a group, pool or folder of disks with this name.
bool lies_on(const base::JsonObject& storage, std::string_view name) {
  for (const auto* const key : {"vgname", "thinpool", "fs-name"}) {
    if (base::raw_text(storage, key) == name) return true;
  }
  const auto pool = base::raw_text(storage, "pool");
  const auto folder = fmt::format("/mnt/pve/{}", name);
  return pool == name || pool.starts_with(std::string(name) + "/") ||
         base::raw_text(storage, "path") == folder;
}

}  // namespace

std::expected<base::Json, std::string> Reach::read(const std::string& what, const std::string& path,
                                                   pve::Parameters parameters) {
  auto answer = client_.call({base::Method::Get, path, std::move(parameters)}, stop_);
  if (answer) return std::move(answer->data);
  if (says_missing(answer.error())) return base::Json(nullptr);
  return std::unexpected(
      fmt::format("{} cannot be read: {}", what, base::printable(base::trim(answer.error().message), 200)));
}

bool Reach::changes_list() const {
  const auto& about = row_.about();
  if (about.subject == Subject::BackupJob) return about.in_path("id");
  return about.subject == Subject::Ha && (about.in_path("rule") || about.in_path("group"));
}

std::expected<Touched, std::string> Reach::members() {
  Touched all;
  if (!changes_list()) return all;
  const std::string what = "the object of this call";
  const auto path = engine::path(row_.about().state, arguments_);
  if (!path) return std::unexpected(fmt::format("{} cannot be read: {}", what, path.error()));
  const auto present = read(what, *path);
  if (!present) return std::unexpected(present.error());
  const auto* object = present->if_object();
  if (object == nullptr) return all;
  if (row_.about().in_path("group")) {
    const auto resources = read("the list of HA resources", "/cluster/ha/resources");
    if (!resources) return std::unexpected(resources.error());
    for (const auto& resource : base::objects(*resources)) {
      if (base::raw_text(resource, "group") != argument_text(arguments_, "group")) continue;
      for (const auto vmid : guests_in_list(base::raw_text(resource, "sid"))) all.guests.insert(vmid);
    }
    return all;
  }
  auto changed = *object;
  for (const auto& [name, value] : arguments_) changed[name] = value;
  all.storages = touched_by(row_, changed).storages;
  auto listed = touched_by(row_, *object);
  // A job that only reads its guests is theirs too: without it they have no backups.
  const bool picks = base::flag(*object, "all") || object->contains("pool");
  all.many = picks;
  all.pool = base::flag(*object, "all") ? std::string() : argument_text(*object, "pool");
  all.guests = std::move(listed.guests);
  all.guests.merge(listed.sources);
  for (const auto vmid : guests_in_list(argument_text(*object, "exclude"))) all.guests.erase(vmid);
  return all;
}

std::expected<std::set<std::int64_t>, std::string> Reach::of_pool(const std::string& pool) {
  std::set<std::int64_t> guests;
  const auto pools = read("pool " + base::printable(pool, 60), "/pools", {{"poolid", pool}});
  if (!pools) return std::unexpected(pools.error());
  for (const auto& each : base::objects(*pools)) {
    for (const auto& member : base::objects(each, "members")) {
      if (const auto vmid = base::number(member, "vmid")) guests.insert(*vmid);
    }
  }
  return guests;
}

bool Reach::moves_guests() const {
  const auto& about = row_.about();
  if (about.action == Action::Migrate) return true;
  if (about.subject == Subject::Guests) return about.changes_guest_list;
  // A rule can send its guests to another node.
  return about.subject == Subject::Ha && (about.changes_guest_list || about.in_path("rule") ||
                                          arguments_.contains("resources") || about.in_path("group"));
}

std::expected<void, std::string> Reach::add_companions(std::int64_t vmid, std::set<std::int64_t>& found) {
  auto guest = guest_of(row_, arguments_);
  if (row_.about().guest == tool::GuestKind::None || guest.vmid != vmid) {
    const auto list = cluster_.inventory.now(stop_);
    if (!list) return std::unexpected("the list of guests cannot be read: " + list.error().message);
    const auto* listed = (*list)->guest(vmid);
    if (listed == nullptr) return {};
    guest = *listed;
  }
  const auto present = client_.call({base::Method::Get, guest_path(guest, "migrate"), {}}, stop_);
  if (!present) {
    const auto& error = present.error();
    const bool has_no_guest =
        says_missing(error) && error.message.find("Configuration file") != std::string::npos;
    if (has_no_guest || error.status == kNotImplemented) return {};
    return std::unexpected(fmt::format("the condition for a migration of guest {} cannot be read: {}", vmid,
                                       base::printable(base::trim(error.message), 200)));
  }
  for (const auto& sid : base::list(present->data, "dependent-ha-resources")) {
    for (const auto other : guests_in_list(base::raw_text(sid))) found.insert(other);
  }
  return {};
}

std::expected<std::set<std::int64_t>, std::string> Reach::companions(const std::set<std::int64_t>& guests) {
  std::set<std::int64_t> found;
  if (!moves_guests()) return found;
  for (const auto vmid : guests) {
    if (auto read = add_companions(vmid, found); !read) return std::unexpected(std::move(read.error()));
  }
  for (const auto vmid : guests) found.erase(vmid);
  return found;
}

std::expected<Names, std::string> Reach::storages_on_disks() {
  Names storages;
  const auto list = read("the list of storages", "/storage");
  if (!list) return std::unexpected(list.error());
  for (const auto& storage : base::objects(*list)) {
    if (lies_on(storage, argument_text(arguments_, "name")))
      storages.emplace(base::raw_text(storage, "storage"));
  }
  return storages;
}

std::expected<void, std::string> Reach::add_snapshots(const pve::Guest& guest, Names& storages) {
  const auto snapshots = read("the list of its snapshots", guest_path(guest, "snapshot"));
  if (!snapshots) return std::unexpected(snapshots.error());
  for (const auto& snapshot : base::objects(*snapshots)) {
    const std::string name(base::raw_text(snapshot, "name"));
    if (name.empty() || name == "current") continue;
    const auto then = read("the configuration of its snapshot " + base::printable(name, 60),
                           guest_path(guest, fmt::format("snapshot/{}/config", base::percent_encode(name))));
    if (!then) return std::unexpected(then.error());
    add_storages(*then, guest.vmid, storages);
  }
  return {};
}

std::expected<Names, std::string> Reach::emptied_storages() {
  Names storages;
  const auto& about = row_.about();
  const bool of_disks = about.subject == Subject::Disk || about.subject == Subject::Ceph;
  if (of_disks && about.in_path("name") && row_.tool().call.method == base::Method::Delete)
    return storages_on_disks();
  const bool whole = empties_guest(row_, arguments_);
  if (about.guest == tool::GuestKind::None && !whole) return storages;
  if (!whole && destroyed_keys(row_, arguments_, nullptr).empty()) return storages;
  const auto guest = guest_of(row_, arguments_);
  const auto config = read("its configuration", guest_path(guest, "config"));
  if (!config) return std::unexpected(config.error());
  if (!config->is_object()) return storages;
  if (!whole) {
    for (const auto& key : destroyed_keys(row_, arguments_, &config->get_object()))
      add_storages(base::raw_text(*config, key), guest.vmid, storages);
    return storages;
  }
  add_storages(*config, guest.vmid, storages);
  if (auto added = add_snapshots(guest, storages); !added) return std::unexpected(std::move(added.error()));
  if (about.action != Action::Migrate) return storages;
  // A migration leaves what is on a shared storage there.
  if (const auto list = cluster_.inventory.now(stop_)) {
    for (const auto& storage : (*list)->storages) {
      if (storage.shared) storages.erase(storage.id);
    }
  }
  return storages;
}

std::expected<Names, std::string> Reach::users(const Touched& touched) {
  Names users;
  for (const auto& group : touched.groups) {
    const auto present =
        read("group " + base::printable(group, 60), "/access/groups/" + base::percent_encode(group));
    if (!present) return std::unexpected(present.error());
    for (const auto& user : base::list(*present, "members")) users.emplace(base::raw_text(user));
  }
  if (touched.realm.empty()) return users;
  const auto list = read("the list of users", "/access/users");
  if (!list) return std::unexpected(list.error());
  for (const auto& user : base::objects(*list)) {
    const auto id = base::raw_text(user, "userid");
    if (id.ends_with("@" + touched.realm)) users.emplace(id);
  }
  return users;
}

}  // namespace engine
