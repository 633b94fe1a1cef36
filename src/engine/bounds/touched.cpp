#include "engine/bounds/touched.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/ascii.h"
#include "base/json_read.h"
#include "base/number.h"
#include "base/text.h"
#include "engine/cluster/request.h"
#include "engine/words/guest_name.h"

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

/// The number at the beginning of the text. Returns nullopt if a letter follows it.
std::optional<std::int64_t> leading_number(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  if (end == 0 || (end < text.size() && base::is_letter(text[end]))) return std::nullopt;
  return base::parse_number<std::int64_t>(text.substr(0, end));
}

/// The owners of the volumes in a value: "vm-100-disk-0", "base-100-disk-0", "subvol-200-disk-1", "100/…" of
/// a directory, "vzdump-qemu-100-…", and "backup/ct/200/…" of a backup server.
void add_owners(std::string_view value, std::set<std::int64_t>& owners) {
  constexpr auto kMarks = std::to_array<std::string_view>(
      {"vm-", "base-", "subvol-", "basevol-", "vzdump-qemu-", "vzdump-lxc-", "vm/", "ct/", ":", "images/"});
  for (const auto mark : kMarks) {
    for (auto at = value.find(mark); at != std::string_view::npos; at = value.find(mark, at + 1)) {
      if (at > 0 && base::is_alnum(mark.front()) && base::is_alnum(value[at - 1])) continue;
      const auto rest = value.substr(at + mark.size());
      const auto number = leading_number(rest);
      // "STORAGE:32" asks for a new volume of 32 GiB. In the name of a volume, a slash follows the number of
      // its guest.
      const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
      if (mark == ":" && !rest.substr(digits).starts_with('/')) continue;
      if (number) owners.insert(*number);
    }
  }
}

/// Only the volume behind import-from is read; the others of the same value are attached.
void add_volumes(std::string_view value, bool is_source, Touched& touched) {
  for (const auto part : base::split(value, ','))
    add_owners(part, is_source || part.starts_with("import-from=") ? touched.sources : touched.guests);
}

bool names_guests(const Field& field) {
  if (field.fact == nullptr) return is_one_of(field.wire, kNumbers);
  const auto format = field.fact->format;
  return format.starts_with("pve-vmid") || format.starts_with("pve-ha-resource-") ||
         format == "pve-replication-job-id" || is_one_of(field.wire, kNumbers);
}

/// Reads "100", "vm:100", "ct:200", "qemu/100", and "100-0" of a replication job.
void add_guests(std::string_view list, std::set<std::int64_t>& guests) {
  for (const auto part : base::list_items(list)) {
    const auto written = written_guest(part);
    if (written) {
      guests.insert(written->vmid);
    } else if (const auto number = leading_number(part)) {
      guests.insert(*number);
    }
  }
}

/// True if the call only reads the guest of its path.
bool only_reads_its_guest(const Row& row, const base::JsonObject& arguments) {
  if (row.about().action == Action::Clone) return true;
  if (row.about().locator != tool::Locator::Guests) return false;
  const auto mode = argument_text(arguments, "mode");
  return mode.empty() || mode == "snapshot";
}

void add_argument(const Row& row, std::string_view name, const base::Json& value, bool reads,
                  Touched& touched) {
  const auto known = row.field_on_wire(name);
  Field field;
  field.name = field.wire = name;
  if (known) field = *known;
  const bool is_new = name == "newid" || (row.about().action == Action::Create && name == "vmid");
  for (const auto& text : texts(value)) {
    if (names_guests(field)) {
      // The number of a new guest names an existing one only if a restore replaces it.
      add_guests(text, reads && !is_new ? touched.sources : touched.guests);
    } else if (name == "path" && text.starts_with(kAclOfGuests)) {
      add_guests(std::string_view(text).substr(kAclOfGuests.size()), touched.guests);
    } else if (!is_one_of(name, kFreeText)) {
      add_volumes(text, is_one_of(name, kSources), touched);
    }
  }
}

}  // namespace

Touched touched_by(const Row& row, const base::JsonObject& arguments) {
  Touched touched;
  const auto& about = row.about();
  const bool reads = only_reads_its_guest(row, arguments);
  for (const auto& [name, value] : arguments) add_argument(row, name, value, reads, touched);
  const auto storage = argument_text(arguments, "storage");
  const bool prunes = about.subject == Subject::Backup && arguments.contains("prune-backups");
  if (!storage.empty() && (prunes || about.in_path("storage"))) touched.storages.insert(storage);
  if (about.subject == Subject::User || about.subject == Subject::Token ||
      about.subject == Subject::SecondFactor) {
    if (const auto user = argument_text(arguments, "userid"); !user.empty()) touched.users.insert(user);
  }
  const bool picks =
      about.locator == tool::Locator::Guests && (base::flag(arguments, "all") || arguments.contains("pool"));
  touched.many = about.subject == Subject::Guests || (picks && !reads);
  return touched;
}

}  // namespace engine
