#include "net/lookup/dns.h"

#include <ares.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace net {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kServerTimeout = 1500;  // ms, for the first attempt; the library doubles it
constexpr int kAttempts = 2;

/// The sockets of one look-up and what they wait for.
using Sockets = std::map<ares_socket_t, short>;

void watch(void* data, ares_socket_t socket, int readable, int writable) {
  auto& sockets = *static_cast<Sockets*>(data);
  const int events = (readable != 0 ? POLLIN : 0) | (writable != 0 ? POLLOUT : 0);
  if (events == 0) {
    sockets.erase(socket);
  } else {
    sockets[socket] = static_cast<short>(events);
  }
}

std::string text_of(const ares_addrinfo_node& node) {
  std::array<char, NI_MAXHOST> text{};
  const auto& in4 = *reinterpret_cast<const sockaddr_in*>(node.ai_addr);
  const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(node.ai_addr);
  const void* bytes = node.ai_family == AF_INET ? static_cast<const void*>(&in4.sin_addr)
                                                : static_cast<const void*>(&in6.sin6_addr);
  if (ares_inet_ntop(node.ai_family, bytes, text.data(), static_cast<ares_socklen_t>(text.size())) == nullptr)
    return {};
  return text.data();
}

void arrived(void* data, int status, int /*timeouts*/, ares_addrinfo* found) {
  auto& result = *static_cast<std::optional<Addresses>*>(data);
  const std::unique_ptr<ares_addrinfo, decltype(&ares_freeaddrinfo)> list(found, &ares_freeaddrinfo);
  if (status != ARES_SUCCESS) {
    result = std::unexpected(std::string(ares_strerror(status)));
    return;
  }
  std::vector<std::string> addresses;
  for (const auto* node = list->nodes; node != nullptr; node = node->ai_next) {
    auto text = text_of(*node);
    if (!text.empty() && std::ranges::find(addresses, text) == addresses.end())
      addresses.push_back(std::move(text));
  }
  if (addresses.empty()) {
    result = std::unexpected(std::string("the name has no address"));
  } else {
    result = std::move(addresses);
  }
}

/// Until the answer is there, or `end`.
void run(ares_channel channel, const Sockets& sockets, const std::optional<Addresses>& result,
         Steady::time_point end) {
  while (!result) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) return;
    std::vector<pollfd> watched;
    for (const auto& [socket, events] : sockets) watched.push_back({socket, events, 0});
    timeval most{left.count() / 1000, static_cast<suseconds_t>(left.count() % 1000) * 1000};
    timeval next{};
    const auto* const wait = ares_timeout(channel, &most, &next);
    const auto milliseconds = static_cast<int>(wait->tv_sec * 1000 + (wait->tv_usec + 999) / 1000);
    const int ready = ::poll(watched.data(), watched.size(), milliseconds);
    if (ready <= 0) {
      ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
      continue;
    }
    for (const auto& one : watched) {
      if (one.revents == 0) continue;
      const bool in = (one.revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool out = (one.revents & POLLOUT) != 0;
      ares_process_fd(channel, in ? one.fd : ARES_SOCKET_BAD, out ? one.fd : ARES_SOCKET_BAD);
    }
  }
}

/// The library is set up once for the process.
int set_up_once() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  return status;
}

}  // namespace

Addresses dns_lookup(const std::string& host, DnsSources sources, std::chrono::milliseconds limit,
                     const std::string& servers) {
  if (const int status = set_up_once(); status != ARES_SUCCESS)
    return std::unexpected(std::string(ares_strerror(status)));
  const auto end = Steady::now() + limit;
  Sockets sockets;
  std::optional<Addresses> result;
  std::string order = sources == DnsSources::HostsFile ? "f" : "fb";
  ares_options options{};
  options.sock_state_cb = watch;
  options.sock_state_cb_data = &sockets;
  options.lookups = order.data();
  options.timeout = kServerTimeout;
  options.tries = kAttempts;
  ares_channel made = nullptr;
  const int mask = ARES_OPT_SOCK_STATE_CB | ARES_OPT_LOOKUPS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES;
  if (const int status = ares_init_options(&made, &options, mask); status != ARES_SUCCESS)
    return std::unexpected(std::string(ares_strerror(status)));
  // Its end answers what is still open, so `result` and `sockets` must live until then.
  const std::unique_ptr<std::remove_pointer_t<ares_channel>, decltype(&ares_destroy)> channel(made,
                                                                                              &ares_destroy);
  if (!servers.empty()) {
    if (const int status = ares_set_servers_ports_csv(made, servers.c_str()); status != ARES_SUCCESS)
      return std::unexpected(std::string(ares_strerror(status)));
  }
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(made, host.c_str(), nullptr, &hints, arrived, &result);
  run(made, sockets, result, end);
  if (!result) return std::unexpected(std::string("no server answered in time"));
  return *std::move(result);
}

std::string dns_library_version() { return ares_version(nullptr); }

}  // namespace net
