// A program that runs to its end, without a shell and without input.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// A process that writes into a pipe; killed with all that it started if it still runs at the end.
class ChildProcess {
 public:
  using Steady = std::chrono::steady_clock;

  /// Starts the program, which is looked up in $PATH, with its arguments. `errors`: a descriptor for what it
  /// writes to stderr; -1: that is thrown away.
  explicit ChildProcess(const std::vector<std::string>& command, int errors = -1);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// An errno; 0 if the process has started.
  int error() const { return error_; }

  /// The first `most` bytes of the output, once the output has ended; nothing if it has not by `end`.
  std::optional<std::string> output(Steady::time_point end, std::size_t most) const;

  /// The status of waitpid(); nothing if the process has not ended by `end`.
  std::optional<int> ended(Steady::time_point end);

 private:
  int spawn(const std::vector<std::string>& command, int out, int errors);

  pid_t pid_ = -1;
  int out_ = -1;
  int error_ = 0;
};

struct Finished {
  int code = 0;        ///< the exit code
  std::string output;  ///< of stdout, at most 1 MiB
  std::string errors;  ///< of stderr, at most 4 KiB
};

/// Runs a program to its end. The error is a clause that continues "PROGRAM ": it cannot be started, does not
/// end within `limit` and was killed, or was ended by a signal. It shows nothing of arguments and output.
std::expected<Finished, std::string> run_program(const std::vector<std::string>& command,
                                                 std::chrono::milliseconds limit = std::chrono::seconds{60});

}  // namespace cli
