// Where a static build finds the addresses of a name, one source after the other.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "net/lookup/addresses.h"

namespace net {

/// The sources, which tests replace. Each error is a clause without the source's name.
struct LookupSources {
  std::function<Addresses(const std::string& host)> hosts_file;
  std::function<Addresses(const std::string& host)> dns;  ///< and the file before it
  /// What the system's own resolver says (getent); nothing if the machine has no such program.
  std::function<std::optional<Addresses>(const std::string& host)> system;
  std::function<Addresses(const std::string& host)> mdns;

  /// /etc/hosts, the servers of /etc/resolv.conf, `getent ahosts`, multicast DNS.
  static const LookupSources& of_machine();
};

/// IP literals stand for themselves. Asks /etc/hosts and DNS, except that DNS is not asked about .local; then
/// the system's resolver, whose modules (such as LDAP or mdns) a static build cannot load; then, for .local,
/// multicast DNS. The error names what was asked.
Addresses look_everywhere(const std::string& host,
                          const LookupSources& sources = LookupSources::of_machine());

}  // namespace net
