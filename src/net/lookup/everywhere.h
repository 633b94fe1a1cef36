// Where a static build finds the addresses of a name, one source after the other.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "net/lookup/addresses.h"

namespace net {

/// The sources, which tests replace; each waits for at most `limit`. Each error is a clause without the
/// source's name.
struct LookupSources {
  using Ask = std::function<Addresses(const std::string& host, std::chrono::milliseconds limit)>;

  Ask hosts_file;
  Ask dns;  ///< and the file before it
  /// What the system's own resolver says (getent); nothing if the machine has no such program.
  std::function<std::optional<Addresses>(const std::string& host, std::chrono::milliseconds limit)> system;
  Ask mdns;

  /// /etc/hosts, the servers of /etc/resolv.conf, `getent ahosts`, multicast DNS.
  static const LookupSources& of_machine();
};

/// What the program getent of the system below `root` says; nothing if there is none.
std::optional<Addresses> ask_getent(const std::string& host, std::chrono::milliseconds limit,
                                    const std::filesystem::path& root = "/");

/// IP literals stand for themselves. Asks /etc/hosts and DNS, except that DNS is not asked about .local; then
/// the system's resolver, whose modules (such as LDAP or mdns) a static build cannot load; then, for .local,
/// multicast DNS. Takes less than the 5 s of a connection. The error names what was asked.
Addresses look_everywhere(const std::string& host, const LookupSources& sources = LookupSources::of_machine(),
                          const base::Clock& clock = base::SystemClock());

}  // namespace net
