// A command in one text, as a variable or a flag holds it.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace config {

/// The words of a command: separated by blanks, which single and double quotes keep. There is no shell: every
/// other character, a backslash and $ too, stands for itself. The error is a clause that continues "NAME ".
std::expected<std::vector<std::string>, std::string> split_command(std::string_view text);

}  // namespace config
