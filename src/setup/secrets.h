// What looks like a secret in a settings file of others: a guess that rather masks too much.
#pragma once

#include <string>
#include <string_view>

namespace setup {

inline constexpr std::string_view kMask = "********";

/// True for the name of a variable, a member or an option whose value is a secret by its words: "API_KEY",
/// "--password", "Authorization". Not for one that names a file or a variable with it: "TOKEN_FILE".
bool names_secret(std::string_view name);

/// The text of one value without what looks like a secret in it: what follows "Bearer ", the value of
/// NAME=VALUE, the password and the query of a URL, and a text that looks random.
std::string masked(std::string_view value);

/// One line of JSON or TOML with each of its quoted values masked, whole where the key before it names a
/// secret.
std::string masked_line(std::string_view line);

}  // namespace setup
