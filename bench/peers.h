// The baseline of a call: the same HTTPS request without MCP.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/http.h"

namespace bench {

/// One TLS connection that the calling thread reads and writes with Beast alone: no pool, no other thread, no
/// time-out. It reconnects after the server closes it.
class Raw {
 public:
  Raw(std::string host, std::uint16_t port);
  ~Raw();
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  /// Returns the size of the body in bytes.
  std::size_t get(const std::string& target, const std::string& authorization);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bench
