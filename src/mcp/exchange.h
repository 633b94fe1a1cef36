// One request as the methods see it, whatever its era and transport.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/json.h"
#include "jsonrpc/message.h"
#include "mcp/revision.h"
#include "seam/request.h"

namespace mcp {

class InFlight;

/// What the era adapter read: from the session (legacy) or from `params._meta` (modern).
struct Envelope {
  Revision revision = Revision::R2025_11_25;
  base::JsonObject client_capabilities;
  /// Has the shape of an id.
  std::optional<jsonrpc::Id> progress_token;
  /// From which level on the client wants logs; absent: none.
  std::optional<LogLevel> log_level;
  /// The trace of `traceparent` (W3C), 32 hexadecimal digits; empty: none.
  std::string trace;
};

/// The client: it can be asked questions, and it keeps settings for its session. Safe from many threads.
class Peer {
 public:
  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  virtual ~Peer() = default;

  /// Called now and then while the answer has not come.
  using Waits = std::function<void()>;
  /// Sends a request and waits for its result. Fails when the client answers with an error, does not answer
  /// in time (Patience), is gone, or `stop` fires; in the last two cases it is told that the request is void.
  virtual std::expected<base::Json, jsonrpc::Error> request(std::string_view method, std::string_view params,
                                                            std::stop_token stop, const Waits& waits) = 0;

  /// Legacy sessions only.
  virtual void set_log_level(LogLevel level) = 0;
  /// False: too many.
  virtual bool subscribe(const std::string& uri) = 0;
  virtual void unsubscribe(const std::string& uri) = 0;
};

/// Valid while the method runs.
struct Exchange {
  const Envelope& envelope;
  const base::JsonObject& params;
  const Caller& caller;
  Progress& progress;
  Log& log;
  Peer& peer;
  std::stop_token stop;
  /// Of methods that stay open (Pace::Stream); else null.
  std::shared_ptr<InFlight> stream{};
  /// A method's remark for the log about its outcome, if that is not an error of the protocol.
  std::string* remark = nullptr;

  Request request(const base::JsonObject& inputs) const {
    return {caller, era(envelope.revision), envelope.client_capabilities, inputs, progress, log, stop};
  }
};

}  // namespace mcp
