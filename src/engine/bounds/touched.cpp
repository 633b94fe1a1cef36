#include "engine/bounds/touched.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/json_read.h"
#include "base/text.h"
#include "engine/bounds/guest_names.h"
#include "engine/cluster/request.h"
#include "engine/words/guest_name.h"
#include "pve/upid.h"

namespace engine {
namespace {

using tool::Action;
using tool::Subject;

constexpr auto kFreeText =
    std::to_array<std::string_view>({"description", "comment", "notes", "notes-template"});
/// How the path of a guest begins in the access control.
constexpr std::string_view kAclOfGuests = "/vms/";
/// Parameters whose volumes are only read.
constexpr auto kSources = std::to_array<std::string_view>({"archive", "restore", "ostemplate"});
constexpr auto kNumbers = std::to_array<std::string_view>(
    {"vmid", "vms", "newid", "target-vmid", "sid", "guest", "id", "resources"});
/// The families of parameters whose value begins with a volume or with a path of the host.
constexpr auto kDisks = std::to_array<std::string_view>({"scsi", "virtio", "ide", "sata", "efidisk",
                                                         "tpmstate", "unused", "cdrom", "mp", "rootfs", "dev",
                                                         "serial", "parallel", "archive", "ostemplate"});
/// Tasks that work on several guests, and have none in their id.
constexpr auto kTasksOfMany =
    std::to_array<std::string_view>({"vzdump", "startall", "stopall", "suspendall", "migrateall"});

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::ranges::find(names, name) != names.end();
}

std::vector<std::string> texts(const base::Json& value) {
  std::vector<std::string> all;
  if (value.is_array()) {
    for (const auto& item : value.get_array()) all.push_back(base::wire_text(item));
  } else if (!value.is_null()) {
    all.push_back(base::wire_text(value));
  }
  return all;
}

/// Only the volume behind import-from is read; the others of the same value are attached.
void add_volumes(std::string_view value, bool is_source, Touched& touched) {
  for (const auto part : base::split(value, ',')) {
    auto& guests = is_source || part.starts_with("import-from=") ? touched.sources : touched.guests;
    for (const auto& owner : volume_owners(part)) guests.insert(owner.vmid);
  }
}

bool names_guests(const Field& field) {
  if (field.fact != nullptr && lists_guests(*field.fact)) return true;
  // The id of a backup job can begin with digits, too.
  const bool is_other_id = field.fact != nullptr && field.wire == "id";
  return !is_other_id && is_one_of(field.wire, kNumbers);
}

/// What a backup does to its guests.
enum class Backup : std::uint8_t { None, Reads, Prunes, Stops };

bool keeps_all_backups(const base::JsonObject& arguments) {
  // PVE prunes by the retention of the storage if the call has none.
  if (arguments.contains("remove") && !base::flag(arguments, "remove")) return true;
  const auto retention = argument_text(arguments, "prune-backups");
  return std::ranges::any_of(base::split(retention, ','), [](std::string_view part) {
    return part == "keep-all=1" || part == "keep-all=true" || part == "keep-all=on" || part == "keep-all=yes";
  });
}

Backup backup_of(const Row& row, const base::JsonObject& arguments) {
  const auto& about = row.about();
  if (about.locator != tool::Locator::Guests && about.subject != Subject::BackupJob) return Backup::None;
  const auto mode = argument_text(arguments, "mode");
  if (!mode.empty() && mode != "snapshot") return Backup::Stops;
  return keeps_all_backups(arguments) ? Backup::Reads : Backup::Prunes;
}

bool is_disk(std::string_view name) {
  const auto end = name.find_last_not_of("0123456789");
  return is_one_of(name.substr(0, end == std::string_view::npos ? 0 : end + 1), kDisks);
}

void add_path(std::string_view value, Touched& touched) {
  for (auto part : base::split(value, ',')) {
    for (const std::string_view key : {"file=", "volume=", "import-from="}) {
      if (part.starts_with(key)) part.remove_prefix(key.size());
    }
    if (part.starts_with('/') && touched.path.empty()) touched.path = part;
  }
}

void add_task(std::string_view upid, Touched& touched) {
  const auto task = pve::parse_upid(upid);
  if (!task) return;
  for (const auto vmid : guests_of_task(task->id)) touched.guests.insert(vmid);
  if (task->id.empty() && (is_one_of(task->type, kTasksOfMany) || task->type.starts_with("bulk")))
    touched.many = true;
}

void add_argument(const Row& row, std::string_view name, const base::Json& value, bool reads,
                  Touched& touched) {
  const auto known = row.field_on_wire(name);
  Field field;
  field.name = field.wire = name;
  if (known) field = *known;
  const bool is_new = name == "newid" || (row.about().action == Action::Create && name == "vmid");
  const bool configures = row.about().action == Action::Create || row.about().action == Action::Configure;
  for (const auto& text : texts(value)) {
    if (configures && is_disk(name)) add_path(text, touched);
    if (name == "exclude") {
      for (const auto vmid : guests_in_list(text)) touched.sources.insert(vmid);
    } else if (names_guests(field)) {
      // The number of a new guest names an existing one only if a restore replaces it.
      auto& guests = reads && !is_new ? touched.sources : touched.guests;
      for (const auto vmid : guests_in_list(text)) guests.insert(vmid);
    } else if (name == "path" && text.starts_with(kAclOfGuests)) {
      for (const auto vmid : guests_in_list(std::string_view(text).substr(kAclOfGuests.size())))
        touched.guests.insert(vmid);
    } else if (!is_one_of(name, kFreeText)) {
      add_volumes(text, is_one_of(name, kSources), touched);
    }
  }
}

std::vector<std::string> items(const base::JsonObject& arguments, std::string_view name) {
  std::vector<std::string> all;
  const auto* value = arguments.if_contains(name);
  if (value == nullptr) return all;
  for (const auto& text : texts(*value)) {
    for (const auto item : base::list_items(text)) all.emplace_back(item);
  }
  return all;
}

void add_users(const Row& row, const base::JsonObject& arguments, Touched& touched) {
  const auto& about = row.about();
  const auto method = row.tool().call.method;
  if (about.subject == Subject::User || about.subject == Subject::Token ||
      about.subject == Subject::SecondFactor) {
    if (const auto user = argument_text(arguments, "userid"); !user.empty()) touched.users.insert(user);
  }
  if (about.subject == Subject::Acl) {
    for (auto& user : items(arguments, "users")) touched.users.insert(std::move(user));
    for (const auto& token : items(arguments, "tokens"))
      touched.users.insert(token.substr(0, token.find('!')));
    for (auto& group : items(arguments, "groups")) touched.groups.insert(std::move(group));
  }
  if (about.subject == Subject::Group && method == base::Method::Delete)
    touched.groups.insert(argument_text(arguments, "groupid"));
  // A synchronisation can remove the users that the directory does not have any more.
  const bool syncs = about.in_path("realm") && method == base::Method::Post;
  if (about.subject == Subject::Realm && (syncs || method == base::Method::Delete))
    touched.realm = argument_text(arguments, "realm");
}

void add_storages(const Row& row, const base::JsonObject& arguments, Backup backup, Touched& touched) {
  const auto& about = row.about();
  const bool prunes = backup == Backup::None
                          ? about.subject == Subject::Backup && arguments.contains("prune-backups")
                          : !keeps_all_backups(arguments);
  auto storage = argument_text(arguments, "storage");
  // PVE's default of a backup.
  if (storage.empty() && backup != Backup::None && !arguments.contains("dumpdir")) storage = "local";
  if (!storage.empty() && (prunes || about.in_path("storage"))) touched.storages.insert(storage);
}

}  // namespace

