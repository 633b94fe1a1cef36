// Programs of the machine, run without a shell and within a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace base {

struct ProgramLimits {
  std::chrono::milliseconds time{
      30'000};                ///< a program that runs for longer is killed, with all that it started
  std::size_t output = 4096;  ///< bytes of stdout that are kept; what follows is read and dropped
};

/// How a program ended.
struct ProgramEnd {
  int start_error = 0;  ///< an errno; 0 if the program was started
  bool killed = false;  ///< it ran for too long
  int status = 0;       ///< as of waitpid(), if it was not killed
  std::string output;   ///< the beginning of its stdout, if it was not killed

  /// It ended by itself, with exit code 0.
  bool succeeded() const { return start_error == 0 && !killed && status == 0; }
};

/// Runs `words`: the program, which is looked up in $PATH, and its arguments. It gets no input, and its
/// stderr is dropped, because it may repeat what the program reads. Waits for its end. Safe to call from any
/// thread.
ProgramEnd run_program(std::vector<std::string> words, const ProgramLimits& limits = {});

}  // namespace base
