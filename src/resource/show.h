// From what PVE answered to what a client reads, and to what is compared between two looks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "resource/read.h"

namespace resource {

/// Compact JSON with sorted keys, texts made printable, values under names of secrets masked. PVE's data as
/// it is where that fits into about `budget` bytes and nothing is missing, else an object: "data" with what
/// fits, "left_out" (a number of items, or the names of members) and "note".
std::string json_text(Reading reading, std::size_t budget);

/// The lines, the newest whole ones that fit into `budget` bytes; the first line then says how many are
/// missing.
std::string log_text(const Reading& reading, std::size_t budget);

/// Equal for equal data, whatever the order of members and rows, and whatever the members in `ticking`
/// (see tool::Resource) say, at any depth.
std::uint64_t digest(const base::Json& data, std::string_view ticking);

}  // namespace resource
