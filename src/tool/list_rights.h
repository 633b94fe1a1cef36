// The privileges that an API token needs to see a complete list. PVE shortens such a list by privileges and
// still answers with status 200, so only the privileges tell whether a list is complete.
#pragma once

#include <string_view>

#include "tool/inplace_vector.h"

namespace tool {

/// One of these privileges on all paths below an ACL path.
struct Right {
  InplaceVector<std::string_view, 3> any_of;  ///< the server advises to grant the first: "Datastore.Audit"
  std::string_view path;                      ///< "/storage"
  bool alone = false;                         ///< PVE checks this path alone, not the paths below it
};

struct ListRights {
  InplaceVector<Right, 3> all;        ///< the token needs all of these
  InplaceVector<Right, 1> instead{};  ///< or all of these instead
};

/// The ListRights that applies if an argument has a value.
struct ListRightsFor {
  std::string_view argument;  ///< PVE's name
  std::string_view value;
  const ListRights* rights = nullptr;  ///< nullptr: the list is then always complete
};

}  // namespace tool
