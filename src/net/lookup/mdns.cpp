#include "net/lookup/mdns.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <system_error>

namespace net {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds kRepeat{1};
/// After an answer, for the addresses of the other family.
constexpr std::chrono::milliseconds kMore{100};
constexpr std::array kTypes = {ns_t_a, ns_t_aaaa};
/// Anybody on the network can answer, and as often as they like.
constexpr std::size_t kMostAddresses = 16;
constexpr int kMostAtOnce = 64;
/// The highest bit of a class says in multicast DNS that the record is the only one.
constexpr int kClassBits = 0x7FFF;

using Question = std::vector<unsigned char>;

/// Empty if the name does not fit into a question.
Question question(const std::string& host, ns_type type) {
  Question bytes(NS_PACKETSZ);
  const int size = ::res_mkquery(ns_o_query, host.c_str(), ns_c_in, type, nullptr, 0, nullptr, bytes.data(),
                                 static_cast<int>(bytes.size()));
  bytes.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
  return bytes;
}

class Socket {
 public:
  Socket() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// The IPv4 addresses of the interfaces that are up and can send to many.
std::vector<in_addr> interfaces() {
  std::vector<in_addr> found;
  ifaddrs* raw = nullptr;
  if (::getifaddrs(&raw) != 0) return found;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(raw, &::freeifaddrs);
  for (const auto* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    constexpr unsigned kNeeded = IFF_UP | IFF_MULTICAST;
    if (entry->ifa_addr == nullptr || entry->ifa_addr->sa_family != AF_INET) continue;
    if ((entry->ifa_flags & kNeeded) != kNeeded || (entry->ifa_flags & IFF_LOOPBACK) != 0) continue;
    found.push_back(reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr);
  }
  return found;
}

/// Returns true if one of them went out.
bool send(int socket, const std::vector<Question>& questions, const sockaddr_in& to) {
  bool sent = false;
  const auto send_all = [&] {
    for (const auto& bytes : questions)
      sent = ::sendto(socket, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&to),
                      sizeof to) > 0 ||
             sent;
  };
  if (!IN_MULTICAST(ntohl(to.sin_addr.s_addr))) {
    send_all();
    return sent;
  }
  for (const auto& from : interfaces()) {
    if (::setsockopt(socket, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) == 0) send_all();
  }
  return sent;
}

/// The text of an address record; empty if it is none, or an address that holds for one link only.
std::string address_of(const ns_rr& record) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool four = ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == sizeof(in_addr);
  const bool six = ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == sizeof(in6_addr);
  if (!four && !six) return {};
  const auto* bytes = ns_rr_rdata(record);
  if (six && bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) return {};
  return ::inet_ntop(four ? AF_INET : AF_INET6, bytes, text.data(), text.size()) == nullptr ? ""
                                                                                            : text.data();
}

/// Adds the addresses that the message gives to `host`.
void read(std::span<const unsigned char> message, const std::string& host,
          std::vector<std::string>& addresses) {
  ns_msg parsed{};
  if (::ns_initparse(message.data(), static_cast<int>(message.size()), &parsed) != 0) return;
  if (ns_msg_getflag(parsed, ns_f_qr) == 0 || ns_msg_getflag(parsed, ns_f_rcode) != ns_r_noerror) return;
  for (int i = 0; i < ns_msg_count(parsed, ns_s_an); ++i) {
    ns_rr record{};
    if (::ns_parserr(&parsed, ns_s_an, i, &record) != 0) return;
    if ((ns_rr_class(record) & kClassBits) != ns_c_in) continue;
    if (::strcasecmp(ns_rr_name(record), host.c_str()) != 0 || addresses.size() == kMostAddresses) continue;
    auto text = address_of(record);
    if (!text.empty() && std::ranges::find(addresses, text) == addresses.end())
      addresses.push_back(std::move(text));
  }
}

void receive(int socket, const std::string& host, std::vector<std::string>& addresses) {
  std::array<unsigned char, 9000> buffer{};
  for (int i = 0; i < kMostAtOnce; ++i) {
    const auto size = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (size <= 0) return;
    read(std::span(buffer).first(static_cast<std::size_t>(size)), host, addresses);
  }
}

}  // namespace

Addresses mdns_lookup(const std::string& host, std::chrono::milliseconds limit, const MdnsGroup& group) {
  const auto name = host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
  std::vector<Question> questions;
  for (const auto type : kTypes) {
    questions.push_back(question(name, type));
    if (questions.back().empty()) return std::unexpected(std::string("it is not a valid name"));
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(group.port);
  ::inet_pton(AF_INET, group.address.c_str(), &to.sin_addr);
  const Socket socket;
  if (socket.get() < 0) return std::unexpected(std::generic_category().message(errno));

  std::vector<std::string> addresses;
  auto end = Steady::now() + limit;
  auto next = Steady::now();
  bool sent = false;
  while (Steady::now() < end) {
    if (addresses.empty() && Steady::now() >= next) {
      sent = send(socket.get(), questions, to) || sent;
      if (!sent) return std::unexpected(std::string("no network interface can send to many"));
      next += kRepeat;
    }
    const auto until = addresses.empty() ? std::min(end, next) : end;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    pollfd watched{socket.get(), POLLIN, 0};
    if (::poll(&watched, 1, static_cast<int>(std::max<std::int64_t>(wait.count(), 0))) <= 0) continue;
    const bool first = addresses.empty();
    receive(socket.get(), name, addresses);
    if (first && !addresses.empty()) end = std::min(end, Steady::now() + kMore);
  }
  if (addresses.empty()) return std::unexpected(std::string("no machine answered"));
  return addresses;
}

}  // namespace net
