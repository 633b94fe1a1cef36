// Programs of the machine, run without a shell and within a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

struct ProgramLimits {
  std::chrono::milliseconds time{
      30'000};                ///< a program that runs for longer is killed, with all that it started
  std::size_t output = 4096;  ///< bytes of stdout that are kept; what follows is read and dropped
  std::size_t errors = 0;     ///< the same of stderr, which may repeat what the program reads
};

/// Where programs of the system are, below the root; their own $PATH, too.
inline constexpr std::string_view kSystemFolders[] = {"usr/sbin", "usr/bin", "sbin", "bin"};

/// How a program ended.
struct ProgramEnd {
  int start_error = 0;  ///< an errno; 0 if the program was started
  bool killed = false;  ///< it ran for too long
  int status = 0;       ///< as of waitpid(), if it was not killed
  std::string output;   ///< the beginning of its stdout, if it was not killed
  std::string errors;   ///< the beginning of its stderr, in the same case

  /// It ended by itself, with exit code 0.
  bool succeeded() const { return start_error == 0 && !killed && status == 0; }
  /// Why it did not end by itself, as a clause that continues "PROGRAM "; nothing if it did. Shows nothing of
  /// its words and its output.
  std::optional<std::string> trouble() const;
  /// Of one that ended by itself.
  int exit_code() const;
};

/// Runs `words`: a program of the system and its arguments. It is looked up in kSystemFolders below `root`,
/// and never in $PATH, which may be another user's. Of the environment it gets HOME, the user's name, the
/// terminal's kind, the language and the time zone, and so no secret. It gets no input. Waits for its end.
/// Safe to call from any thread.
ProgramEnd run_program(const std::vector<std::string>& words, const ProgramLimits& limits = {},
                       const std::filesystem::path& root = "/");

/// The same for a command that the user has chosen: it is looked up in $PATH, and gets the whole environment
/// but for the variables with secrets of this program.
ProgramEnd run_users_command(const std::vector<std::string>& words, const ProgramLimits& limits = {});

/// Whether the variable is one of this program's, or of programs like it, that holds a secret. Names of files
/// that hold one do not count.
bool is_secret_variable(std::string_view name);

}  // namespace base
