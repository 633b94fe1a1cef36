// Edits the text of a settings file: only the lines of the keys that setup writes.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cli {

/// A dotted key ("cluster.base_url") and its text; nothing: the key is removed.
using SettingValues = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// `text` with these values, as TOML strings. Everything else stays byte for byte, comments too; a value that
/// is there already is not touched. The result is parsed and compared. Error: a clause that says what keeps
/// the edit from being made, without a value of the file.
std::expected<std::string, std::string> with_settings(const std::string& text, const SettingValues& values);

/// The value of a key that is a text, a number or a boolean, and of a list its items with commas; nothing if
/// the key is not there, or the text cannot be read.
std::optional<std::string> setting_in(const std::string& text, std::string_view key);

/// True if the text sets nothing.
bool is_without_settings(const std::string& text);

}  // namespace cli
