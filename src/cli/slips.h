// Messages about common mistakes at the command line. All are sentences; none repeats a value that may be a
// secret.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cli {

/// An option that is not a setting.
struct CommandOption {
  std::string_view name;
  std::string_view takes;    ///< its value with an example; empty: a switch
  std::string_view of = {};  ///< the command that has it; empty: all commands, and the program without one
};

/// An option of several commands has a row for each.
std::span<const CommandOption> options();

/// The message about an unexpected word in a command that calls `tool`, or in another command (""). `next` is
/// the word behind it, "" for none: of "--vmid 100" it is the value.
std::string unexpected_word(std::string_view word, std::string_view next, std::string_view tool);

/// The option `name` ("--chart") stands without its value.
std::string missing_value(std::string_view name);

/// "vmid=100" of a key and a value that was written apart from it; a value that is no number is not repeated:
/// "node=VALUE".
std::string as_pair(std::string_view key, std::string_view value);

/// Where and why `text` is not valid JSON. `source` begins the sentence: "--json".
std::string no_json(std::string_view source, std::string_view text);

}  // namespace cli
