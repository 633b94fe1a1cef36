// Computes the privileges that an ACL gives a user or API token, as PVE's access control does in roles() and
// permissions().
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace change {

/// A user, or one of its API tokens.
struct Holding {
  std::string user;                 ///< "alice@pve"
  std::string token;                ///< "alice@pve!ci"; empty: the user itself
  std::vector<std::string> groups;  ///< the user's groups
  bool separated = true;  ///< privilege separation: the token has only the privileges that its user has too
};

/// Returns the privileges on a path. `acl` and `roles` are PVE's complete answers to GET /access/acl and GET
/// /access/roles.
std::set<std::string> privileges(const base::Json& acl, const base::Json& roles, const Holding& holding,
                                 std::string_view path);

/// Returns true if the holder has no privilege on any path.
bool has_nothing(const base::Json& acl, const base::Json& roles, const Holding& holding);

}  // namespace change
