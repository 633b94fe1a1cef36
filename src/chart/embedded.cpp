#include <cstddef>
#include <string_view>

#include "chart/font.h"

// The assembler reads the font (its path is a compile definition of this file), as it does PVE's facts.
asm(".pushsection .rodata,\"a\",@progbits\n"
    ".balign 16\n"
    "mcp_pve_font_begin:\n"
    ".incbin \"" MCP_PVE_FONT_FILE
    "\"\n"
    "mcp_pve_font_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char mcp_pve_font_begin[];
extern const char mcp_pve_font_end[];
}

namespace chart {

std::string_view embedded_font() {
  return {mcp_pve_font_begin, static_cast<std::size_t>(mcp_pve_font_end - mcp_pve_font_begin)};
}

}  // namespace chart
