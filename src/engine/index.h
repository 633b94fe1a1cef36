// The rows of a toolbox, and what finds them.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/door/search.h"
#include "engine/door/targets.h"
#include "engine/row/row.h"
#include "engine/toolbox.h"
#include "seam/tools.h"

namespace engine {

/// All rows with their facts, for one Confirm: which rows list the parameters of a confirmation depends on
/// it. Made at the first use, so that the server starts fast.
struct Toolbox::Index {
  std::once_flag once;
  std::vector<Row> rows;
  /// What `tools/list` says of each row; made when it is first asked.
  std::once_flag described;
  std::vector<mcp::ToolDescription> descriptions;
  std::unordered_map<std::string_view, std::size_t> by_name;
  std::unique_ptr<Targets> targets;
  std::unique_ptr<Search> search;
};

}  // namespace engine
