// Which rights a token needs so that PVE leaves nothing out of a list. PVE thins such a list out with status
// 200, so that only the rights tell a short list from a whole one.
#pragma once

#include <string_view>

#include "tool/few.h"

namespace tool {

/// One of these privileges, on all that is below an ACL path.
struct Right {
  Few<std::string_view, 3> any_of;  ///< the first is the one to advise: "Datastore.Audit"
  std::string_view path;            ///< "/storage"
  bool alone = false;               ///< PVE asks for this path itself, whatever is ruled below it
};

struct Sight {
  Few<Right, 3> all;        ///< needed together
  Few<Right, 1> instead{};  ///< would do in their place
};

/// What goes where an argument has a value.
struct SightFor {
  std::string_view argument;  ///< PVE's name
  std::string_view value;
  const Sight* sight = nullptr;  ///< nullptr: PVE leaves nothing out then
};

}  // namespace tool
