// Text from PVE that others wrote: notes, comments, log lines. A reader must be able to tell it from the
// server's own words, so a long one stands in lines of its own that begin with a mark.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "tool/tool.h"

namespace view {

/// Begins each line of a log, and each line below a row or a label that shows free text.
inline constexpr std::string_view kMark = "| ";

/// The longest text, in bytes, that may stand in a line with other words.
inline constexpr std::size_t kLongestInLine = 80;

/// Returns whether the text has more than one line, or is prose of more than kLongestInLine bytes. PVE's own
/// long values (disks, UPIDs, fingerprints) have no blanks and are not prose.
bool is_free_text(std::string_view text);
/// The same of a member, which must be one of View::quoted.
bool is_free_text(const tool::View& view, std::string_view member, std::string_view text);

/// Returns each line of the text after `begin` and kMark, without unsafe characters. At most about `room`
/// bytes; then a line without the mark says how many bytes are missing.
std::string marked_lines(std::string_view text, std::string_view begin, std::size_t room);

/// Returns the text on one line without unsafe characters. If it has more than `most` bytes, it is cut, and
/// the number of missing bytes follows: "Please run the … (+212 bytes)".
std::string shortened(std::string_view text, std::size_t most = kLongestInLine);

}  // namespace view
