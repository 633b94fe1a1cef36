// MCP over stdin and stdout: one JSON message per line.
#pragma once

#include <chrono>
#include <cstddef>

#include "mcp/server.h"
#include "transport/stop.h"

namespace transport {

struct StdioLimits {
  /// Bytes of one line; a longer one is answered with an error and skipped.
  std::size_t line = std::size_t{4} << 20U;
  /// Calls running at once, and calls that wait for one of them; beyond that a call is refused as busy.
  std::size_t workers = 256;
  std::size_t queue = 1024;
  /// End of input: how long calls in flight may finish by themselves, before their stop tokens fire.
  std::chrono::milliseconds grace{300};
  /// StopControl::stop with a code other than 0: the same.
  std::chrono::milliseconds drain{4500};
  /// How long cancelled calls may take to return before the server stops waiting for them.
  std::chrono::milliseconds unwind{400};
};

/// Serves one client until the input ends, the output breaks, or `stop` is asked. Returns the exit code: 0,
/// or what stop() was given. At the end of input and on stop(0) it returns within a second, whatever the
/// tools do.
///
/// `in` and `out` stay open and keep their flags. Whole lines are written to `out`, those of several calls
/// one after the other, and nothing after the return; only the last is cut short when the client does not
/// read it within 300 ms of the end. Calls run on threads that have ended when this returns, but for those of
/// tools that ignore their stop token: they still run and use `server` and its tools, so leave the process by
/// _exit then. Ignores SIGPIPE for the process.
int serve_stdio(const mcp::Server& server, int in, int out, StopControl& stop,
                const StdioLimits& limits = {});

}  // namespace transport
