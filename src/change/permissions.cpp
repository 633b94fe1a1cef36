#include "change/permissions.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/json_read.h"
#include "base/text.h"
#include "change/access.h"
#include "change/value.h"

namespace change {
namespace {

using Roles = std::map<std::string, bool, std::less<>>;  ///< by name; true: the paths below inherit the role

/// Returns the path and its parents: "/", "/vms", "/vms/100".
std::vector<std::string> ways_to(std::string_view path) {
  std::vector<std::string> ways = {"/"};
  std::string way;
  for (const auto part : base::split(path, '/')) {
    if (part.empty()) continue;
    way.append("/").append(part);
    ways.push_back(way);
  }
  return ways;
}

Roles at(const base::Json& acl, std::string_view type, std::string_view who, std::string_view path) {
  Roles roles;
  for (const auto& entry : base::objects(acl)) {
    if (base::raw_text(entry, "type") == type && base::raw_text(entry, "ugid") == who &&
        acl_path(base::raw_text(entry, "path")) == path)
      roles[std::string(base::raw_text(entry, "roleid"))] = base::flag(entry, "propagate", true);
  }
  return roles;
}

/// Returns the roles on a path. The nearest entries apply: those of the user before those of its groups;
/// NoAccess overrides all others.
Roles roles_of(const base::Json& acl, std::string_view type, std::string_view who,
               const std::vector<std::string>& groups, std::string_view path) {
  Roles roles;
  const auto ways = ways_to(path);
  for (const auto& way : ways) {
    const bool last = &way == &ways.back();
    auto here = at(acl, type, who, way);
    if (here.empty()) {
      for (const auto& group : groups) here.merge(at(acl, "group", group, way));
    }
    if (!last) std::erase_if(here, [](const auto& role) { return !role.second; });
    if (!here.empty()) roles = std::move(here);
  }
  if (roles.contains("NoAccess")) return {};
  return roles;
}

std::set<std::string> privileges_of(const Roles& held, const base::Json& roles) {
  std::set<std::string> all;
  for (const auto& role : base::objects(roles)) {
    if (!held.contains(base::raw_text(role, "roleid"))) continue;
    for (auto& privilege : words(base::raw_text(role, "privs"))) all.insert(std::move(privilege));
  }
  return all;
}

}  // namespace

std::set<std::string> privileges(const base::Json& acl, const base::Json& roles, const Holding& holding,
                                 std::string_view path) {
  const auto of_user = [&] {
    return privileges_of(roles_of(acl, "user", holding.user, holding.groups, path), roles);
  };
  if (holding.token.empty() || !holding.separated) return of_user();
  auto own = privileges_of(roles_of(acl, "token", holding.token, {}, path), roles);
  // root@pam has all privileges without an entry.
  if (holding.user == "root@pam") return own;
  std::set<std::string> both;
  std::ranges::set_intersection(own, of_user(), std::inserter(both, both.end()));
  return both;
}

bool has_nothing(const base::Json& acl, const base::Json& roles, const Holding& holding) {
  if (holding.user == "root@pam" && (holding.token.empty() || !holding.separated)) return false;
  // Privileges change only at the paths of the ACL, so check only those.
  std::set<std::string> paths;
  for (const auto& entry : base::objects(acl)) paths.insert(acl_path(base::raw_text(entry, "path")));
  return std::ranges::all_of(
      paths, [&](const std::string& path) { return privileges(acl, roles, holding, path).empty(); });
}

}  // namespace change
