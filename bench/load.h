// Simulates many callers of one MCP server over HTTP on loopback.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/child.h"

namespace bench {

/// One persistent connection; plain HTTP, blocking.
class HttpPeer {
 public:
  explicit HttpPeer(std::uint16_t port);
  ~HttpPeer();
  HttpPeer(HttpPeer&& other) noexcept : socket_(other.socket_), buffer_(std::move(other.buffer_)) {
    other.socket_ = -1;
  }
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;
  HttpPeer& operator=(HttpPeer&&) = delete;

  struct Answer {
    std::string head;
    std::string body;
  };
  void send(const std::string& request);
  /// Returns a complete answer; the body of a chunked answer keeps its chunk headers.
  Answer receive();
  /// Waits until the peer has sent these words.
  void receive_until(std::string_view words);

 private:
  void fill();

  int socket_ = -1;
  std::string buffer_;
};

struct Load {
  std::vector<std::chrono::nanoseconds> latencies;  ///< sorted
  std::chrono::nanoseconds took{};
  std::chrono::nanoseconds cpu{};  ///< CPU time of the server
  std::size_t resident = 0;        ///< the server's resident memory at the end, in kB
};

/// What a caller does first on its connection; returns the request that the caller then repeats. Safe from
/// many threads.
using Greet = std::function<std::string(HttpPeer&)>;

/// Runs `callers` threads that send their request repeatedly for that time. Exits the benchmark if an answer
/// lacks `expected`.
Load call(std::uint16_t port, const Greet& greet, std::string_view expected, int callers,
          std::chrono::seconds time, const Child& server);

}  // namespace bench
