// What PVE's names of values say about them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"

namespace view {

enum class Kind : std::uint8_t {
  Unknown,  ///< the name says nothing: the values decide
  Bytes,
  Fraction,  ///< 0 to 1
  Seconds,   ///< a duration
  Past,      ///< epoch seconds of what has been
  Ahead,     ///< epoch seconds of what is to come
  Count,
  Flag,  ///< 0 or 1
  Text,
};

/// PVE uses each of these names for one thing, whatever the call; the few that it uses for two are Unknown.
Kind kind_of(std::string_view key);

constexpr bool is_time(Kind kind) { return kind == Kind::Past || kind == Kind::Ahead; }

/// The name of what PVE has beside an amount as its limit: "maxmem" of "mem"; empty where it has none.
std::string_view limit_of(std::string_view key);

/// A smaller number under a name of bytes is something else: a setting in MiB (balloon, swap of a
/// configuration) or a count (total and its parts). 1 where the name stands for bytes alone; PVE's 0 needs no
/// unit.
constexpr double least_bytes(std::string_view key) {
  if (key == "balloon") return 16777216;
  for (const std::string_view name : {"avail", "available", "free", "swap", "total", "used"}) {
    if (key == name) return 65536;
  }
  return 1;
}

/// Whether the value says nothing: null, an empty text, or the 0 of what is the exception (a template).
bool says_nothing(std::string_view key, const base::Json* value);

}  // namespace view
