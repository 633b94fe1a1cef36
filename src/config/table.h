// The one table of all settings. Parsing, --help and the table of docs/settings.md come from it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace config {

/// A setting as some source gave it.
struct Given {
  std::string source;               ///< as the user wrote it: "PVE_TIMEOUT", "--timeout", "timeout in FILE"
  std::vector<std::string> values;  ///< never empty; more than one from a repeated flag or a TOML array
  bool is_array = false;            ///< a TOML array, even if it has one item
};

/// Checks the value and puts it into the settings. The error is a whole sentence.
using Apply = std::optional<std::string> (*)(const Given& given, const Known& known, Settings& settings);

struct Setting {
  std::string_view flag;      ///< "--timeout"; empty: no flag, because argument lists are visible
  std::string_view argument;  ///< what the flag takes, for the help; empty: a switch
  std::string_view variable;
  std::string_view alias{};   ///< second variable; the first wins
  std::string_view key;       ///< dotted TOML key; empty: not in the file
  std::string_view fallback;  ///< default, for people
  /// Sentences; {categories} and {opt-in} stand for the names of all and of those that are off unless named.
  std::string_view help;
  bool repeatable = false;
  /// Variable and alias with different lists are an error, because either may be the one that forbids more.
  bool alias_must_agree = false;
  Apply apply = nullptr;
};

/// In the order in which people should read them.
std::span<const Setting> table();

/// The help of a row with the names of categories in it.
std::string help_of(const Setting& row, const Known& known);

/// The words that a setting takes, alone or as a list; empty: it takes other values. They live as long as
/// `known`.
std::span<const std::string_view> choices_of(const Setting& row, const Known& known);

/// Whether a setting names a file or a folder.
bool takes_path(const Setting& row);

/// A settings file that explains every key in comments and sets none.
std::string example(const Known& known);

/// The lines of --help about settings.
std::string help(const Known& known);

/// The README's table, in Markdown.
std::string markdown(const Known& known);

}  // namespace config
