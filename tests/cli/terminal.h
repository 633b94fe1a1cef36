// The built binary on a terminal of its own (a pty), as a person runs it; or without any terminal.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "cli/process.h"

namespace test {

class OnTerminal {
 public:
  /// Starts the binary in a session of its own whose terminal is the pty, which is also its stdin, stdout and
  /// stderr. `environment`: see Process.
  explicit OnTerminal(std::vector<std::string> arguments, std::vector<std::string> environment = {});
  /// Kills it if it still runs.
  ~OnTerminal();
  OnTerminal(const OnTerminal&) = delete;
  OnTerminal& operator=(const OnTerminal&) = delete;

  /// Waits until the terminal shows `text` after what was awaited before. False if that does not happen.
  bool shows(const std::string& text);
  /// Types a line.
  void type(const std::string& line);
  /// Sends the process a signal.
  void send(int signal) const;
  /// Whether the terminal shows what is typed, by lines, and turns Ctrl-C into a signal, as a shell expects
  /// it.
  bool is_usual() const;
  /// Waits for the end; the exit code, or -1 when it does not end in time or a signal ended it.
  int wait();
  /// The signal that ended it; 0 before wait(), and if none did.
  int ending_signal() const { return signal_; }
  /// All that the terminal showed, with line breaks as "\n".
  std::string screen() const;

 private:
  bool pump(std::chrono::milliseconds limit);

  pid_t pid_ = -1;
  int master_ = -1;
  int signal_ = 0;
  std::string shown_;
  std::size_t awaited_ = 0;
};

/// Runs to the end in a session of its own, which has no terminal.
Finished run_without_terminal(std::vector<std::string> arguments, std::vector<std::string> environment = {});

}  // namespace test
