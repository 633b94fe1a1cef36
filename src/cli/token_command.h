// The API token's secret from a command, such as a password manager.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <vector>

#include "base/clock.h"

namespace cli {

/// For one thread at a time.
class TokenCommand {
 public:
  /// `command` holds the program, which is looked up in $PATH, and its arguments; `source` names the setting.
  /// It gets the environment without the variables that hold secrets of this program.
  /// A program that runs for longer than `limit` is killed. `clock` must outlive this.
  TokenCommand(std::vector<std::string> command, std::string source, const base::Clock& clock,
               std::chrono::milliseconds limit = std::chrono::seconds{30});

  /// Runs the command with no input and gives the first line of its output, without blanks around it. Within
  /// a minute after a success nothing runs, and the same secret is given. The error is a sentence that names
  /// the setting and shows nothing of command and output.
  std::expected<std::string, std::string> secret();

 private:
  std::expected<std::string, std::string> run();

  const std::vector<std::string> command_;
  const std::string source_;
  const base::Clock& clock_;
  const std::chrono::milliseconds limit_;
  std::string secret_;
  base::Clock::Steady given_{};
};

}  // namespace cli
