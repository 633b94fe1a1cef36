// /etc/network/interfaces: its text, its sections after PVE has written and read it, and the difference of
// two files.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "simulator/core/state.h"

namespace simulator {

/// The section after PVE has written and read it: addresses of a family without a stanza are gone, `cidr` and
/// `netmask` are recomputed, defaults of the type are filled in. `families` is blank-separated.
Config settled(std::string_view iface, Config section);
/// The same for all sections of a file.
Named<Config> settled(const Named<Config>& sections);

/// The error is the text of PVE's 500 if it refuses to write the file.
std::expected<void, std::string> check_file(const Named<Config>& sections);

/// The interfaces in the order in which PVE writes them.
std::vector<std::string> file_order(const Named<Config>& sections);
/// The file's text.
std::string file_text(const Named<Config>& sections);
/// The output of `diff -b -N -u` for the two texts; empty if they are equal. `now` is in seconds since 1970.
std::string file_diff(std::string_view before, std::string_view after, std::int64_t now);

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);
/// The prefix length of a dotted IPv4 netmask; -1 for any other text.
int mask_bits(std::string_view mask);

}  // namespace simulator
