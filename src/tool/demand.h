// What a call of an endpoint needs if no tool of the catalog makes it. A tool's row says it for its own
// endpoint.
#pragma once

#include <string_view>

#include "base/method.h"
#include "tool/tool.h"

namespace tool {

/// The name in PVE_CATEGORIES without which nothing runs inside a guest. It has no tools.
inline constexpr std::string_view kExec = "exec";

struct Demand {
  Tier tier = Tier::Full;
  /// PVE_CATEGORIES must name kExec: the call runs a command in a guest, or types into it.
  bool exec = false;
  /// A read that shows what is inside a guest, or that makes the node connect to another host.
  bool is_sensitive = false;
};

/// `path` is a template. An endpoint that no rule names is read-only if it is a GET, and needs the tier full
/// otherwise.
Demand demand(base::Method method, std::string_view path);
/// Of an endpoint that PVE's schema does not have: the tier full, and kExec if it may run commands in a
/// guest.
Demand demand_of_unknown(base::Method method, std::string_view path);

/// PVE has some calls twice: the one that counts for the rules, which has a tool. Else the same.
Endpoint same_call(const Endpoint& call);

/// The category whose right a call needs that is about such an object, where no tool is about one.
std::string_view category_of(Subject subject);

/// Why no caller may call the endpoint, and what to do instead, as a sentence; empty: it may be called.
std::string_view never_called(base::Method method, std::string_view path);

}  // namespace tool
