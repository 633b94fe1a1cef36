// What an ACL gives to somebody, as PVE computes it (its access control's roles() and permissions()).
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
  std::vector<std::string> groups;  ///< of the user
  bool separated = true;            ///< the token has what it has itself and its user has too
};

/// `acl` and `roles` are PVE's answers to GET /access/acl and GET /access/roles, whole.
std::set<std::string> privileges(const base::Json& acl, const base::Json& roles, const Holding& holding,
                                 std::string_view path);

/// True when it has no privilege on any path.
bool has_nothing(const base::Json& acl, const base::Json& roles, const Holding& holding);

}  // namespace change
