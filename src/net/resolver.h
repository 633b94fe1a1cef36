// Names to addresses, without ever making anybody wait: getaddrinfo runs on a thread of its own.
#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace net {

/// IP literals (with a zone where one is needed), or a clause that says why there are none.
using Addresses = std::expected<std::vector<std::string>, std::string>;
using Lookup = std::function<Addresses(const std::string& host)>;

/// getaddrinfo; may hang for as long as the system's resolver does.
Addresses system_lookup(const std::string& host);

/// Runs `lookup` on a detached thread that takes no signals and gives the result to `done` there. Both may
/// outlive the caller: capture nothing that does not live as long.
void look_up(std::string host, Lookup lookup, const std::function<void(Addresses)>& done);

}  // namespace net
