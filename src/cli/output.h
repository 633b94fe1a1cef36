// What the subcommands print, and how the process ends.
#pragma once

#include <string>
#include <string_view>

namespace cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kUsage = 2;

/// Writes all of `text` to the descriptor; false when the reader is gone.
bool print(int descriptor, std::string_view text);

/// `text` with a line break at its end; control characters are replaced when the descriptor is a terminal,
/// because names and logs of guests are not ours.
std::string shown(std::string_view text, bool terminal);

/// Ends the process at once, without waiting for a name look-up that hangs in another thread.
[[noreturn]] void leave(int code);

}  // namespace cli
