#include "cli/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace cli {

ChildProcess::ChildProcess(const std::vector<std::string>& command, int errors) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    error_ = errno;
    return;
  }
  out_ = ends[0];
  error_ = spawn(command, ends[1], errors);
  ::close(ends[1]);
}

ChildProcess::~ChildProcess() {
  if (out_ >= 0) ::close(out_);
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<std::string> ChildProcess::output(Steady::time_point end, std::size_t most) const {
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
    text.append(buffer.data(), std::min(static_cast<std::size_t>(count), most - text.size()));
  }
}

std::optional<int> ChildProcess::ended(Steady::time_point end) {
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

int ChildProcess::spawn(const std::vector<std::string>& command, int out, int errors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (errors >= 0) {
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
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

std::expected<Finished, std::string> run_program(const std::vector<std::string>& command,
                                                 std::chrono::milliseconds limit) {
  constexpr std::size_t kMostOutput = std::size_t{1} << 20U;
  std::array<char, 4096> complaints{};
  const int errors = ::memfd_create("stderr", MFD_CLOEXEC);
  const auto end = ChildProcess::Steady::now() + limit;
  ChildProcess child(command, errors);
  auto output = child.error() == 0 ? child.output(end, kMostOutput) : std::nullopt;
  const auto status = output ? child.ended(end) : std::nullopt;
  const auto size = errors < 0 ? 0 : ::pread(errors, complaints.data(), complaints.size(), 0);
  if (errors >= 0) ::close(errors);
  if (child.error() != 0)
    return std::unexpected("cannot be started: " + std::generic_category().message(child.error()));
  if (!status)
    return std::unexpected("did not end within " +
                           std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) +
                           " s, so it was killed");
  if (WIFSIGNALED(*status))
    return std::unexpected("was ended by signal " + std::to_string(WTERMSIG(*status)));
  return Finished{WEXITSTATUS(*status), *std::move(output),
                  std::string(complaints.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)))};
}

}  // namespace cli
