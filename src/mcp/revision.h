// The revisions of the protocol, oldest first, so that "from 2025-06-18 on" is a comparison.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "seam/request.h"

namespace mcp {

enum class Revision : std::uint8_t { R2024_11_05, R2025_03_26, R2025_06_18, R2025_11_25, R2026_07_28 };

inline constexpr std::array<std::string_view, 5> kRevisionNames{"2024-11-05", "2025-03-26", "2025-06-18",
                                                                "2025-11-25", "2026-07-28"};

constexpr std::string_view name(Revision revision) {
  return kRevisionNames[static_cast<std::size_t>(revision)];
}

constexpr Era era(Revision revision) { return revision == Revision::R2026_07_28 ? Era::Modern : Era::Legacy; }

constexpr std::optional<Revision> revision_named(std::string_view text) {
  for (std::size_t i = 0; i < kRevisionNames.size(); ++i) {
    if (kRevisionNames[i] == text) return static_cast<Revision>(i);
  }
  return std::nullopt;
}

}  // namespace mcp
