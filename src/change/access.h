// Changes of users and of the ACL.
#pragma once

#include <string>
#include <string_view>

#include "change/change.h"

namespace change {

/// An ACL path as PVE keeps it: with one slash in front, without one at its end.
std::string acl_path(std::string_view path);

/// `before` and `after` are GET /access/acl.
Told tell_acl(const Change& change);
Told tell_user(const Change& change);

/// The ACL after the call.
base::Json expected_acl(const base::JsonObject& arguments, const base::Json& before);

}  // namespace change
