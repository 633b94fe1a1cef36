// The options of a guest's configuration: who may set them, what PVE makes of a value, what a running guest
// takes at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "simulator/guest/guest.h"

namespace simulator {

/// Of the endpoint's parameters, those that are lines of the configuration ("digest", "delete", … are not).
bool is_option(const Call& call, std::string_view key);

/// The 403 or 500 when the caller may not set or delete the option; `value` is empty for a deletion. `pool`
/// is where a guest to be created goes.
std::optional<Answer> refuse_option(const Call& call, GuestType type, std::string_view key,
                                    std::string_view value, std::string_view pool, const Config& present);

/// What PVE refuses of a value that fits the schema (an ISO image as a disk, an import with a size); the 400.
std::optional<Answer> bad_value(GuestType type, std::string_view key, std::string_view value);

/// The value as PVE writes it to the file: MAC addresses added, tags sorted.
std::string normal_value(State& state, GuestType type, std::string_view key, std::string_view value);

/// A network line with a new MAC address.
std::string with_new_mac(State& state, GuestType type, std::string_view value);

/// Taken over by a running guest at once; others wait for the next start.
bool is_hot(GuestType type, std::string_view key);

/// True for the key and its index: "net0" is in family "net".
bool in_family(std::string_view key, std::string_view family);

}  // namespace simulator
