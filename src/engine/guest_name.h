// A guest as a person names it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pve/guests.h"

namespace engine {

/// "100 (web01)", as completion offers it.
std::string shown_guest(std::int64_t vmid, std::string_view name);

/// The number of "100" and of "100 (web01)", whatever the name; nothing of another text.
std::optional<std::int64_t> guest_number(std::string_view text);

/// By number, by the form above, or by a name that only one has. The error is a sentence.
std::expected<pve::Guest, std::string> guest_named(std::string_view text,
                                                   const std::vector<pve::Guest>& guests);

}  // namespace engine
