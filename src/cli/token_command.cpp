#include "cli/token_command.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "config/token.h"

namespace cli {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::chrono::minutes kPause{1};
// What follows the first line is read, so that the command can end, but not kept.
constexpr std::size_t kMostKept = 4096;

/// A process that writes into a pipe; killed with all that it started if it still runs at the end.
class Child {
 public:
  explicit Child(const std::vector<std::string>& command) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      error_ = errno;
      return;
    }
    out_ = ends[0];
    error_ = spawn(command, ends[1]);
    ::close(ends[1]);
  }
  ~Child() {
    if (out_ >= 0) ::close(out_);
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// An errno; 0 if the process has started.
  int error() const { return error_; }

  /// The beginning of the output, once the output has ended; nothing if it has not by `end`.
  std::optional<std::string> output(Steady::time_point end) const {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
      pollfd watched{out_, POLLIN, 0};
      const int ready = left.count() <= 0 ? 0 : ::poll(&watched, 1, static_cast<int>(left.count()));
      if (ready == 0) return std::nullopt;
      if (ready < 0) continue;
      const auto count = ::read(out_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return text;
      text.append(buffer.data(), std::min(static_cast<std::size_t>(count), kMostKept - text.size()));
    }
  }

  /// The status of waitpid(); nothing if the process has not ended by `end`.
  std::optional<int> ended(Steady::time_point end) {
    for (;;) {
      int status = 0;
      if (::waitpid(pid_, &status, WNOHANG) == pid_) {
        pid_ = -1;
        return status;
      }
      if (Steady::now() >= end) return std::nullopt;
      ::poll(nullptr, 0, 5);
    }
  }

 private:
  int spawn(const std::vector<std::string>& command, int out) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    // Its complaints may hold what it reads.
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // This process blocks and ignores signals that a program expects to end it.
    sigset_t none;
    ::sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t usual;
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    auto words = command;
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int error = ::posix_spawnp(&pid_, pointers[0], &actions, &attributes, pointers.data(), environ);
    if (error != 0) pid_ = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  int error_ = 0;
};

}  // namespace

TokenCommand::TokenCommand(std::vector<std::string> command, std::string source, const base::Clock& clock,
                           std::chrono::milliseconds limit)
    : command_(std::move(command)), source_(std::move(source)), clock_(clock), limit_(limit) {}

std::expected<std::string, std::string> TokenCommand::run() {
  const auto failed = [&](const std::string& why) {
    return std::unexpected("the command of " + base::printable(source_) + " " + why);
  };
  const auto end = Steady::now() + limit_;
  Child child(command_);
  if (child.error() != 0)
    return failed("cannot be started: " + std::generic_category().message(child.error()));
  const auto output = child.output(end);
  const auto status = output ? child.ended(end) : std::nullopt;
  if (!status)
    return failed("did not end within " +
                  std::to_string(std::chrono::ceil<std::chrono::seconds>(limit_).count()) +
                  " s, so it was killed; it gets no input, so check that it asks for none");
  if (WIFSIGNALED(*status)) return failed("was ended by signal " + std::to_string(WTERMSIG(*status)));
  if (WEXITSTATUS(*status) != 0)
    return failed("exited with " + std::to_string(WEXITSTATUS(*status)) +
                  "; run it in a terminal to see why");
  const auto line = base::trim(std::string_view(*output).substr(0, output->find('\n')));
  if (line.empty()) return failed("printed no secret in its first line");
  if (!config::is_token_secret(line))
    return failed(
        "did not print a secret: the first line of its output must be one word of printable characters");
  return std::string(line);
}

std::expected<std::string, std::string> TokenCommand::secret() {
  const auto now = clock_.steady();
  if (!secret_.empty() && now - given_ < kPause) return secret_;
  auto read = run();
  if (!read) return read;
  secret_ = *read;
  given_ = now;
  return read;
}

}  // namespace cli
