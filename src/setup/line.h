// Lines of a text with either line end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace setup {

/// A part of a text: the bytes from `begin` up to, not including, `end`.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

inline constexpr std::string_view kBlanks = " \t";
inline constexpr std::string_view kWhiteSpace = " \t\r\n";

/// "line 3: " and the clause, for the line of the byte at `position`.
inline std::string at_line(std::string_view text, std::size_t position, std::string_view clause) {
  const auto before = text.substr(0, position);
  return "line " + std::to_string(1 + std::ranges::count(before, '\n')) + ": " + std::string(clause);
}

/// What ends the first line of the text; "\n" where nothing does.
inline std::string_view line_end(std::string_view text) {
  const auto at = text.find('\n');
  return at != std::string_view::npos && at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
}

/// Where the line of the byte at `position` begins, after a byte order mark.
inline std::size_t line_begin(std::string_view text, std::size_t position) {
  const auto at = text.substr(0, position).rfind('\n');
  if (at != std::string_view::npos) return at + 1;
  return text.starts_with(kByteOrderMark) && position >= kByteOrderMark.size() ? kByteOrderMark.size() : 0;
}

/// The blanks that the line of the byte at `position` begins with, those after `position` left out.
inline std::string_view indentation(std::string_view text, std::size_t position) {
  const auto begin = line_begin(text, position);
  const auto line = text.substr(begin, position - begin);
  return line.substr(0, std::min(line.find_first_not_of(kBlanks), line.size()));
}

/// Where the white space that ends at `position` begins.
inline std::size_t white_space_before(std::string_view text, std::size_t position) {
  while (position > 0 && kWhiteSpace.find(text[position - 1]) != std::string_view::npos) --position;
  return position;
}

}  // namespace setup
