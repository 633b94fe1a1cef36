#include "net/resolver.h"

#include <future>
#include <memory>
#include <system_error>
#include <utility>

#include "net/lookup/everywhere.h"
#include "net/thread.h"

#ifndef MCP_PVE_STATIC
#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#endif

namespace net {

#ifdef MCP_PVE_STATIC

Addresses system_lookup(const std::string& host) { return look_everywhere(host); }

#else

Addresses system_lookup(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  // No AI_ADDRCONFIG: it hides loopback names on a host without a network, and a wrong family fails at once.
  addrinfo* raw = nullptr;
  const int result = ::getaddrinfo(host.c_str(), nullptr, &hints, &raw);
  if (result != 0) {
    const char* text = result == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(result);
    return std::unexpected(std::string(text));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(raw, &::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) != 0)
      continue;
    if (std::ranges::find(addresses, text.data()) == addresses.end()) addresses.emplace_back(text.data());
  }
  if (addresses.empty()) return std::unexpected("the name has no address");
  return addresses;
}

#endif

void look_up(std::string host, Lookup lookup, const std::function<void(Addresses)>& done) {
  const auto task = [host = std::move(host), lookup = std::move(lookup), done] {
    done(lookup ? lookup(host) : system_lookup(host));
  };
  try {
    quiet_thread(task).detach();
  } catch (const std::system_error& error) {
    done(std::unexpected(std::string("no thread for the look-up: ") + error.what()));
  }
}

Addresses look_up_within(const std::string& host, std::chrono::milliseconds limit) {
  auto promise = std::make_shared<std::promise<Addresses>>();
  auto result = promise->get_future();
  look_up(host, {}, [promise](Addresses addresses) { promise->set_value(std::move(addresses)); });
  if (result.wait_for(limit) == std::future_status::ready) return result.get();
  return std::unexpected("the name servers did not answer in " +
                         std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) + " s");
}

}  // namespace net
