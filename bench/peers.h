// What a call is compared with: the same HTTPS request without MCP around it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "net/http.h"

namespace bench {

/// One TLS connection, written and read on the calling thread by Beast alone: no pool, no thread, no
/// time-out. It reconnects when the server closes.
class Raw {
 public:
  Raw(std::string host, std::uint16_t port);
  ~Raw();
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  /// Bytes of the body.
  std::size_t get(const std::string& target, const std::string& authorization);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace bench
