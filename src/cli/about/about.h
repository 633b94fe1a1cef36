// What this binary is made of.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace cli {

/// Version and commit on the first line, and then the libraries: what is inside, and what is used of the
/// system, with the versions that are found there now.
std::string version_text();

/// What `mcp-pve print` knows.
inline constexpr std::array<std::string_view, 6> kPrinted = {"man",  "bash",   "zsh",
                                                             "fish", "config", "service"};

/// One of kPrinted: the manual page (section 1, roff), the completion script of a shell, or a settings file
/// (TOML) that explains every setting in comments and sets none, or the unit of the service for systemd. All
/// come from the tables behind --help.
std::string printed(std::string_view what);

/// The notices of the libraries and of the font inside.
std::string licences_text();

}  // namespace cli
