// The options of a guest's configuration: the rights to set them, the form in which PVE stores them, and
// whether a running guest applies them at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/guest/guest.h"

namespace simulator {

/// Whether the parameter is a line of the configuration ("digest", "delete", … are not).
bool is_option(const Call& call, std::string_view key);

/// The 403 or 500 if the caller may not set or delete the option. `value` is empty for a deletion; `pool` is
/// that of a guest to be created.
std::optional<Answer> refuse_option(const Call& call, GuestType type, std::string_view key,
                                    std::string_view value, std::string_view pool, const Config& present);

/// PVE's 400 about a value that matches the schema (an ISO image as a disk, an import with a size).
std::optional<Answer> bad_value(GuestType type, std::string_view key, std::string_view value);

/// The value as PVE writes it to the file, with MAC addresses added and tags sorted.
std::string normal_value(State& state, GuestType type, std::string_view key, std::string_view value);

/// The network line with a new MAC address.
std::string with_new_mac(State& state, GuestType type, std::string_view value);

/// Gives every network line of the configuration a new MAC address.
void renew_macs(State& state, GuestType type, Config& config);
/// Whether a running guest applies the option at once. Other options wait for the next start.
bool is_hot(GuestType type, std::string_view key);

/// Whether the key is the family's name and an index: "net0" is in family "net".
bool in_family(std::string_view key, std::string_view family);

}  // namespace simulator
