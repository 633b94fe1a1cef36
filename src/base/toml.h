// TOML as this program reads it. The classes of toml++ differ with its macros, so every file includes it
// here: two files that disagree destroy each other's values.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

namespace base {

/// Why a text is not TOML.
struct TomlFault {
  std::size_t line = 0;  ///< from 1; 0: the text is not plain text in UTF-8, and there is no reason
  std::string reason{};  ///< a clause that shows nothing of the text, which may hold a secret
};

/// The only function that gives text to the library's parser, which at some texts ends the process or does
/// anything: those are refused before. Safe for any text. Nests at most kTomlKeyParts parts of a key in each
/// of kTomlBrackets brackets, so that a walk through the table may call itself.
std::expected<toml::table, TomlFault> parse_toml(std::string_view text);

inline constexpr std::size_t kTomlKeyParts = 65;
inline constexpr std::size_t kTomlBrackets = 32;

/// Behind the string of TOML that begins with the quote at `i`; the end of its line or of the text where it
/// has no end.
std::size_t toml_string_end(std::string_view text, std::size_t i);

}  // namespace base
