// Who may do what: PVE's access control on the simulated users, roles and ACLs.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/call.h"

namespace simulator {

/// Privilege -> whether it propagates to paths below.
using Privileges = std::map<std::string, bool, std::less<>>;

/// The effective privileges on an ACL path ("/vms/100"), pools, groups and token separation included.
Privileges privileges_on(const State& state, const Identity& identity, std::string_view path);

/// "//vms/100/" as "/vms/100"; empty when PVE takes it for no path at all.
std::string normalized_acl_path(std::string_view path);
/// Any of these on a (normalized) ACL path lets a caller change what others may do there.
std::vector<std::string_view> modifying_privileges(std::string_view path);

bool may(const Call& call, std::string_view path, std::string_view privilege);
bool may_any(const Call& call, std::string_view path, std::initializer_list<std::string_view> privileges);

/// The 403 when the caller lacks it (all of several), else nothing.
std::optional<Answer> refuse(const Call& call, std::string_view path,
                             std::initializer_list<std::string_view> privileges);

/// root@pam with every right: the user or its token without privilege separation. For what PVE gives to
/// "root@pam" alone use `is_root_login`, which no token is.
bool is_superuser(const Call& call);
bool is_root_login(const Call& call);

/// The schema's permission check of the endpoint with the call's parameters; the 403 when it says no.
std::optional<Answer> check_permissions(const Call& call);

}  // namespace simulator
