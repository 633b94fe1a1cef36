#include "cli/operator/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/text.h"
#include "cli/output.h"

namespace cli {
namespace {

constexpr std::size_t kLongest = 1024;

/// The next byte; nullopt at the end of input.
std::optional<char> next(int descriptor) {
  for (;;) {
    char byte = 0;
    const auto count = ::read(descriptor, &byte, 1);
    if (count == 1) return byte;
    if (count == 0 || errno != EINTR) return std::nullopt;
  }
}

/// While it lives, signals that end the process wait, so that the terminal is first put back as it was: make
/// it before what changes the terminal. They act when it goes. The other threads take no signals.
class HeldSignals {
 public:
  HeldSignals() {
    sigset_t held;
    ::sigemptyset(&held);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGQUIT}) ::sigaddset(&held, signal);
    ::pthread_sigmask(SIG_BLOCK, &held, &before_);
    pending_ = ::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals() {
    if (pending_ >= 0) ::close(pending_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

  /// The next byte of the terminal; nullopt at the end of input, and when a signal waits.
  std::optional<char> next_of(int descriptor) const {
    for (;;) {
      std::array<pollfd, 2> watched{{{descriptor, POLLIN, 0}, {pending_, POLLIN, 0}}};
      const int ready = ::poll(watched.data(), watched.size(), -1);
      if (ready < 0 && errno == EINTR) continue;
      if (ready < 0 || (watched[1].revents & POLLIN) != 0) return std::nullopt;
      return next(descriptor);
    }
  }

 private:
  sigset_t before_{};
  int pending_ = -1;
};

/// While it lives, the terminal neither echoes nor turns keys into signals.
class Silence {
 public:
  explicit Silence(int descriptor) : descriptor_(descriptor) {
    valid_ = ::tcgetattr(descriptor, &before_) == 0;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    valid_ = valid_ && ::tcsetattr(descriptor, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (valid_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
  }
  bool is_valid() const { return valid_; }

 private:
  int descriptor_;
  termios before_{};
  bool valid_ = false;
};

constexpr char kCtrlC = '\x03';

/// While it lives, Ctrl-C ends the line and is read as its last byte, instead of becoming a signal.
class InterruptAsByte {
 public:
  explicit InterruptAsByte(int descriptor) : descriptor_(descriptor) {
    valid_ = ::tcgetattr(descriptor, &before_) == 0;
    auto other = before_;
    other.c_lflag &= ~static_cast<tcflag_t>(ISIG);
    other.c_cc[VEOL] = static_cast<cc_t>(kCtrlC);
    // Lines that are typed ahead stay.
    valid_ = valid_ && ::tcsetattr(descriptor, TCSADRAIN, &other) == 0;
  }
  InterruptAsByte(const InterruptAsByte&) = delete;
  InterruptAsByte& operator=(const InterruptAsByte&) = delete;
  ~InterruptAsByte() {
    if (valid_) ::tcsetattr(descriptor_, TCSADRAIN, &before_);
  }

 private:
  int descriptor_;
  termios before_{};
  bool valid_ = false;
};

/// A line of a terminal that leaves the editing of the line to its reader.
std::optional<std::string> silent_line(int descriptor, const HeldSignals& signals) {
  constexpr char kCtrlD = '\x04';
  constexpr char kBackspace = '\x08';
  constexpr char kCtrlU = '\x15';
  constexpr char kDelete = '\x7f';
  std::string line;
  for (;;) {
    const auto byte = signals.next_of(descriptor);
    if (!byte || *byte == kCtrlC || (*byte == kCtrlD && line.empty())) return std::nullopt;
    if (*byte == '\r' || *byte == '\n') return line;
    if (*byte == kCtrlU) {
      line.clear();
    } else if (*byte == kBackspace || *byte == kDelete) {
      if (!line.empty()) line.pop_back();
    } else if (line.size() < kLongest) {
      line += *byte;
    }
  }
}

}  // namespace

std::optional<Terminal> Terminal::open() {
  const int descriptor = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return std::nullopt;
  Terminal terminal(descriptor);
  if (::isatty(descriptor) != 1) return std::nullopt;
  return terminal;
}

Terminal::Terminal(Terminal&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }

Terminal::~Terminal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Terminal::show(std::string_view text) const { print(descriptor_, shown(text, true)); }

bool Terminal::says_yes(std::string_view question) const {
  print(descriptor_, shown(question, true).append("[y/N] "));
  std::string line;
  for (auto byte = next(descriptor_); byte && *byte != '\n'; byte = next(descriptor_)) {
    if (line.size() < kLongest) line += *byte;
  }
  const auto word = base::lower_ascii(base::trim(line));
  return word == "y" || word == "yes";
}

std::optional<std::string> Terminal::line(std::string_view prompt) const {
  const HeldSignals signals;
  const InterruptAsByte interrupt(descriptor_);
  auto text = shown(prompt, true);
  if (!prompt.ends_with('\n')) text.pop_back();
  print(descriptor_, text);
  std::string line;
  for (;;) {
    const auto byte = signals.next_of(descriptor_);
    if (byte == '\n') return line;
    if (!byte || byte == kCtrlC) break;
    if (line.size() < kLongest) line += *byte;
  }
  print(descriptor_, "\n");
  return std::nullopt;
}

std::optional<std::string> Terminal::secret(std::string_view prompt) const {
  const HeldSignals signals;
  const Silence silence(descriptor_);
  if (!silence.is_valid()) return std::nullopt;
  print(descriptor_, prompt);
  auto line = silent_line(descriptor_, signals);
  print(descriptor_, "\n");
  return line;
}

}  // namespace cli
