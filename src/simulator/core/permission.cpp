#include "simulator/core/permission.h"

#include <algorithm>

#include "base/text.h"

namespace simulator {
namespace {

constexpr std::string_view kNoAccess = "NoAccess";
constexpr std::string_view kAdministrator = "Administrator";

/// Whether each role propagates to the paths below.
using Roles = std::map<std::string, bool, std::less<>>;

/// "/", "/vms" and "/vms/100" for "/vms/100".
std::vector<std::string_view> levels_of(std::string_view path) {
  std::vector<std::string_view> levels{"/"};
  if (path == "/") return levels;
  for (std::size_t at = path.find('/', 1); at != std::string_view::npos; at = path.find('/', at + 1)) {
    levels.push_back(path.substr(0, at));
  }
  levels.push_back(path);
  return levels;
}

bool in_group(const State& state, std::string_view user, std::string_view group) {
  const auto found = state.users.find(user);
  return found != state.users.end() && found->second.groups.contains(group);
}

// An entry for the user (or token) itself hides those of its groups on the same level, and each level hides
// the ones above.
Roles roles_on(const State& state, std::string_view subject, bool token, std::string_view path) {
  Roles roles;
  for (const auto level : levels_of(path)) {
    Roles own;
    Roles by_group;
    for (const auto& acl : state.acls) {
      if (acl.path != level || !(acl.propagate || level == path)) continue;
      if (acl.type == (token ? "token" : "user") && acl.ugid == subject) own[acl.role] = acl.propagate;
      if (!token && acl.type == "group" && in_group(state, subject, acl.ugid))
        by_group[acl.role] = acl.propagate;
    }
    if (!own.empty()) {
      roles = std::move(own);
    } else if (!by_group.empty()) {
      roles = std::move(by_group);
    }
  }
  return roles;
}

void add_pool_roles(const State& state, std::string_view subject, bool token, std::string_view path,
                    Roles& roles) {
  const auto add = [&](const std::string& pool) {
    // A role on the pool counts for its members, whether or not it propagates.
    for (const auto& [role, propagate] : roles_on(state, subject, token, "/pool/" + pool)) {
      roles.emplace(role, false);
    }
  };
  if (path.starts_with("/vms/")) {
    const auto vmid = static_cast<unsigned>(get_number({{"v", std::string(path.substr(5))}}, "v"));
    const auto found = state.guests.find(vmid);
    if (found != state.guests.end() && !found->second.pool.empty()) add(found->second.pool);
  } else if (path.starts_with("/storage/")) {
    for (const auto& [name, pool] : state.pools) {
      if (pool.storages.contains(path.substr(9))) add(name);
    }
  }
}

Privileges privileges_of(const State& state, std::string_view subject, bool token, std::string_view path) {
  Privileges result;
  auto roles = roles_on(state, subject, token, path);
  add_pool_roles(state, subject, token, path, roles);
  if (roles.contains(kNoAccess)) return result;
  for (const auto& [name, propagate] : roles) {
    const auto role = state.roles.find(name);
    if (role == state.roles.end()) continue;
    for (const auto& privilege : role->second.privileges) result[privilege] |= propagate;
  }
  return result;
}

}  // namespace

Privileges privileges_on(const State& state, const Identity& identity, std::string_view path) {
  Privileges of_user;
  if (identity.user == "root@pam") {
    for (const auto& privilege : state.roles.find(kAdministrator)->second.privileges)
      of_user[privilege] = true;
  } else {
    of_user = privileges_of(state, identity.user, false, path);
  }
  if (identity.token.empty() || !identity.privsep) return of_user;
  Privileges both;
  for (const auto& [privilege, propagate] : privileges_of(state, identity.full(), true, path)) {
    const auto own = of_user.find(privilege);
    if (own != of_user.end()) both[privilege] = propagate && own->second;
  }
  return both;
}

std::string normalized_acl_path(std::string_view path) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-/";
  if (path.empty() || path.find_first_not_of(kAllowed) != std::string_view::npos) return {};
  std::string out;
  for (const auto part : base::split(path, '/')) {
    if (!part.empty()) out += "/" + std::string(part);
  }
  return out.empty() ? "/" : out;
}

std::vector<std::string_view> modifying_privileges(std::string_view path) {
  std::vector<std::string_view> privileges{"Permissions.Modify"};
  if (path.starts_with("/storage/")) privileges.emplace_back("Datastore.Allocate");
  if (path.starts_with("/vms/")) privileges.emplace_back("VM.Allocate");
  if (path.starts_with("/pool/")) privileges.emplace_back("Pool.Allocate");
  return privileges;
}

bool is_superuser(const Call& call) {
  return call.identity.user == "root@pam" && (call.identity.token.empty() || !call.identity.privsep);
}

bool is_root_login(const Call& call) {
  return call.identity.user == "root@pam" && call.identity.token.empty();
}

bool may(const Call& call, std::string_view path, std::string_view privilege) {
  return is_superuser(call) || privileges_on(call.state, call.identity, path).contains(privilege);
}

bool may_any(const Call& call, std::string_view path, std::initializer_list<std::string_view> privileges) {
  if (is_superuser(call)) return true;
  const auto have = privileges_on(call.state, call.identity, path);
  return std::ranges::any_of(privileges, [&](std::string_view wanted) { return have.contains(wanted); });
}

std::optional<Answer> refuse(const Call& call, std::string_view path,
                             std::initializer_list<std::string_view> privileges) {
  if (is_superuser(call)) return std::nullopt;
  const auto have = privileges_on(call.state, call.identity, path);
  for (const auto wanted : privileges) {
    if (!have.contains(wanted)) return Answer::denied(path, wanted);
  }
  return std::nullopt;
}

}  // namespace simulator
