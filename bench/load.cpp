#include "bench/load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <thread>

namespace bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::string_view kHeadEnd = "\r\n\r\n";

}  // namespace

HttpPeer::HttpPeer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API requires it
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    give_up("the server does not accept a connection");
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

HttpPeer::~HttpPeer() {
  if (socket_ >= 0) ::close(socket_);
}

void HttpPeer::send(const std::string& request) {
  for (std::size_t sent = 0; sent < request.size();) {
    const auto count = ::send(socket_, request.data() + sent, request.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) give_up("the server closed a connection");
    sent += static_cast<std::size_t>(count);
  }
}

void HttpPeer::fill() {
  std::array<char, 65'536> chunk;
  const auto count = ::recv(socket_, chunk.data(), chunk.size(), 0);
  if (count <= 0) give_up("the server closed a connection");
  buffer_.append(chunk.data(), static_cast<std::size_t>(count));
}

void HttpPeer::receive_until(std::string_view words) {
  while (buffer_.find(words) == std::string::npos) fill();
}

HttpPeer::Answer HttpPeer::receive() {
  receive_until(kHeadEnd);
  const auto begin = buffer_.find(kHeadEnd) + kHeadEnd.size();
  std::string head = buffer_.substr(0, begin);
  std::ranges::transform(head, head.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  constexpr std::string_view kLength = "\r\ncontent-length: ";
  const auto at = head.find(kLength);
  std::size_t end = 0;
  if (at != std::string::npos) {
    std::size_t length = 0;
    std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
    end = begin + length;
    while (buffer_.size() < end) fill();
  } else if (head.find("\r\ntransfer-encoding: chunked") != std::string::npos) {
    constexpr std::string_view kLast = "\r\n0\r\n\r\n";
    receive_until(kLast);
    end = buffer_.find(kLast) + kLast.size();
  } else {
    end = begin;
  }
  Answer answer{std::move(head), buffer_.substr(begin, end - begin)};
  buffer_.erase(0, end);
  return answer;
}

Load call(std::uint16_t port, const Greet& greet, std::string_view expected, int callers,
          std::chrono::seconds time, const Child& server) {
  std::vector<std::vector<std::chrono::nanoseconds>> times(static_cast<std::size_t>(callers));
  const auto before = server.cpu();
  const auto begin = Steady::now();
  {
    std::vector<std::jthread> threads;
    for (auto& mine : times) {
      threads.emplace_back([&] {
        HttpPeer peer(port);
        const auto request = greet(peer);
        while (Steady::now() - begin < time) {
          const auto sent = Steady::now();
          peer.send(request);
          const auto answer = peer.receive();
          mine.push_back(Steady::now() - sent);
          if (answer.body.find(expected) == std::string::npos) give_up("a call failed: " + answer.body);
        }
      });
    }
  }
  Load load;
  load.took = Steady::now() - begin;
  load.cpu = server.cpu() - before;
  load.resident = server.resident();
  for (const auto& mine : times) load.latencies.insert(load.latencies.end(), mine.begin(), mine.end());
  std::ranges::sort(load.latencies);
  return load;
}

}  // namespace bench
