// A child process with pipes, as an MCP client has it, and what the kernel says of it.
#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// Exits the benchmark with the sentence: there is nothing to go on with.
[[noreturn]] void give_up(std::string_view sentence);

class Child {
 public:
  /// `environment` is the whole of it ("NAME=value"). stderr is passed through when `loud`, else dropped.
  Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
        bool loud = false);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void write_line(std::string_view line);
  /// Without the line break.
  std::string read_line();
  /// Resident memory now, in kB.
  std::size_t resident() const { return status("VmRSS:"); }
  /// The most resident memory so far, in kB.
  std::size_t peak() const { return status("VmHWM:"); }
  /// User and system time of all its threads.
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
