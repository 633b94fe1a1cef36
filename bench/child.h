// A child process with pipes, started as an MCP client starts it, and the kernel's figures about it.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Prints the sentence and exits: the benchmark cannot continue.
[[noreturn]] void give_up(std::string_view sentence);

class Child {
 public:
  /// `environment` is the complete environment ("NAME=value"). stderr is passed through if `loud`, otherwise
  /// dropped.
  Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
        bool loud = false);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void write_line(std::string_view line);
  /// Returns a line without its line break.
  std::string read_line();
  /// Returns the resident memory now, in kB.
  std::size_t resident() const { return status("VmRSS:"); }
  /// Returns the maximum of resident memory so far, in kB.
  std::size_t peak() const { return status("VmHWM:"); }
  /// Returns the user and system time of all its threads.
  std::chrono::nanoseconds cpu() const;

 private:
  std::size_t status(std::string_view key) const;

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  std::array<char, 65'536> chunk_;
  std::string buffer_;
  std::size_t begin_ = 0;
};

}  // namespace bench