Touched touched_by(const Row& row, const base::JsonObject& arguments) {
  Touched touched;
  const auto& about = row.about();
  const auto backup = backup_of(row, arguments);
  const bool reads = about.action == Action::Clone || backup == Backup::Reads;
  touched.prunes = backup == Backup::Prunes;
  for (const auto& [name, value] : arguments) add_argument(row, name, value, reads, touched);
  add_storages(row, arguments, backup, touched);
  add_users(row, arguments, touched);
  if (about.subject == Subject::Task) add_task(argument_text(arguments, "upid"), touched);
  const auto pool = argument_text(arguments, "pool");
  const bool picks = backup != Backup::None && (base::flag(arguments, "all") || !pool.empty());
  // PVE prunes the backups of all guests if the call names none.
  const bool prunes_all = about.subject == Subject::Backup && about.in_path("storage") &&
                          row.tool().call.method == base::Method::Delete && !arguments.contains("vmid");
  if (prunes_all || stops_backups(row, arguments)) touched.many = true;
  if (about.subject == Subject::Guests || (picks && !reads)) {
    touched.many = true;
    touched.pool = base::flag(arguments, "all") ? std::string() : pool;
  }
  return touched;
}

bool stops_backups(const Row& row, const base::JsonObject& arguments) {
  return row.about().locator == tool::Locator::Guests && base::flag(arguments, "stop");
}

std::int64_t new_guest(const Row& row, const base::JsonObject& arguments) {
  const auto action = row.about().action;
  if (action == Action::Clone) return guest_number(argument_text(arguments, "newid")).value_or(0);
  const bool makes = action == Action::Create && !base::flag(arguments, "force");
  return makes ? guest_number(argument_text(arguments, "vmid")).value_or(0) : 0;
}

}  // namespace engine
