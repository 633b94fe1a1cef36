// Names by the file /etc/hosts and by DNS, without the system's resolver: a static build cannot load its
// modules.
#pragma once

#include <chrono>
#include <string>

#include "net/lookup/addresses.h"

namespace net {

enum class DnsSources { HostsFile, HostsFileAndServers };

/// Asks the file and then, if the sources name them, the servers of /etc/resolv.conf, with its search list.
/// Waits for at most `limit`. The addresses are in the order of RFC 6724. The error says only why, such as
/// "Domain name not found". Safe to call from several threads at once. `servers` ("127.0.0.1:53,…"), if not
/// empty, stand for those of the file.
Addresses dns_lookup(const std::string& host, DnsSources sources, std::chrono::milliseconds limit,
                     const std::string& servers = {});

/// Of the library that asks, such as "1.18.1".
std::string dns_library_version();

}  // namespace net
