// A server under test and raw connections to it.
#pragma once

#include <poll.h>

#include <condition_variable>
#include <mutex>
#include <utility>

#include "net/server.h"
#include "raw_server.h"

namespace test {

inline std::unique_ptr<net::Server> serve(net::ServerOptions options, net::Serve serve) {
  auto server = net::Server::start(std::move(options), std::move(serve));
  EXPECT_TRUE(server) << server.error();
  return std::move(*server);
}

/// Connected; a read that takes 10 s fails.
inline int dial(const net::Server& server, int receive_buffer = 0) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (receive_buffer > 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  const timeval patience{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return fd;
}

/// Up to and with `end`; what came when the peer closed before.
inline std::string read_until(Peer& peer, std::string_view end) {
  std::string text;
  while (!text.ends_with(end)) {
    const auto byte = peer.read(1);
    if (byte.empty()) break;
    text += byte;
  }
  return text;
}

/// Everything the server says to `request` until it closes.
inline std::string ask(const net::Server& server, std::string_view request) {
  Peer peer(dial(server));
  peer.write(request);
  return peer.read_all();
}

/// A value that one thread gives and another waits for.
template <class Value>
class Mailbox {
 public:
  void put(Value value) {
    const std::scoped_lock lock(mutex_);
    values_.push_back(std::move(value));
    changed_.notify_all();
  }
  /// Fails the test, and gives an empty value, when none comes within a minute.
  Value get() {
    std::unique_lock lock(mutex_);
    const bool there = changed_.wait_for(lock, std::chrono::minutes(1), [&] { return !values_.empty(); });
    EXPECT_TRUE(there) << "nothing came";
    if (!there) return {};
    Value value = std::move(values_.front());
    values_.erase(values_.begin());
    return value;
  }
  bool empty() {
    const std::scoped_lock lock(mutex_);
    return values_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Value> values_;
};

using Responders = Mailbox<std::shared_ptr<net::Responder>>;

}  // namespace test
