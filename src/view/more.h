// The phrases that point to the rest of an answer. prompt/ looks for them when it cuts an answer.
#pragma once

#include <array>
#include <string_view>

namespace view {

inline constexpr std::string_view kAtCursor = "continue with cursor=";  ///< a table's next page
inline constexpr std::string_view kAtStart = "continue with start=";    ///< PVE's own next page
inline constexpr std::string_view kRaiseLimit = "raise limit to see them";
inline constexpr std::string_view kForSize = "left out, for their size";

inline constexpr std::array kSaysMore = {kAtCursor, kAtStart, kRaiseLimit, kForSize};

}  // namespace view
