#include "facts/embedded.h"

#include <cstddef>
#include <string_view>

#include "base/embedded.h"

BASE_EMBED(mcp_pve_facts, MCP_PVE_FACTS_FILE)

namespace facts {

std::string_view embedded() {
  return {mcp_pve_facts_begin, static_cast<std::size_t>(mcp_pve_facts_end - mcp_pve_facts_begin)};
}

}  // namespace facts
