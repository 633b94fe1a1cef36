// Which tools a caller may use.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "tool/tool.h"

namespace guard {

/// Tells whether a caller may use a tool, and the tool's name. A text must not name a tool that its reader
/// may not list. A tool is asked for by the call that it makes, so that only the catalog contains names of
/// tools.
class MayUse {
 public:
  /// Returns the name of the tool that makes the call; empty if there is none, or if the caller may not use
  /// it. The name lives as long as the catalog.
  using Find = std::function<std::string_view(const tool::Endpoint& call)>;

  /// Allows nothing.
  MayUse() = default;
  explicit MayUse(Find find) : find_(std::move(find)) {}

  /// See Find.
  std::string_view tool(const tool::Endpoint& call) const { return find_ ? find_(call) : std::string_view{}; }
  bool operator()(const tool::Endpoint& call) const { return !tool(call).empty(); }

 private:
  Find find_;
};

}  // namespace guard
