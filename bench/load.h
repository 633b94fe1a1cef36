// Many callers of one MCP server over HTTP on loopback.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/child.h"

namespace bench {

/// One connection that is kept; plain HTTP, blocking.
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
  /// A whole answer; of one in chunks the body is as it came.
  Answer receive();
  /// Waits until these words have come.
  void receive_until(std::string_view words);

 private:
  void fill();

  int socket_ = -1;
  std::string buffer_;
};

struct Load {
  std::vector<std::chrono::nanoseconds> latencies;  ///< sorted
  std::chrono::nanoseconds took{};
  std::chrono::nanoseconds cpu{};  ///< of the server
  std::size_t resident = 0;        ///< kB at the end
};

/// What a caller does first on its connection; gives the request that it then repeats. Safe from many
/// threads.
using Greet = std::function<std::string(HttpPeer&)>;

/// `callers` threads send their request again and again for that long. Gives up when an answer lacks
/// `expected`.
Load call(std::uint16_t port, const Greet& greet, std::string_view expected, int callers,
          std::chrono::seconds time, const Child& server);

}  // namespace bench
