#include <unistd.h>

#include <chrono>
#include <stop_token>
#include <thread>

#include "base/log.h"
#include "cli/commands.h"
#include "engine/words/remedies.h"
#include "pve/version.h"
#include "transport/stdio.h"

namespace cli {
int serve(const mcp::Server& server, transport::StopControl& stop) {
  if (::isatty(STDIN_FILENO) == 1) {
    base::log(base::LogLevel::Info,
              "serving MCP on stdin and stdout. An MCP client should start this command; to try it by hand, "
              "run \"mcp-pve --help\" or \"mcp-pve call\". Press Ctrl-D to end it.");
  }
  return transport::serve_stdio(server, STDIN_FILENO, STDOUT_FILENO, stop);
}

void check_in_background(pve::Client& client) {
  std::thread([&client] {
    // The client's first questions are answered from memory; they should not share the processor with a TLS
    // handshake, and a client that only probes needs none.
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    const auto version = pve::version(client, std::stop_token{});
    if (version) {
      base::log(base::LogLevel::Info, "connected to " + client.base_url() + ", PVE " + *version + ".");
    } else if (version.error().kind != pve::Error::Kind::Rejected) {
      base::log(base::LogLevel::Warning,
                engine::explanation(version.error(), "GET /version", client.base_url(), {}));
    }
  }).detach();
}

}  // namespace cli
