// A listening socket whose connections a test serves by hand, byte by byte.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace test {

/// Ends a connection when it goes.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  /// With a reset instead of an orderly end.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void write(std::string_view text) {
    while (!text.empty()) {
      const auto count = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  /// write(), and back once the other end, on this machine too, has taken it from its socket.
  void write_and_wait(std::string_view text) {
    write(text);
    sockaddr_in own{};
    sockaddr_in other{};
    socklen_t size = sizeof own;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &size);
    ::getpeername(fd_, reinterpret_cast<sockaddr*>(&other), &size);
    char line[64];
    std::snprintf(line, sizeof line, ":%04X 0100007F:%04X 01 00000000:00000000", ntohs(other.sin_port),
                  ntohs(own.sin_port));
    for (;;) {
      std::ifstream table("/proc/net/tcp");
      const std::string all{std::istreambuf_iterator<char>(table), {}};
      if (all.find(line) != std::string::npos) return;
      // Or has closed: then there is no such connection in the state "established".
      if (all.find(std::string(line, 22)) == std::string::npos) return;
      std::this_thread::yield();
    }
  }
  /// Up to and with the first empty line; "" when the peer closed.
  std::string read_head() {
    std::string head;
    char c = 0;
    while (!head.ends_with("\r\n\r\n")) {
      if (received(::recv(fd_, &c, 1, 0)) != 1) return {};
      head += c;
    }
    return head;
  }
  std::string read(std::size_t size) {
    std::string text(size, '\0');
    const auto count = received(::recv(fd_, text.data(), size, MSG_WAITALL));
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
  }
  /// Until the peer closes.
  std::string read_all() {
    std::string text;
    char buffer[4096];
    for (;;) {
      const auto count = received(::recv(fd_, buffer, sizeof buffer, 0));
      if (count <= 0) return text;
      text.append(buffer, static_cast<std::size_t>(count));
    }
  }
  int fd() const { return fd_; }

 private:
  /// An end that never came must not be taken for one.
  static ssize_t received(ssize_t count) {
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "nothing came in time";
    return count;
  }

  int fd_;
};

/// Serves one connection after the other, each with its function; then closes the port.
class RawServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit RawServer(std::vector<Script> scripts) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, scripts = std::move(scripts)] {
      for (const auto& script : scripts) {
        const int fd = ::accept(listener_, nullptr, nullptr);
        if (fd < 0) break;
        Peer peer(fd);
        script(peer);
      }
      ::close(listener_);
    });
  }
  ~RawServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace test
