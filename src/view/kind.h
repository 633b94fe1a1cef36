// The kinds of values, derived from PVE's names.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"

namespace view {

enum class Kind : std::uint8_t {
  Unknown,  ///< the name does not tell, so the values decide
  Bytes,
  Fraction,    ///< 0 to 1
  Seconds,     ///< a duration
  PastTime,    ///< epoch seconds of a past event
  FutureTime,  ///< epoch seconds of a future event
  Count,
  Flag,  ///< 0 or 1
  Text,
};

/// Returns the kind of a key. PVE uses each name for one kind of value in all calls; the few exceptions are
/// Unknown.
Kind kind_of(std::string_view key);

constexpr bool is_time(Kind kind) { return kind == Kind::PastTime || kind == Kind::FutureTime; }

/// Returns the key of an amount's limit: "maxmem" for "mem"; empty if PVE has none.
std::string_view limit_of(std::string_view key);

/// Returns the smallest number that counts as bytes for this key. Smaller ones are something else: a setting
/// in MiB (balloon, swap of a configuration) or a count (total and its parts). 1 if the key is always bytes,
/// since PVE's 0 needs no unit.
constexpr double smallest_bytes(std::string_view key) {
  if (key == "balloon") return 16777216;
  for (const std::string_view name : {"avail", "available", "free", "swap", "total", "used"}) {
    if (key == name) return 65536;
  }
  return 1;
}

/// Returns whether the value carries no information: null, an empty text, or 0 for a flag that is normally 0
/// (template).
bool is_uninformative(std::string_view key, const base::Json* value);

}  // namespace view
