// Where messages for the client go.
#pragma once

#include <string_view>

namespace mcp {

/// Safe from many threads; messages never interleave.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  /// One message as JSON text on one line, without the line break. Gone silently when the client is.
  virtual void send(std::string_view message) = 0;
};

}  // namespace mcp
