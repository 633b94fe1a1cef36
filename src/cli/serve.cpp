#include <unistd.h>

#include <chrono>
#include <stop_token>
#include <string>
#include <thread>

#include "base/log.h"
#include "cli/commands.h"
#include "transport/stdio.h"

namespace cli {
namespace {

std::optional<std::string> version_in(const base::Json& data) {
  const auto* object = data.if_object();
  const auto* version = object == nullptr ? nullptr : object->if_contains("version");
  if (version == nullptr || !version->is_string()) return std::nullopt;
  return std::string(version->get_string());
}

}  // namespace

int serve(const mcp::Server& server, transport::StopControl& stop) {
  if (::isatty(STDIN_FILENO) == 1) {
    base::log(
        base::LogLevel::Info,
        "serving MCP on stdin and stdout, which an MCP client should do; for people there are \"mcp-pve "
        "--help\" and \"mcp-pve call\". Ctrl-D ends it.");
  }
  return transport::serve_stdio(server, STDIN_FILENO, STDOUT_FILENO, stop);
}

void check_in_background(pve::Client& client, ConnectedVersion& version) {
  std::thread([&client, &version] {
    // The client's first questions are answered from memory; they should not share the processor with a TLS
    // handshake, and a client that only probes needs none.
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    const auto answer = client.call({base::Method::Get, "/version", {}}, std::stop_token{});
    if (answer) {
      const auto found = version_in(answer->data);
      if (found) version.set(*found);
      base::log(base::LogLevel::Info,
                "connected to " + client.base_url() + ", PVE " + found.value_or("of unknown version") + ".");
    } else if (answer.error().kind != pve::Error::Kind::Rejected) {
      base::log(base::LogLevel::Warning, pve::explain(answer.error(), "GET /version", client.base_url()));
    }
  }).detach();
}

}  // namespace cli
