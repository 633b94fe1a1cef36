// PVE's access control on the simulated users, roles and ACLs.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// Whether each privilege propagates to the paths below.
using Privileges = std::map<std::string, bool, std::less<>>;

/// The effective privileges on an ACL path ("/vms/100"), by pools, groups and token separation too.
Privileges privileges_on(const State& state, const Identity& identity, std::string_view path);

/// "/vms/100" for "//vms/100/". Empty if PVE does not accept the text as a path.
std::string normalized_acl_path(std::string_view path);
/// The privileges that allow to change the ACL of a (normalized) path. One of them suffices.
std::vector<std::string_view> modifying_privileges(std::string_view path);

bool may(const Call& call, std::string_view path, std::string_view privilege);
bool may_any(const Call& call, std::string_view path, std::initializer_list<std::string_view> privileges);

/// The 403 if the caller has none of the privileges on the path, else nullopt.
std::optional<Answer> refuse(const Call& call, std::string_view path,
                             std::initializer_list<std::string_view> privileges);

/// Whether the caller is root@pam or its token without privilege separation; both have every right. PVE
/// allows some actions only to the login root@pam, not to a token: check those with `is_root_login`.
bool is_superuser(const Call& call);
bool is_root_login(const Call& call);

/// PVE's 403 if the permission check in the endpoint's schema refuses the call, else nullopt.
std::optional<Answer> check_permissions(const Call& call);

}  // namespace simulator
