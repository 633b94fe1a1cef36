#include "cli/reach.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "net/resolver.h"

namespace cli {
namespace {

std::string text_of(const std::string& address, std::uint16_t port) {
  const bool ipv6 = address.find(':') != std::string::npos;
  return (ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

// 0 when the connection opens, else an errno.
int try_open(const std::string& address, std::uint16_t port, std::chrono::milliseconds limit) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* raw = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &raw) != 0) return EINVAL;
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> end(raw, &::freeaddrinfo);
  const int socket = ::socket(end->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno;
  int code = 0;
  if (::connect(socket, end->ai_addr, end->ai_addrlen) != 0) code = errno;
  if (code == EINPROGRESS) {
    pollfd wait{socket, POLLOUT, 0};
    const int ready = ::poll(&wait, 1, static_cast<int>(limit.count()));
    socklen_t size = sizeof code;
    if (ready <= 0 || ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) != 0) code = ETIMEDOUT;
  }
  ::close(socket);
  return code;
}

}  // namespace

std::string Addresses::text() const {
  std::string out;
  for (const auto& address : all) {
    if (!out.empty()) out += ", ";
    out += text_of(address, port);
  }
  return out;
}

std::expected<Addresses, std::string> look_up(const std::string& host, std::uint16_t port,
                                              std::chrono::milliseconds limit) {
  auto found = net::look_up_within(host, limit);
  if (!found) return std::unexpected(host + " cannot be found: " + found.error());
  return Addresses{*std::move(found), port};
}

std::expected<std::string, std::string> connects(const Addresses& addresses,
                                                 std::chrono::milliseconds limit) {
  std::string failures;
  for (const auto& address : addresses.all) {
    const int code = try_open(address, addresses.port, limit);
    if (code == 0) return text_of(address, addresses.port) + " answers";
    if (!failures.empty()) failures += "; ";
    failures += text_of(address, addresses.port) + ": " + std::generic_category().message(code);
  }
  return std::unexpected(failures.empty() ? "no address to connect to" : failures);
}

}  // namespace cli
