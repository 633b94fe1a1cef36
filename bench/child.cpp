#include "bench/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <ctime>
#include <fstream>

namespace bench {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const auto& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

}  // namespace

void give_up(std::string_view sentence) {
  fmt::print(stderr, "bench: {}\n", sentence);
  std::exit(1);
}

Child::Child(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
             bool loud) {
  std::array<int, 2> to{};
  std::array<int, 2> from{};
  if (::pipe2(to.data(), O_CLOEXEC) != 0 || ::pipe2(from.data(), O_CLOEXEC) != 0) give_up("no pipe");
  auto argv = pointers(arguments);
  auto envp = pointers(environment);
  pid_ = ::vfork();
  if (pid_ == 0) {
    ::dup2(to[0], STDIN_FILENO);
    ::dup2(from[1], STDOUT_FILENO);
    if (!loud) ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  if (pid_ < 0) give_up("cannot start " + arguments[0]);
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = from[0];
}

Child::~Child() {
  ::close(in_);
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  ::close(out_);
}

void Child::write_line(std::string_view line) {
  std::string text(line);
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(in_, rest.data(), rest.size());
    if (written <= 0) give_up("the child has closed its input");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string Child::read_line() {
  std::size_t seen = begin_;
  for (;;) {
    const auto end = buffer_.find('\n', seen);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(begin_, end - begin_);
      begin_ = end + 1;
      return line;
    }
    buffer_.erase(0, begin_);
    begin_ = 0;
    seen = buffer_.size();
    const auto got = ::read(out_, chunk_.data(), chunk_.size());
    if (got <= 0) give_up("the child has ended");
    buffer_.append(chunk_.data(), static_cast<std::size_t>(got));
  }
}

std::chrono::nanoseconds Child::cpu() const {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &time) != 0) give_up("no CPU clock");
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

std::size_t Child::status(std::string_view key) const {
  std::ifstream file(fmt::format("/proc/{}/status", pid_));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key)) return std::strtoul(line.c_str() + key.size(), nullptr, 10);
  }
  return 0;
}

}  // namespace bench
