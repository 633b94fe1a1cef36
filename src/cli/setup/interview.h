// Asks the questions: a flag answers one, else the person at the terminal, else what Enter would answer.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/setup/conversation.h"
#include "cli/setup/questions.h"

namespace cli {

/// Why setup ends early: an exit code and a sentence for stderr.
struct Stop {
  int code = 0;
  std::string sentence;
};

template <class Value>
using Answer = std::expected<Value, Stop>;

/// The values of the flags, by flag; a switch has "true".
using GivenFlags = std::map<std::string, std::vector<std::string>, std::less<>>;

/// The answer as it is used ("PVE " becomes "pve"); the error is a sentence. That of a check of a secret does
/// not repeat the text.
using Check = std::function<std::expected<std::string, std::string>(std::string_view text)>;

/// One of several answers.
struct Option {
  std::string_view name;   ///< what the flag takes
  std::string_view about;  ///< for people
};

class Interview {
 public:
  /// `person` must outlive it; nullptr: there is no terminal.
  Interview(Conversation* person, GivenFlags given) : person_(person), given_(std::move(given)) {}

  bool has_person() const { return person_ != nullptr; }
  bool is_set(Topic topic) const;
  /// The values of the flag, joined by commas; nothing if it is not set.
  std::optional<std::string> given(Topic topic) const;
  /// Removes control characters, except line breaks.
  void show(std::string_view text) const;

  /// `fallback` in place of the row's; of an optional question "none" then answers with nothing. A wrong
  /// answer of a person is asked again with what is wrong, a wrong flag ends setup.
  Answer<std::string> ask(Topic topic, const Check& check,
                          const std::optional<std::string>& fallback = {}) const;
  /// A number or the name of an option. With an empty fallback Enter is no answer.
  Answer<std::string> choose(Topic topic, std::span<const Option> options,
                             const std::optional<std::string>& fallback = {}) const;
  /// From the file that the flag names (at most 4 KiB, without the line break at its end), else typed.
  Answer<std::string> secret(Topic topic, const Check& check) const;
  /// --yes and --dry-run agree. Without a terminal it is an error that names --yes.
  Answer<bool> agrees(std::string_view prompt) const;
  /// The same, but no flag answers for the person, and without one it is an error that names `topic`'s flag.
  Answer<bool> agrees_in_person(std::string_view prompt, Topic topic) const;

 private:
  Stop missing(const Question& about) const;
  Answer<bool> yes_or_no(std::string_view prompt) const;

  Conversation* person_;
  GivenFlags given_;
};

}  // namespace cli
