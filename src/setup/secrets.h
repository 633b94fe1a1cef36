// What looks like a secret in a settings file of others: a guess that rather masks too much.
#pragma once

#include <cstddef>
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

/// The lines of a file of JSON or TOML, one after the other, with each of their quoted values masked: whole
/// where the key before it, on this line or an earlier one, names a secret, and in a text of several lines.
class LineMask {
 public:
  /// The next line, without its end.
  std::string mask(std::string_view line);

 private:
  void begin(std::string_view line);
  std::size_t text(std::string_view line, std::size_t i, std::string& result);
  std::size_t quoted(std::string_view line, std::size_t i, std::string& result);

  bool secret_ = false;        ///< the last key names a secret
  bool awaits_value_ = false;  ///< the last line ends behind a key of JSON
  char text_ = 0;              ///< the quote of the text of several lines that is open
};

/// One line by itself.
std::string masked_line(std::string_view line);

}  // namespace setup
