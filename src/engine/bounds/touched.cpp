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

/// Only the volume behind import-from is read; the others of the same value are attached.
void add_volumes(std::string_view value, bool is_source, Touched& touched) {
  for (const auto part : base::split(value, ',')) {
    auto& guests = is_source || part.starts_with("import-from=") ? touched.sources : touched.guests;
    for (const auto& owner : volume_owners(part)) guests.insert(owner.vmid);
  }
}

bool names_guests(const Field& field) {
  return (field.fact != nullptr && lists_guests(*field.fact)) || is_one_of(field.wire, kNumbers);
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

std::int64_t new_guest(const Row& row, const base::JsonObject& arguments) {
  const auto action = row.about().action;
  if (action == Action::Clone) return guest_number(argument_text(arguments, "newid")).value_or(0);
  const bool makes = action == Action::Create && !base::flag(arguments, "force");
  return makes ? guest_number(argument_text(arguments, "vmid")).value_or(0) : 0;
}

}  // namespace engine
