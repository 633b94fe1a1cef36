// Versions of PVE, and between which of them there is something.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace facts {

/// By its first two numbers: an update within 9.2 changes no parameter.
struct Version {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  auto operator<=>(const Version&) const = default;
};

/// 8.4 of "8.4" and of "8.4.14"; nothing when it begins with no two numbers.
std::optional<Version> parse_version(std::string_view text);

/// "8.4"
std::string to_text(Version version);

struct Lifetime {
  std::optional<Version> since;  ///< the first version that has it; nothing: older than these facts
  std::optional<Version> until;  ///< the last version that has it; nothing: the newest still does

  bool covers(Version version) const {
    return (!since || version >= *since) && (!until || version <= *until);
  }
  /// True when no version changes anything.
  bool is_endless() const { return !since && !until; }
};

}  // namespace facts
