#include <cstddef>
#include <string_view>

#include "base/embedded.h"
#include "chart/font.h"

BASE_EMBED(mcp_pve_font, MCP_PVE_FONT_FILE)

namespace chart {

std::string_view embedded_font() {
  return {mcp_pve_font_begin, static_cast<std::size_t>(mcp_pve_font_end - mcp_pve_font_begin)};
}

}  // namespace chart
