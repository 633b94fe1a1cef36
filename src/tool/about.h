// Derives from method and path what a call is about. The compiler evaluates it for the rows of the catalog; a
// row that is built at run time calls it once. All other code uses the result instead of parsing paths.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/method.h"
#include "tool/endpoints.h"
#include "tool/subject.h"

namespace tool {

/// Returns whether `path` is `above` itself or a path below it.
constexpr bool is_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '/');
}

/// The names in the braces of a template. It ignores a sixth name, since PVE has four at most.
constexpr InplaceVector<std::string_view, 5> path_names(std::string_view path) {
  InplaceVector<std::string_view, 5> names;
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{')) {
    const auto close = path.find('}', open);
    if (close == std::string_view::npos || names.full()) break;
    names.add(path.substr(open + 1, close - open - 1));
    path.remove_prefix(close + 1);
  }
  return names;
}

/// Returns the template with `value` in place of {name}.
inline std::string with_value(std::string_view path, std::string_view name, std::string_view value) {
  const auto place = std::string("{").append(name).append("}");
  std::string filled(path);
  if (const auto at = filled.find(place); at != std::string::npos) filled.replace(at, place.size(), value);
  return filled;
}

namespace endpoints {

/// The entry with the longest prefix of the path; nullptr if there is none.
constexpr const SubjectRow* entry(std::string_view path) {
  const SubjectRow* found = nullptr;
  for (const auto& row : kSubjects) {
    if (is_below(path, row.path) && (found == nullptr || row.path.size() > found->path.size())) found = &row;
  }
  return found;
}

/// `path` has the form of ChangeRow::path.
constexpr ChangeRow change_row(std::span<const ChangeRow> rows, base::Method method, std::string_view path) {
  for (const auto& row : rows) {
    if (row.method == method && row.path == path) return row;
  }
  return {method, path, Action::None};
}

inline constexpr std::string_view kVm = "/nodes/{node}/qemu/{vmid}";
inline constexpr std::string_view kContainer = "/nodes/{node}/lxc/{vmid}";

}  // namespace endpoints

/// Returns whether two paths are the VM's and the container's form of one endpoint.
constexpr bool are_siblings(std::string_view one, std::string_view other) {
  using endpoints::kContainer, endpoints::kVm;
  if (is_below(one, kContainer)) std::swap(one, other);
  return is_below(one, kVm) && is_below(other, kContainer) &&
         one.substr(kVm.size()) == other.substr(kContainer.size());
}

/// Returns what the call of PVE's path template ("/nodes/{node}/qemu/{vmid}/config") is about. An empty path
/// gives Subject::Unknown.
constexpr About about(base::Method method, std::string_view path) {
  using endpoints::kContainer, endpoints::kVm;
  About about;
  about.path_names = path_names(path);
  if (const auto* entry = endpoints::entry(path)) {
    about.subject = entry->subject;
    about.state = method == base::Method::Get || entry->state == endpoints::kSelf ? path : entry->state;
  }
  if (is_below(path, kVm)) about.guest = GuestKind::Vm;
  if (is_below(path, kContainer)) about.guest = GuestKind::Container;
  const bool of_guest = about.guest != GuestKind::None;
  if (of_guest) about.locator = Locator::Guest;
  if (is_below(path, "/nodes/{node}/tasks/{upid}")) about.locator = Locator::Task;
  if (path == "/nodes/{node}/vzdump") about.locator = Locator::Guests;
  const auto change_row =
      of_guest
          ? endpoints::change_row(endpoints::kGuestChanges, method,
                                  path.substr(about.guest == GuestKind::Vm ? kVm.size() : kContainer.size()))
          : endpoints::change_row(endpoints::kOtherChanges, method, path);
  // After a deletion by position, the same position holds another object.
  const bool names_its_end =
      (method == base::Method::Put || method == base::Method::Delete) && !about.in_path("pos");
  about.action = change_row.action;
  about.task_by_post = method == base::Method::Put && path == endpoints::kTaskByPost;
  about.changes_guest_list = (change_row.traits & endpoints::kChangesGuestList) != 0;
  about.may_be_repeated = (change_row.traits & endpoints::kMayBeRepeated) != 0;
  about.only_adds = (change_row.traits & endpoints::kOnlyAdds) != 0;
  about.idempotent = (change_row.traits & endpoints::kIdempotent) != 0 ||
                     (names_its_end && (change_row.traits & endpoints::kNotIdempotent) == 0);
  return about;
}

}  // namespace tool
