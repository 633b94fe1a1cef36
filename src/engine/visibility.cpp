#include "engine/visibility.h"

#include <fmt/format.h>

#include <span>

#include "base/text.h"
#include "engine/diagnosis.h"

namespace engine {

namespace {

/// The part of View::seen_with that goes for these arguments: "VM.Audit /vms".
std::string_view seen_with(const tool::View& view, const base::JsonObject& arguments) {
  const auto parts = base::split(view.seen_with, ';');
  for (const auto part : std::span(parts).subspan(1)) {
    const auto condition = base::trim(part);
    const auto equals = condition.find('=');
    const auto blank = condition.find(' ');
    const auto* given = arguments.if_contains(condition.substr(0, equals));
    if (given != nullptr && given->is_string() &&
        std::string_view(given->get_string()) == condition.substr(equals + 1, blank - equals - 1))
      return condition.substr(blank + 1);
  }
  return parts.front();
}

}  // namespace

std::string unseen_note(const tool::View& view, const base::JsonObject& arguments, bool is_empty,
                        Cluster& cluster, const std::stop_token& stop) {
  using Reach = pve::Permissions::Reach;
  if (view.seen_with.empty()) return {};
  const auto seen = seen_with(view, arguments);
  const auto blank = seen.find(' ');
  const auto privileges = seen.substr(0, blank);
  const auto path = seen.substr(blank + 1);
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
