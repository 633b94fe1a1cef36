// Where messages for the client go.
#pragma once

#include <string_view>

#include "jsonrpc/message.h"

namespace mcp {

/// Safe from many threads; messages never interleave.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// One message as JSON text on one line, without the line break. Dropped silently if the client is gone.
  virtual void send(std::string_view message) = 0;
  /// False: send() falls away, because the client takes the answer and nothing else.
  virtual bool sends() const { return true; }
  /// The same, for the answer to a request, and with the error when it is one. After it nothing is sent about
  /// that request.
  virtual void answer(std::string_view message, const jsonrpc::Error* /*error*/) { send(message); }
  /// See Progress::pause().
  virtual void pause() {}
};

}  // namespace mcp
