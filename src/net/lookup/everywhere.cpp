#include "net/lookup/everywhere.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "base/program.h"
#include "base/text.h"
#include "net/lookup/dns.h"
#include "net/lookup/mdns.h"

namespace net {
namespace {

using namespace std::chrono_literals;
using Limit = std::chrono::milliseconds;

// A connection waits for five seconds in all, so its error can name what was tried if all of it takes less.
constexpr Limit kAll = 4500ms;
constexpr Limit kDnsLimit = 3s;
constexpr Limit kMdnsLimit = 2500ms;
constexpr std::size_t kMostOutput = 16 * 1024;

bool is_literal(std::string_view host) {
  const std::string address(host.substr(0, host.find('%')));
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1;
}

bool is_local(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  return base::lower_ascii(host).ends_with(".local");
}

/// The addresses in the output of `getent ahosts`: the first word of each line.
std::vector<std::string> addresses_in(std::string_view output) {
  std::vector<std::string> addresses;
  for (const auto line : base::split(output, '\n')) {
    const std::string word(line.substr(0, line.find_first_of(" \t")));
    if (is_literal(word) && std::ranges::find(addresses, word) == addresses.end()) addresses.push_back(word);
  }
  return addresses;
}

}  // namespace

std::optional<Addresses> ask_getent(const std::string& host, Limit limit, const std::filesystem::path& root) {
  // It would be read as an option.
  if (host.starts_with('-')) return std::nullopt;
  const auto end =
      base::run_program({"getent", "ahosts", host}, {.time = limit, .output = kMostOutput}, root);
  if (end.start_error == ENOENT) return std::nullopt;
  if (end.killed)
    return std::unexpected(
        fmt::format("no answer within {:.1f} s", std::chrono::duration<double>(limit).count()));
  auto addresses = end.succeeded() ? addresses_in(end.output) : std::vector<std::string>();
  if (addresses.empty()) return std::unexpected(std::string("not found"));
  return addresses;
}

const LookupSources& LookupSources::of_machine() {
  static const LookupSources sources{
      .hosts_file = [](const std::string& host,
                       Limit limit) { return dns_lookup(host, DnsSources::HostsFile, limit); },
      .dns = [](const std::string& host,
                Limit limit) { return dns_lookup(host, DnsSources::HostsFileAndServers, limit); },
      .system = [](const std::string& host, Limit limit) { return ask_getent(host, limit); },
      .mdns = [](const std::string& host, Limit limit) { return mdns_lookup(host, limit); }};
  return sources;
}

Addresses look_everywhere(const std::string& host, const LookupSources& sources, const base::Clock& clock) {
  if (is_literal(host)) return std::vector{host};
  const auto end = clock.steady() + kAll;
  const auto left = [&] {
    return std::max(Limit{1}, std::chrono::duration_cast<Limit>(end - clock.steady()));
  };
  const bool local = is_local(host);
  auto found = local ? sources.hosts_file(host, kDnsLimit) : sources.dns(host, kDnsLimit);
  if (found) return found;
  auto tried = local ? "it is not in /etc/hosts" : "/etc/hosts and DNS: " + found.error();
  const auto said = sources.system(host, local ? std::max(Limit{1}, left() - kMdnsLimit) : left());
  if (said && *said) return *said;
  tried += said ? "; getent: " + said->error() : "; there is no program getent to ask the system's resolver";
  if (local) {
    found = sources.mdns(host, std::min(kMdnsLimit, left()));
    if (found) return found;
    tried += "; multicast DNS: " + found.error();
  }
  return std::unexpected(std::move(tried));
}

}  // namespace net
