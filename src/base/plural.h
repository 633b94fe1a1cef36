// Counted things in English.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

/// "entry" of "entries", "alias" of "aliases", "guest without a backup job" of "guests without a backup job".
std::string singular(std::string_view plural);

/// "1 entry", "2 entries" of the plural "entries".
std::string count_of(std::size_t count, std::string_view plural);

}  // namespace base
