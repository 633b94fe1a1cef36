#include "facts/embedded.h"

#include <cstddef>

// The assembler reads the file (its path is a compile definition of this file): no copy of 190 kB in a
// source, and the pages are read from the binary only when a fact is asked for.
asm(".pushsection .rodata,\"a\",@progbits\n"
    ".balign 16\n"
    "mcp_pve_facts_begin:\n"
    ".incbin \"" MCP_PVE_FACTS_FILE
    "\"\n"
    "mcp_pve_facts_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char mcp_pve_facts_begin[];
extern const char mcp_pve_facts_end[];
}

namespace facts {

std::string_view embedded() {
  return {mcp_pve_facts_begin, static_cast<std::size_t>(mcp_pve_facts_end - mcp_pve_facts_begin)};
}

}  // namespace facts
