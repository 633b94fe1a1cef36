#include "cli/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fstream>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace test {
namespace {

using Steady = std::chrono::steady_clock;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::array<int, 2> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  return ends;
}

// False at the end of the stream.
bool drain(int descriptor, std::string& out) {
  std::array<char, 65536> buffer;
  const auto count = ::read(descriptor, buffer.data(), buffer.size());
  if (count <= 0) return false;
  out.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

}  // namespace

std::string binary() {
  if (const char* named = std::getenv("MCP_PVE")) return named;
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "mcp-pve";
}

Process::Process(std::vector<std::string> arguments, std::vector<std::string> environment, Session session) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto in = make_pipe();
  const auto out = make_pipe();
  const auto err = make_pipe();
  arguments.insert(arguments.begin(), binary());
  environment.emplace_back("PATH=/usr/bin:/bin");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (session == Session::Own) posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  auto words = pointers(arguments);
  auto variables = pointers(environment);
  if (::posix_spawn(&pid_, words[0], &actions, &attributes, words.data(), variables.data()) != 0) pid_ = -1;
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (const int end : {in[0], out[1], err[1]}) ::close(end);
  in_ = in[1];
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  close_input();
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int end : {out_, err_}) {
    if (end >= 0) ::close(end);
  }
}

void Process::write(const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const auto count = ::write(in_, text.data() + done, text.size() - done);
    if (count <= 0) return;
    done += static_cast<std::size_t>(count);
  }
}

void Process::close_input() {
  if (in_ >= 0) ::close(in_);
  in_ = -1;
}

bool Process::is_pending(int number) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("ShdPnd:"))
      return (std::stoull(line.substr(7), nullptr, 16) >> (static_cast<unsigned>(number) - 1) & 1U) != 0;
  }
  return false;
}

void Process::signal(int number) const { ::kill(pid_, number); }

void Process::pump(std::chrono::milliseconds limit) {
  std::array<pollfd, 2> watched = {pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
  if (::poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return;
  const auto take = [](const pollfd& event, int& descriptor, std::string& text) {
    if (event.revents == 0 || drain(descriptor, text)) return;
    ::close(descriptor);
    descriptor = -1;
  };
  take(watched[0], out_, output_);
  take(watched[1], err_, errors_);
}

std::optional<std::string> Process::read_line(std::chrono::milliseconds limit) {
  const auto end = Steady::now() + limit;
  for (;;) {
    if (const auto at = output_.find('\n'); at != std::string::npos) {
      auto line = output_.substr(0, at);
      output_.erase(0, at + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (out_ < 0 || left.count() <= 0) return std::nullopt;
    pump(left);
  }
}

int Process::wait(std::chrono::milliseconds limit) {
  const auto end = Steady::now() + limit;
  while (out_ >= 0 || err_ >= 0) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now());
    if (left.count() <= 0) return -1;
    pump(left);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const std::string& Process::output() { return output_; }
const std::string& Process::errors() { return errors_; }

Finished run(std::vector<std::string> arguments, std::vector<std::string> environment,
             const std::string& input) {
  Process process(std::move(arguments), std::move(environment));
  process.write(input);
  process.close_input();
  const int code = process.wait();
  return {code, process.output(), process.errors()};
}

}  // namespace test
