#include "cli/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace test {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{90};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

OnTerminal::OnTerminal(std::vector<std::string> arguments, std::vector<std::string> environment) {
  master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  std::array<char, 128> name{};
  if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0 ||
      ::ptsname_r(master_, name.data(), name.size()) != 0)
    std::abort();
  arguments.insert(arguments.begin(), binary());
  environment.emplace_back("PATH=/usr/bin:/bin");
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  // The first terminal that the leader of a session opens becomes the session's.
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, name.data(), O_RDWR, 0);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO);
  auto words = pointers(arguments);
  auto variables = pointers(environment);
  if (::posix_spawn(&pid_, words[0], &actions, &attributes, words.data(), variables.data()) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
}

OnTerminal::~OnTerminal() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  if (master_ >= 0) ::close(master_);
}

// False at the end: reading fails once no process has the terminal open.
bool OnTerminal::pump(std::chrono::milliseconds limit) {
  pollfd watched{master_, POLLIN, 0};
  if (::poll(&watched, 1, static_cast<int>(limit.count())) <= 0) return true;
  std::array<char, 4096> buffer;
  const auto count = ::read(master_, buffer.data(), buffer.size());
  if (count <= 0) return false;
  for (const char byte : std::string_view(buffer.data(), static_cast<std::size_t>(count))) {
    if (byte != '\r') shown_ += byte;
  }
  return true;
}

bool OnTerminal::shows(const std::string& text) {
  const auto end = Steady::now() + kPatience;
  for (bool open = true;;) {
    if (const auto at = shown_.find(text, awaited_); at != std::string::npos) {
      awaited_ = at + text.size();
      return true;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (!open || left.count() <= 0) return false;
    open = pump(left);
  }
}

void OnTerminal::type(const std::string& line) {
  const auto text = line + "\n";
  if (::write(master_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
}

int OnTerminal::wait() {
  const auto end = Steady::now() + kPatience;
  for (bool open = true; open;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) return -1;
    open = pump(left);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  if (WIFSIGNALED(status)) signal_ = WTERMSIG(status);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void OnTerminal::send(int signal) const { ::kill(pid_, signal); }

bool OnTerminal::is_usual() const {
  termios now{};
  constexpr tcflag_t kUsual = ECHO | ICANON | ISIG;
  return ::tcgetattr(master_, &now) == 0 && (now.c_lflag & kUsual) == kUsual &&
         now.c_cc[VEOL] == _POSIX_VDISABLE;
}

std::string OnTerminal::screen() const { return shown_; }

Finished run_without_terminal(std::vector<std::string> arguments, std::vector<std::string> environment) {
  Process process(std::move(arguments), std::move(environment), Process::Session::Own);
  process.close_input();
  const int code = process.wait();
  return {code, process.output(), process.errors()};
}

}  // namespace test
