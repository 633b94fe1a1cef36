// Turns PVE's answer into the text that a client reads, and into the digest that is compared between two
// polls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"
#include "resource/read.h"

namespace resource {

/// How a list gets shorter; the views as in tool::Resource.
struct Shape {
  std::string_view first{};
  std::string_view omit_first{};
  std::string rest{};  ///< a sentence: how to get what is left out
};

/// Compact JSON with sorted keys, texts made printable, values under names of secrets masked. PVE's data as
/// it is where that fits into about `budget` bytes and there is nothing to note, else an object: "data" with
/// what fits and "note". Of a list members go before rows: "left_out_members" names them; "left_out" is the
/// number of rows, "left_out_by_type" that of each type. Of an object "left_out" are the names of members.
std::string json_text(Reading reading, std::size_t budget, const Shape& shape = {});

/// The lines, the newest whole ones that fit into `budget` bytes; the first line then says how many are
/// missing.
std::string log_text(const Reading& reading, std::size_t budget);

/// Equal for equal data, whatever the order of members and rows, and whatever the members in
/// `volatile_members` (see tool::Resource) say, at any depth.
std::uint64_t digest(const base::Json& data, std::string_view volatile_members);

}  // namespace resource
