// The rows of resources to their readers.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/toolbox.h"
#include "resource/read.h"
#include "seam/resources.h"
#include "tool/resource.h"

namespace resource {

/// A caller sees what it may read with the tools that a row names; the API is anybody's. Refers to the
/// toolbox and the rows. Safe from many threads.
class Resources final : public mcp::Resources {
 public:
  Resources(std::span<const tool::Resource> rows, engine::Toolbox& toolbox)
      : rows_(rows), toolbox_(toolbox) {}

  std::vector<mcp::ResourceDescription> list(const mcp::Caller& caller) override;
  std::vector<mcp::ResourceDescription> templates(const mcp::Caller& caller) override;
  mcp::ResourceOutcome read(const mcp::Request& request, std::string_view uri) override;
  /// Of a guest that nobody has looked at lately the kind is not known: a caller that may read one kind may
  /// then listen. The poller knows the kind before it reports a change, so ask again then.
  bool watchable(const mcp::Caller& caller, std::string_view uri) override;
  /// The API as a whole, and the paths that the newest known PVE has.
  bool fixed(const mcp::Caller& caller, std::string_view uri) override;

 private:
  std::vector<mcp::ResourceDescription> described(const mcp::Caller& caller, bool templates);
  mcp::ResourceOutcome api(const Match& match, std::string_view uri, const mcp::Request& request);

  std::span<const tool::Resource> rows_;
  engine::Toolbox& toolbox_;
};

/// Nothing when the caller may use one of the row's tools.
std::optional<guard::Refusal> refusal(const tool::Resource& row, engine::Toolbox& toolbox,
                                      const mcp::Caller& caller);

}  // namespace resource
