// The built binary as a child process.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace test {

/// $MCP_PVE, else the binary of this build.
std::string binary();

class Process {
 public:
  /// A session of its own has no terminal.
  enum class Session : std::uint8_t { Callers, Own };

  /// Starts the binary with nothing of the caller's environment but `environment` ("NAME=value").
  explicit Process(std::vector<std::string> arguments, std::vector<std::string> environment = {},
                   Session session = Session::Callers);
  /// Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return pid_; }
  void write(const std::string& text);
  void close_input();
  void signal(int number) const;
  /// The signal has been sent and not been taken yet.
  bool is_pending(int number) const;
  /// The next line of stdout without its end; nothing at the end of output or after `limit`.
  std::optional<std::string> read_line(std::chrono::milliseconds limit = std::chrono::seconds{90});
  /// Waits for the end; the exit code, or -1 when it does not end in time or a signal ended it.
  int wait(std::chrono::milliseconds limit = std::chrono::seconds{90});
  /// What came on stdout and was not read, and all of stderr; complete after wait().
  const std::string& output();
  const std::string& errors();

 private:
  void pump(std::chrono::milliseconds limit);

  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  int err_ = -1;
  std::string output_;
  std::string errors_;
};

/// Runs to the end with `input` on stdin.
struct Finished {
  int code;
  std::string output;
  std::string errors;
};
Finished run(std::vector<std::string> arguments, std::vector<std::string> environment = {},
             const std::string& input = "");

}  // namespace test
