#include "cli/reach.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

namespace cli {
namespace {

std::expected<Addresses, std::string> resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list); code != 0) {
    return std::unexpected(host + " cannot be found: " + ::gai_strerror(code));
  }
  Addresses found;
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    Address address;
    std::memcpy(&address.bytes, entry->ai_addr, entry->ai_addrlen);
    address.size = entry->ai_addrlen;
    std::array<char, NI_MAXHOST> name{};
    ::getnameinfo(entry->ai_addr, entry->ai_addrlen, name.data(), name.size(), nullptr, 0, NI_NUMERICHOST);
    const bool ipv6 = entry->ai_family == AF_INET6;
    address.text =
        (ipv6 ? "[" + std::string(name.data()) + "]" : std::string(name.data())) + ":" + std::to_string(port);
    found.all.push_back(std::move(address));
  }
  ::freeaddrinfo(list);
  return found;
}

// 0 when the connection opens, else an errno.
int try_open(const Address& address, std::chrono::milliseconds limit) {
  const int socket = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket < 0) return errno;
  int code = 0;
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) != 0) code = errno;
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
    out += address.text;
  }
  return out;
}

std::expected<Addresses, std::string> look_up(const std::string& host, std::uint16_t port,
                                              std::chrono::milliseconds limit) {
  auto promise = std::make_shared<std::promise<std::expected<Addresses, std::string>>>();
  auto result = promise->get_future();
  std::thread([promise, host, port] { promise->set_value(resolve(host, port)); }).detach();
  if (result.wait_for(limit) != std::future_status::ready) {
    return std::unexpected(host + " cannot be found: the name servers did not answer in " +
                           std::to_string(limit.count() / 1000) + " s");
  }
  return result.get();
}

std::expected<std::string, std::string> connects(const Addresses& addresses,
                                                 std::chrono::milliseconds limit) {
  std::string failures;
  for (const auto& address : addresses.all) {
    const int code = try_open(address, limit);
    if (code == 0) return address.text + " answers";
    if (!failures.empty()) failures += "; ";
    failures += address.text + ": " + std::generic_category().message(code);
  }
  return std::unexpected(failures.empty() ? "no address to connect to" : failures);
}

}  // namespace cli
