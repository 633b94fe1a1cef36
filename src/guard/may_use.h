// Which tools somebody may use.
#pragma once

#include <functional>
#include <string_view>
#include <utility>

#include "tool/tool.h"

namespace engine {

/// Whether somebody may use a tool, and what it is called: what a caller may not list, nobody tells him by
/// the way. A tool is asked for by the call that it makes, so that no text but the catalogue's has its name.
class MayUse {
 public:
  /// The name of the tool that makes the call; empty when there is none, or it may not be used. The name
  /// lives as long as the catalogue.
  using Find = std::function<std::string_view(const tool::Endpoint& call)>;

  /// Nothing.
  MayUse() = default;
  explicit MayUse(Find find) : find_(std::move(find)) {}

  /// As Find.
  std::string_view tool(const tool::Endpoint& call) const { return find_ ? find_(call) : std::string_view{}; }
  bool operator()(const tool::Endpoint& call) const { return !tool(call).empty(); }

 private:
  Find find_;
};

}  // namespace engine
