// Names to addresses, without ever making anybody wait: each look-up runs on a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "net/lookup/addresses.h"

namespace net {

using Lookup = std::function<Addresses(const std::string& host)>;

/// getaddrinfo, which may hang for as long as the system's resolver does; in a static build
/// look_everywhere().
Addresses system_lookup(const std::string& host);

/// Runs `lookup` (empty: system_lookup) on a detached thread that takes no signals and gives the result to
/// `done` there. Both may outlive the caller: capture nothing that does not live as long.
void look_up(std::string host, Lookup lookup, const std::function<void(Addresses)>& done);

/// The same for a caller that waits, for at most `limit`; the look-up's thread may then outlive the call.
Addresses look_up_within(const std::string& host, std::chrono::milliseconds limit);

}  // namespace net
