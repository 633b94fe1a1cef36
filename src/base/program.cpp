#include "base/program.h"

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
#include <iterator>
#include <system_error>
#include <utility>

namespace base {
namespace {

using Steady = std::chrono::steady_clock;

/// What a process is made of.
struct Call {
  std::vector<std::string> words;
  std::vector<std::string> environment;  ///< NAME=VALUE
  std::string program;                   ///< a path; with `is_in_path` also a name, to be looked up in $PATH
  bool is_in_path = false;
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// A process that writes into a pipe; killed with all that it started if it still runs at the end.
class Child {
 public:
  /// `errors`: a descriptor for its stderr; -1: that is dropped.
  Child(Call& call, int errors) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      error_ = errno;
      return;
    }
    out_ = ends[0];
    error_ = spawn(call, ends[1], errors);
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
  std::optional<std::string> output(Steady::time_point end, std::size_t most) const {
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

  /// The status of waitpid(); nothing if the process has not ended by `end`.
  std::optional<int> ended(Steady::time_point end) {
    for (;;) {
      int status = 0;
      const auto ended = ::waitpid(pid_, &status, WNOHANG);
      // Where SIGCHLD is ignored, the system keeps no status.
      if (ended == pid_ || (ended < 0 && errno == ECHILD)) {
        pid_ = -1;
        return status;
      }
      if (Steady::now() >= end) return std::nullopt;
      ::poll(nullptr, 0, 5);
    }
  }

 private:
  int spawn(Call& call, int out, int errors) {
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
    const auto words = pointers_to(call.words);
    const auto environment = pointers_to(call.environment);
    const auto start = call.is_in_path ? ::posix_spawnp : ::posix_spawn;
    const int error =
        start(&pid_, call.program.c_str(), &actions, &attributes, words.data(), environment.data());
    if (error != 0) pid_ = -1;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
  }

  pid_t pid_ = -1;
  int out_ = -1;
  int error_ = 0;
};

/// Takes what a program writes to its stderr.
class Complaints {
 public:
  explicit Complaints(std::size_t most)
      : most_(most), file_(most == 0 ? -1 : ::memfd_create("stderr", MFD_CLOEXEC)) {}
  ~Complaints() {
    if (file_ >= 0) ::close(file_);
  }
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;

  int file() const { return file_; }
  std::string text() const {
    std::string text(file_ < 0 ? 0 : most_, '\0');
    const auto size = text.empty() ? 0 : ::pread(file_, text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

 private:
  std::size_t most_;
  int file_;
};

std::string system_path() {
  std::string path;
  for (const auto folder : kSystemFolders) path += (path.empty() ? "/" : ":/") + std::string(folder);
  return path;
}

/// What a program of the system may know; everything else stays here, such as secrets, and variables that
/// make interpreters and libraries load files.
bool is_for_system_programs(std::string_view name) {
  constexpr std::string_view kNames[] = {"HOME", "USER", "LOGNAME", "TERM", "LANG", "TZ"};
  return std::ranges::find(kNames, name) != std::end(kNames) || name.starts_with("LC_");
}

std::vector<std::string> environment_of(bool (*is_passed)(std::string_view name)) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    if (is_passed(text.substr(0, text.find('=')))) variables.emplace_back(text);
  }
  return variables;
}

/// "" if there is none.
std::string system_program(const std::string& word, const std::filesystem::path& root) {
  if (word.find('/') != std::string::npos) return word;
  for (const auto folder : kSystemFolders) {
    const auto path = root / folder / word;
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0)
      return path.string();
  }
  return {};
}

ProgramEnd run(Call call, const ProgramLimits& limits) {
  ProgramEnd result;
  const auto end = Steady::now() + limits.time;
  const Complaints complaints(limits.errors);
  Child child(call, complaints.file());
  result.start_error = child.error();
  if (result.start_error != 0) return result;
  auto output = child.output(end, limits.output);
  const auto status = output ? child.ended(end) : std::nullopt;
  result.killed = !status;
  if (!status) return result;
  result.status = *status;
  result.output = *std::move(output);
  result.errors = complaints.text();
  return result;
}

}  // namespace

std::optional<std::string> ProgramEnd::trouble() const {
  if (start_error != 0) return "cannot be started: " + std::generic_category().message(start_error);
  if (killed) return "ran for too long, so it was killed";
  if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
  return std::nullopt;
}

int ProgramEnd::exit_code() const { return WEXITSTATUS(status); }

bool is_secret_variable(std::string_view name) {
  constexpr std::string_view kOwners[] = {"PVE_", "MCP_", "PROXMOX_"};
  constexpr std::string_view kWords[] = {"SECRET", "PASSWORD", "PASSPHRASE", "API_TOKEN"};
  const auto begins = [&](std::string_view owner) { return name.starts_with(owner); };
  const auto holds = [&](std::string_view word) { return name.find(word) != std::string_view::npos; };
  return std::ranges::any_of(kOwners, begins) && !name.ends_with("_FILE") &&
         (std::ranges::any_of(kWords, holds) || name.ends_with("_KEY"));
}

ProgramEnd run_program(const std::vector<std::string>& words, const ProgramLimits& limits,
                       const std::filesystem::path& root) {
  Call call{words, environment_of(is_for_system_programs), system_program(words.front(), root)};
  if (call.program.empty()) {
    ProgramEnd missing;
    missing.start_error = ENOENT;
    return missing;
  }
  call.environment.push_back("PATH=" + system_path());
  return run(std::move(call), limits);
}

ProgramEnd run_users_command(const std::vector<std::string>& words, const ProgramLimits& limits) {
  const auto is_passed = [](std::string_view name) { return !is_secret_variable(name); };
  return run({words, environment_of(is_passed), words.front(), true}, limits);
}

}  // namespace base
