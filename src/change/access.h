// Describes changes of users and of the ACL.
#pragma once

#include <string>
#include <string_view>

#include "change/change.h"

namespace change {

/// Returns an ACL path as PVE stores it: one slash at the beginning, none at the end.
std::string acl_path(std::string_view path);

/// `before` and `after` are answers to GET /access/acl.
Description describe_acl(const Change& change);
Description describe_user(const Change& change);

/// Returns the ACL as it will be after the call.
base::Json expected_acl(const base::JsonObject& arguments, const base::Json& before);

}  // namespace change
