#include "engine/visibility.h"

#include <fmt/format.h>

#include "engine/diagnosis.h"

namespace engine {

std::string unseen_note(const tool::View& view, bool is_empty, Cluster& cluster,
                        const std::stop_token& stop) {
  using Reach = pve::Permissions::Reach;
  if (view.seen_with.empty()) return {};
  const auto blank = view.seen_with.find(' ');
  const auto privileges = view.seen_with.substr(0, blank);
  const auto path = view.seen_with.substr(blank + 1);
  const auto privilege = privileges.substr(0, privileges.find('|'));
  const auto reach = cluster.permissions.reach(privileges, path, stop);
  if (!reach || *reach == Reach::Everywhere) return {};
  if (*reach == Reach::Somewhere) {
    return fmt::format("Only what the token may see: it has {} on a part of {}.", privilege, path);
  }
  const auto role = least_role(privilege);
  auto text = fmt::format(
      "That does not mean that there are {}: the token has {} nowhere below {}, and PVE leaves "
      "out what it may not see.",
      is_empty ? "none" : "no others", privilege, path);
  if (!role.empty()) {
    text += fmt::format(
        " On a node as root: pveum acl modify {} --tokens '{}' --roles {} (with privilege "
        "separation its user needs it too).",
        path, cluster.client.token_id(), role);
  }
  return text;
}

}  // namespace engine
