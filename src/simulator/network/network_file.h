// /etc/network/interfaces: what PVE makes of a section when it writes the file and reads it again, the file's
// text, and the difference of two files.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/state.h"

namespace simulator {

/// The section as PVE has it after writing and reading: addresses of a family without a stanza are gone,
/// `cidr` and `netmask` are recomputed, defaults of the type are filled in. `families` is blank-separated.
Config settled(std::string_view iface, Config section);
/// Sections with all defaults, in whatever form they were given.
Named<Config> settled(const Named<Config>& sections);

/// Why PVE refuses to write that file (a 500's text), if it does.
std::expected<void, std::string> check_file(const Named<Config>& sections);

/// The interfaces in the order in which PVE writes them.
std::vector<std::string> file_order(const Named<Config>& sections);
/// The file's text.
std::string file_text(const Named<Config>& sections);
/// `diff -b -N -u` of the two texts; empty when they are equal.
std::string file_diff(std::string_view before, std::string_view after, std::int64_t now);

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);
/// Prefix length of a dotted IPv4 netmask; -1 for anything else.
int mask_bits(std::string_view mask);

}  // namespace simulator
