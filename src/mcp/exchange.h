// One request as the methods see it, whatever its era and transport.
#pragma once

#include <expected>
#include <optional>
#include <stop_token>
#include <string_view>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/revision.h"
#include "mcp/tools.h"

namespace mcp {

/// What the era adapter read: from the session (legacy) or from `params._meta` (modern).
struct Envelope {
  Revision revision = Revision::R2025_11_25;
  base::JsonObject client_capabilities;
  /// Has the shape of an id.
  std::optional<jsonrpc::Id> progress_token;
};

/// The client as someone who can be asked. Safe from many threads.
class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer() = default;

  /// Sends a request and waits for its result. Fails when the client answers with an error, does not answer
  /// in time, is gone, or `stop` fires; in the last two cases it is told that the request is void.
  virtual std::expected<base::Json, jsonrpc::Error> request(std::string_view method, std::string_view params,
                                                            std::stop_token stop) = 0;
};

/// Valid while the method runs.
struct Exchange {
  const Envelope& envelope;
  const base::JsonObject& params;
  const Caller& caller;
  Progress& progress;
  Peer& peer;
  std::stop_token stop;
};

}  // namespace mcp
