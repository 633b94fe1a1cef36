#include <cstddef>
#include <string_view>

#include "base/embedded.h"
#include "cli/about/about.h"
#include "net/encoding.h"

BASE_EMBED(mcp_pve_licences, MCP_PVE_LICENCES_FILE)

namespace cli {

std::string licences_text() {
  constexpr std::size_t kMost = 16 * 1024 * 1024;
  const std::string packed(mcp_pve_licences_begin,
                           static_cast<std::size_t>(mcp_pve_licences_end - mcp_pve_licences_begin));
  return net::decode_body("gzip", packed, kMost).value_or(std::string());
}

}  // namespace cli
